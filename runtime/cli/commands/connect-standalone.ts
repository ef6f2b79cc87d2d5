import { diskFiles } from '../../../platform/disk-files.ts';
import { type ConnectStack, startConnectStack } from '../../composition-root.ts';
import { HerderError } from '../../herder/index.ts';
import { applyConnector, PipelineError } from '../../pipelines/index.ts';
import { loadPlugins } from '../../plugins.ts';
import { type Command, ExitCode } from '../command.ts';
import { connectClient, ineffectiveNotes, pluginFolders } from '../connect-properties.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { readConnectors } from '../run-files.ts';
import { untilStopped, whileRunning } from '../running.ts';
import { workerProperties } from '../worker-properties.ts';

/** As Kafka's script ends when a connector cannot be started. */
const CONNECTOR_FAILED = 3;

const options = {
  json: { type: 'flag', describe: 'Print one JSON line with the addresses when ready.' },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'warn',
    describe: 'What is logged, as JSON lines on stderr.',
  },
} as const;

/** `millrace connect-standalone worker.properties [connector.properties|json …]`: Kafka's script of that name. */
export const connectStandaloneCommand: Command = {
  help: `Usage: millrace connect-standalone worker.properties [connector.properties|connector.json ...] [options]

Runs one Connect worker on the cluster of bootstrap.servers, as Kafka's connect-standalone does: positions of sources are in
the file of offset.storage.file.filename, which either can go on from; connectors are those of the files, and those that are
created by the REST API for as long as it runs.

${describeOptions(options)}

Exit codes: 0 stopped; 1 the worker could not start; 2 wrong use or wrong worker properties; 3 a connector
could not be started.`,
  async run(args) {
    const { values, rest } = parseOptions(options, args);
    const [file, ...connectorFiles] = rest;
    if (file === undefined)
      throw new UsageError('Name a worker.properties file: millrace connect-standalone FILE...');
    const properties = workerProperties(file, process.env);
    const client = connectClient(file, properties, 'standalone');
    for (const note of ineffectiveNotes(file, properties, 'standalone')) console.error(note);
    const folders = pluginFolders(properties);
    const plugins = await loadPlugins({ files: diskFiles, folders, packages: ['.'] });
    const context = { plugins, workerProperties: properties };
    try {
      const connectors = readConnectors(connectorFiles, context);
      return await whileRunning(async (signal) => {
        const stack = await startConnectStack({
          ...{ client, workerProperties: properties, logLevel: values['log-level'] },
          plugins: { folders, packages: ['.'] },
          offsetFile: properties['offset.storage.file.filename'],
          signal,
        });
        try {
          for (const connector of connectors) await applyConnector(stack.worker.herder, connector);
          if (!isStarted(stack)) return CONNECTOR_FAILED;
          const { kafka, rest: url } = stack;
          console.log(values.json ? JSON.stringify({ kafka, rest: url }) : `Kafka ${kafka}\nConnect ${url}`);
          await untilStopped(signal, new Promise(() => undefined));
          return ExitCode.OK;
        } finally {
          await stack.close();
        }
      });
    } catch (error) {
      if (!(error instanceof PipelineError) && !(error instanceof HerderError)) throw error;
      console.error(error.message);
      return CONNECTOR_FAILED;
    }
  },
};

/** A connector that cannot say which tasks it has ends the worker, as in Kafka; a task that fails does not. */
function isStarted({ worker }: ConnectStack): boolean {
  const failed = worker.progress().filter(({ state }) => state === 'FAILED');
  for (const { name, error } of failed) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`Failed to start connector ${name}: ${worker.redact(reason)}`);
  }
  return failed.length === 0;
}
