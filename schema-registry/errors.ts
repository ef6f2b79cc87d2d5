import { StreamError } from '../platform/errors.ts';

/** A schema text that its language cannot read. The message says where and why. */
export class SchemaParseError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('SCHEMA_REGISTRY_INVALID_SCHEMA', message, options);
  }
}

/** A check of two schemas that could not be made; the message is Confluent's explanation without its prefix. */
export class SchemaCheckError extends StreamError {
  constructor(message: string) {
    super('SCHEMA_REGISTRY_CHECK_FAILED', message);
  }
}

/** A schema, or the work on it, that is more than this registry takes. The message has the limit and its name. */
export class SchemaLimitError extends StreamError {
  constructor(message: string) {
    super('SCHEMA_REGISTRY_LIMIT', message);
  }
}

/** A value or bytes that do not fit the schema, or a frame that is not in Confluent's wire format. */
export class SerializationError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('SCHEMA_REGISTRY_SERIALIZATION', message, options);
  }
}

/** An answer of the registry other than success: HTTP `status` and Confluent's `errorCode` (five digits or the status). */
export class RegistryError extends StreamError {
  readonly status: number;
  readonly errorCode: number;

  constructor(status: number, errorCode: number, message: string, options?: ErrorOptions) {
    super('SCHEMA_REGISTRY_REJECTED', message, options);
    this.status = status;
    this.errorCode = errorCode;
  }

  /** Whether the same request may succeed later: the registry is away, busy or broken. */
  get isRetriable(): boolean {
    return passingStatuses.has(this.status);
  }
}

const passingStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
