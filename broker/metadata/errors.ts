import { StreamError } from '../../platform/errors.ts';

/** The value of a record in the metadata log that cannot be read. The log is damaged, or not a metadata log. */
export class MetadataRecordError extends StreamError {
  constructor(reason: string, options?: ErrorOptions) {
    super('BROKER_METADATA_RECORD_INVALID', `The metadata record cannot be read: ${reason}.`, options);
  }
}

/** A request the controller refuses; `errorCode` is Kafka's. Becomes an error entry of the response, never leaves the room. */
export class RefusedError extends StreamError {
  readonly errorCode: number;
  /** What the client is told besides; null where Kafka tells nothing. */
  readonly errorMessage: string | null;
  constructor(errorCode: number, errorMessage: string | null) {
    super('BROKER_METADATA_REFUSED', errorMessage ?? `refused with error code ${errorCode}`);
    this.errorCode = errorCode;
    this.errorMessage = errorMessage;
  }
}
