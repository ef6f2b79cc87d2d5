import { defineCommandTool } from '../command-tool.ts';
import { requiredConnection } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaError } from '../java-error.ts';
import { abortCommand, terminateCommand } from './abortion.ts';
import { describeCommand, listCommand, producersCommand } from './description.ts';
import { findHangingCommand } from './hanging.ts';

/** `kafka-transactions`: shows transactions and producers, finds those that hang and ends them. */
export const kafkaTransactions = defineCommandTool({
  name: 'kafka-transactions',
  summary:
    'This tool is used to analyze the transactional state of producers in the cluster. It can be used to detect and recover from hanging transactions.',
  options: requiredConnection,
  helpExitCode: 1,
  commands: {
    list: listCommand,
    describe: describeCommand,
    'describe-producers': producersCommand,
    abort: abortCommand,
    'find-hanging': findHangingCommand,
    forceTerminateTransaction: terminateCommand,
  },
  async fail(error, { err }) {
    await err.line(
      error instanceof ToolError
        ? error.message
        : `${javaError(error).message}. Enable debug logging for additional detail.`,
    );
    return 1;
  },
});
