import { StreamError } from '../../../platform/errors.ts';

/** Where a message could not be read: the message, the version, the field (`topics[2].name`) and the byte offset. */
export interface DecodeFailure {
  readonly reason: string;
  readonly offset: number;
  readonly message?: string;
  readonly version?: number;
  readonly path?: string;
}

/** The bytes are not a valid message. `offset` counts from the start of the buffer that was given. */
export class ProtocolDecodeError extends StreamError {
  readonly reason: string;
  readonly offset: number;
  readonly path: string;

  constructor(failure: DecodeFailure) {
    const { reason, offset, message = 'message', version, path = '' } = failure;
    const what = version === undefined ? message : `${message} v${version}`;
    super(
      'KAFKA_PROTOCOL_DECODE',
      `${what} cannot be decoded: ${path === '' ? '' : `${path}: `}${reason} at byte ${offset}.`,
    );
    this.reason = reason;
    this.offset = offset;
    this.path = path;
  }
}

/** A value does not fit its definition: a wrong type, a number out of range, a string above 32767 bytes, a null. */
export class ProtocolEncodeError extends StreamError {
  readonly reason: string;
  readonly path: string;

  constructor(reason: string, message = 'message', path = '') {
    super(
      'KAFKA_PROTOCOL_ENCODE',
      `${message} cannot be encoded: ${path === '' ? '' : `${path}: `}${reason}.`,
    );
    this.reason = reason;
    this.path = path;
  }
}

/**
 * The version of a message is outside its definition, or lacks a field that is set and must not be dropped.
 * Kafka's UNSUPPORTED_VERSION (35).
 */
export class UnsupportedVersionError extends StreamError {
  readonly version: number;

  constructor(message: string, version: number, reason: string) {
    super('KAFKA_UNSUPPORTED_VERSION', `${message} v${version} cannot be used: ${reason}.`);
    this.version = version;
  }
}
