import { StreamError } from '../../../platform/errors.ts';

/** A tool's command line cannot be understood. `hasTable`: the usage table helps to see why. */
export class ToolUsageError extends StreamError {
  readonly hasTable: boolean;

  constructor(message: string, { hasTable = true }: { readonly hasTable?: boolean } = {}) {
    super('CLI_TOOL_USAGE', message);
    this.hasTable = hasTable;
  }
}

/** The value of an option is not of the option's type. */
export class ToolValueError extends ToolUsageError {
  constructor(message: string) {
    super(message, { hasTable: false });
  }
}

/** What was asked for cannot be done. `javaClass`: what Kafka's own tools throw in this place. */
export class ToolError extends StreamError {
  readonly javaClass: string;

  constructor(message: string, javaClass = 'java.lang.IllegalArgumentException') {
    super('CLI_TOOL', message);
    this.javaClass = javaClass;
  }
}
