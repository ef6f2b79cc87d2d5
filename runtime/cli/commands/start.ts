import { diskFiles } from '../../../platform/disk-files.ts';
import { startStack } from '../../composition-root.ts';
import { brokerFileOptions, brokerProperties, configFileOf } from '../broker-options.ts';
import { type Command, ExitCode } from '../command.ts';
import { pluginFolders } from '../connect-properties.ts';
import { UsageError } from '../errors.ts';
import { clusterIdOf } from '../kafka-environment.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { untilStopped, whileRunning } from '../running.ts';
import { workerProperties } from '../worker-properties.ts';

const options = {
  ...brokerFileOptions,
  'registry-port': { type: 'number', default: 8081, describe: 'Port of the schema registry.' },
  'compat-level': {
    type: 'string',
    choices: ['7', '8'],
    default: '8',
    describe: "Whose answers the registry gives: those of Confluent's releases 7 or 8.",
  },
  'rest-port': {
    type: 'number',
    describe: "Port of Connect's REST API. (default: that of listeners, or 8083)",
  },
  'worker-config': {
    type: 'string',
    describe:
      "A worker.properties file of Kafka Connect's: the worker, its REST API's listener, TLS and users.",
  },
  'plugin-path': { type: 'string', isRepeated: true, describe: 'A folder with plugins. May be repeated.' },
  json: { type: 'flag', describe: 'Print one JSON line with the addresses when ready.' },
} as const;

/** `millrace start`: broker, schema registry and Connect worker in one process. */
export const startCommand: Command = {
  help: `Usage: millrace start [server.properties] [options]\n\nRuns broker, schema registry and Connect worker in one process.\n\n${describeOptions(options)}`,
  async run(args) {
    const { values, rest } = parseOptions(options, args);
    const file = configFileOf(values.config, rest);
    requireFolders(values['plugin-path']);
    const worker = workerProperties(values['worker-config'], process.env);
    return whileRunning(async (signal) => {
      const stack = await startStack({
        properties: brokerProperties(values, { file, environment: process.env }),
        clusterId: clusterIdOf(process.env),
        logLevel: values['log-level'],
        host: values.host ?? '127.0.0.1',
        registryPort: values['registry-port'],
        personality: values['compat-level'] === '7' ? 7 : 8,
        restPort: values['rest-port'],
        workerProperties: worker,
        plugins: { folders: [...values['plugin-path'], ...pluginFolders(worker)], packages: ['.'] },
      });
      const { kafka, registry, rest, metrics } = stack.addresses;
      const lines = `Kafka ${kafka}\nSchema registry ${registry}\nConnect ${rest}`;
      const all = metrics === undefined ? lines : `${lines}\nMetrics ${metrics}/metrics`;
      console.log(values.json ? JSON.stringify(stack.addresses) : all);
      try {
        await untilStopped(signal, stack.halted);
      } finally {
        await stack.close();
      }
      return ExitCode.OK;
    });
  },
};

/** A folder beside a pipeline may be missing, one that was named may not. */
function requireFolders(paths: readonly string[]): void {
  const missing = paths.find((path) => diskFiles.stat(path)?.isDirectory !== true);
  if (missing !== undefined) throw new UsageError(`--plugin-path ${missing}: there is no such folder.`);
}
