import yargs from 'yargs';
import { StreamError } from '../../platform/errors.ts';
import { brokerCommand } from './commands/broker.ts';
import { startCommand } from './commands/start.ts';
import { UsageError } from './errors.ts';

/** Exit codes of the command line. */
export const ExitCode = { OK: 0, FAILED: 1, USAGE: 2 } as const;

/** Each adds itself to the parser; what it needs to run is loaded when it runs. */
const commands = [startCommand, brokerCommand];

/** Runs the command that `args` name; resolves with the exit code. Errors are told on stderr as one sentence. */
export async function main(args: readonly string[]): Promise<number> {
  const parser = yargs([...args])
    .scriptName('millrace')
    .usage('Kafka, Connect and a schema registry in one process.\n\nUsage: $0 <command>')
    .strict()
    .demandCommand(1, 'Name a command; `millrace --help` lists them.')
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    })
    .version(false)
    .help();
  for (const addTo of commands) addTo(parser);
  try {
    await parser.parseAsync();
    return typeof process.exitCode === 'number' ? process.exitCode : ExitCode.OK;
  } catch (error) {
    console.error(describe(error));
    return error instanceof UsageError ? ExitCode.USAGE : ExitCode.FAILED;
  }
}

/** What the user can act on; the stack only for what should not have happened. */
function describe(error: unknown): string {
  if (error instanceof StreamError) return error.message;
  if (error instanceof Error) return 'code' in error ? error.message : (error.stack ?? error.message);
  return String(error);
}
