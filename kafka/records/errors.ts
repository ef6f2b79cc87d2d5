import { StreamError } from '../../platform/errors.ts';

/** Bytes that are not a well-formed batch, record or compressed block. Reading them again cannot help. */
export class CorruptRecordError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('RECORDS_CORRUPT', message, options);
  }
}

/** Compressed bytes that would expand beyond the caller's limit. Nothing above the limit was allocated. */
export class DecompressionLimitError extends StreamError {
  readonly limitBytes: number;

  constructor(limitBytes: number, options?: ErrorOptions) {
    super(
      'RECORDS_DECOMPRESSION_LIMIT',
      `compressed records expand beyond ${limitBytes} bytes: send smaller batches or raise the limit`,
      options,
    );
    this.limitBytes = limitBytes;
  }
}

/** A codec id that is not assigned, or a codec whose native package cannot be loaded on this platform. */
export class UnsupportedCodecError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('RECORDS_UNSUPPORTED_CODEC', message, options);
  }
}
