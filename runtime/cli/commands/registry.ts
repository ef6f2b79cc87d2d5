import { startRegistryAlone } from '../../registry-alone.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { untilStopped, whileRunning } from '../running.ts';

const options = {
  'bootstrap-server': {
    type: 'string',
    describe: 'The Kafka cluster that keeps the schemas: host:port, ...',
  },
  host: { type: 'string', default: '127.0.0.1', describe: 'Address to listen on.' },
  port: { type: 'number', default: 8081, describe: 'Port to listen on; 0 takes a free one.' },
  'advertised-host': { type: 'string', describe: 'Where other registries reach this one. Default: --host.' },
  'group-id': {
    type: 'string',
    default: 'schema-registry',
    describe: 'Registries of one group and topic elect who writes.',
  },
  topic: { type: 'string', default: '_schemas', describe: 'Where the schemas are kept.' },
  'compat-level': { type: 'string', choices: ['7', '8'], default: '8', describe: 'Whose answers to give.' },
  json: { type: 'flag', describe: 'Print one JSON line when ready: {"registry":"http://host:port"}.' },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'warn',
    describe: 'What is logged, as JSON lines on stderr.',
  },
} as const;

/** `millrace registry`: a schema registry on a Kafka cluster. */
export const registryCommand: Command = {
  help: `Usage: millrace registry --bootstrap-server host:port [options]\n\nRuns a schema registry on a Kafka cluster. Several of them share the work.\n\n${describeOptions(options)}`,
  async run(args) {
    const { values } = parseOptions(options, args);
    const bootstrapServers = values['bootstrap-server'];
    if (bootstrapServers === undefined)
      throw new UsageError('--bootstrap-server is missing: name a Kafka cluster.');
    return whileRunning(async (signal) => {
      const registry = await startRegistryAlone({
        bootstrapServers,
        host: values.host,
        port: values.port,
        advertisedHost: values['advertised-host'],
        groupId: values['group-id'],
        topic: values.topic,
        personality: values['compat-level'] === '7' ? 7 : 8,
        logLevel: values['log-level'],
        signal,
      });
      console.log(
        values.json ? JSON.stringify({ registry: registry.url }) : `Schema registry ${registry.url}`,
      );
      try {
        await untilStopped(signal, new Promise(() => undefined));
      } finally {
        await registry.close();
      }
      return ExitCode.OK;
    });
  },
};
