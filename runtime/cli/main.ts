import { StreamError } from '../../platform/errors.ts';
import { hasCode } from '../../platform/system-error.ts';
import { type CommandEntry, ExitCode } from './command.ts';
import { UsageError } from './errors.ts';
import { kafkaTools } from './kafka-tools/catalogue.ts';
import { similarName } from './similar-name.ts';

/** What chooses the ports of a command. */
const portOptions: ReadonlyMap<string, string> = new Map([
  ['start', '--kafka-port, --registry-port or --rest-port; 0 takes a free one'],
  ['run', '--kafka-port or --metrics-port; 0 takes a free one'],
  ['broker', '--kafka-port or --metrics-port; 0 takes a free one'],
  ['kafka-server-start', '--override listeners=PLAINTEXT://host:port; port 0 takes a free one'],
  ['registry', '--port; 0 takes a free one'],
  ['worker', "listeners in the worker's properties; port 0 takes a free one"],
  ['connect-standalone', "listeners in the worker's properties; port 0 takes a free one"],
]);

const usageCodes = new Set([
  'CLI_WORKER_PROPERTIES',
  'CONNECT_WORKER_CONFIG',
  'CONNECT_REST_CONFIG',
  'CONNECT_SSL_CONFIG',
]);

/** Every command by its name, in the order of the help text. */
const commands: ReadonlyMap<string, CommandEntry> = new Map([
  [
    'run',
    { summary: 'Run pipelines from files', load: async () => (await import('./commands/run.ts')).runCommand },
  ],
  [
    'start',
    {
      summary: 'Run broker, schema registry and Connect worker',
      load: async () => (await import('./commands/start.ts')).startCommand,
    },
  ],
  [
    'broker',
    { summary: 'Run a Kafka broker', load: async () => (await import('./commands/broker.ts')).brokerCommand },
  ],
  [
    'kafka-server-start',
    {
      summary: 'The same, as Kafka names it: kafka-server-start server.properties',
      load: async () => (await import('./commands/broker.ts')).kafkaServerStartCommand,
    },
  ],
  [
    'worker',
    {
      summary: 'Run a Connect worker on a Kafka cluster',
      load: async () => (await import('./commands/worker.ts')).workerCommand,
    },
  ],
  [
    'connect-standalone',
    {
      summary: 'The same, as Kafka names it, with positions in a file: connect-standalone worker.properties',
      load: async () => (await import('./commands/connect-standalone.ts')).connectStandaloneCommand,
    },
  ],
  [
    'registry',
    {
      summary: 'Run a schema registry on a Kafka cluster',
      load: async () => (await import('./commands/registry.ts')).registryCommand,
    },
  ],
  [
    'lint',
    { summary: 'Check pipeline files', load: async () => (await import('./commands/lint.ts')).lintCommand },
  ],
  [
    'plugin',
    {
      summary: 'Check plugins: plugin test [PATH]',
      load: async () => (await import('./commands/plugin.ts')).pluginCommand,
    },
  ],
  [
    'create',
    {
      summary: 'Write a new package: create connector NAME',
      load: async () => (await import('./commands/create.ts')).createCommand,
    },
  ],
  [
    'protocol',
    {
      summary: "Decode and encode messages of Kafka's protocol",
      load: async () => (await import('./commands/protocol.ts')).protocolCommand,
    },
  ],
  ...kafkaTools,
]);

/** Runs the command that `args` begin with; resolves with the exit code. Errors are told on stderr as one sentence. */
export async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview());
    return name === undefined ? ExitCode.USAGE : ExitCode.OK;
  }
  try {
    if (name === '--version' || name === '-v' || name === 'version') {
      const [{ packageVersion }, { diskFiles }] = await Promise.all([
        import('./version.ts'),
        import('../../platform/disk-files.ts'),
      ]);
      console.log(packageVersion(diskFiles));
      return ExitCode.OK;
    }
    const entry = commands.get(name);
    if (entry === undefined) throw new UsageError(unknownCommand(name));
    const command = await entry.load();
    if (command.help !== undefined && (args.includes('--help') || args.includes('-h'))) {
      console.log(command.help);
      return ExitCode.OK;
    }
    return await command.run(args);
  } catch (error) {
    console.error(describe(error, name));
    return isUsage(error) ? ExitCode.USAGE : ExitCode.FAILED;
  }
}

function unknownCommand(name: string): string {
  const meant = similarName(name, commands.keys());
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `There is no command ${name}.${question} millrace --help lists them.`;
}

function overview(): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length));
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: millrace <command> [options]\n\n${lines.join('\n')}\n\nmillrace <command> --help tells more; millrace --version tells the version.`;
}

/** What is wrong was said on the command line, or in a file that it names. */
function isUsage(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof StreamError && usageCodes.has(error.code));
}

/** What the user can act on; the stack only for what should not have happened. */
function describe(error: unknown, command: string): string {
  if (error instanceof StreamError) return error.message;
  if (hasCode(error, 'EADDRINUSE')) {
    const options = portOptions.get(command) ?? 'other options';
    return `${(error as Error).message}. Stop what listens there, or choose with ${options}.`;
  }
  if (error instanceof Error) return 'code' in error ? error.message : (error.stack ?? error.message);
  return String(error);
}
