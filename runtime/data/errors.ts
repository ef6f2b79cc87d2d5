import { StreamError } from '../../platform/errors.ts';

/** A value does not fit its schema, or cannot be converted. Kafka's `DataException`. */
export class DataError extends StreamError {
  constructor(message: string, options?: ErrorOptions, code = 'CONNECT_DATA') {
    super(code, message, options);
  }
}

/** A schema is built wrongly: a field twice, a default that does not fit. Kafka's `SchemaBuilderException`. */
export class SchemaBuilderError extends DataError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'CONNECT_SCHEMA_BUILDER');
  }
}

/** A value cannot be carried from the writer's to the reader's schema. Kafka's `SchemaProjectorException`. */
export class SchemaProjectorError extends DataError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'CONNECT_SCHEMA_PROJECTOR');
  }
}

/** An argument names something that does not exist. Kafka Connect throws Java's `IllegalArgumentException` here. */
export class UnknownNameError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_UNKNOWN_NAME', message, options);
  }
}
