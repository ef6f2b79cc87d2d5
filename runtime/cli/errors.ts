import { StreamError } from '../../platform/errors.ts';

/** The command line cannot be understood, or asks for something that is not there. */
export class UsageError extends StreamError {
  constructor(message: string) {
    super('CLI_USAGE', message);
  }
}
