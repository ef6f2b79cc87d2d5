import { StreamError } from '../../platform/errors.ts';

/** The settings of the REST API are wrong; the message says which and what to write instead. */
export class RestConfigError extends StreamError {
  constructor(message: string) {
    super('CONNECT_REST_CONFIG', message);
  }
}
