import { startConnectStack } from '../../composition-root.ts';
import { type Command, ExitCode } from '../command.ts';
import { connectClient, ineffectiveNotes, pluginFolders } from '../connect-properties.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { untilStopped, whileRunning } from '../running.ts';
import { workerProperties } from '../worker-properties.ts';

const options = {
  json: { type: 'flag', describe: 'Print one JSON line with the addresses when ready.' },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'warn',
    describe: 'What is logged, as JSON lines on stderr.',
  },
} as const;

/** `millrace worker worker.properties`: a Connect worker on another cluster, with Kafka Connect's three topics. */
export const workerCommand: Command = {
  help: `Usage: millrace worker worker.properties [options]

Runs a Connect worker on the cluster of bootstrap.servers. It takes the file of a distributed worker of Kafka Connect, and goes
on with the connectors and positions in its three topics. One worker does all of the work: it does not start while others are
in the group of group.id.

${describeOptions(options)}`,
  async run(args) {
    const { values, rest } = parseOptions(options, args);
    const [file, ...more] = rest;
    if (file === undefined || more.length > 0)
      throw new UsageError('Name one worker.properties file: millrace worker FILE');
    const properties = workerProperties(file, process.env);
    const client = connectClient(file, properties, 'topics');
    for (const note of ineffectiveNotes(file, properties, 'topics')) console.error(note);
    return whileRunning(async (signal) => {
      const stack = await startConnectStack({
        ...{ client, workerProperties: properties, logLevel: values['log-level'] },
        plugins: { folders: pluginFolders(properties), packages: ['.'] },
        signal,
      });
      const { kafka, rest: url } = stack;
      console.log(values.json ? JSON.stringify({ kafka, rest: url }) : `Kafka ${kafka}\nConnect ${url}`);
      try {
        await untilStopped(signal, new Promise(() => undefined));
      } finally {
        await stack.close();
      }
      return ExitCode.OK;
    });
  },
};
