import { StreamError } from '../../../platform/errors.ts';

/** JSON that is not the form of a message. `path` names the field, as in `topics[2].name`. */
export class ProtocolJsonError extends StreamError {
  readonly path: string;

  constructor(path: string, reason: string) {
    super('KAFKA_PROTOCOL_JSON', `${path === '' ? 'The message' : path} ${reason}.`);
    this.path = path;
  }
}

/** A line for `decodeLine` or `encodeLine` that cannot be used; the message says what is wrong with it. */
export class ProtocolLineError extends StreamError {
  constructor(problem: string, options?: ErrorOptions) {
    super('KAFKA_PROTOCOL_LINE', `The line cannot be used: ${problem}`, options);
  }
}
