import { diskFiles } from '../../platform/disk-files.ts';
import { examineProperties } from '../broker-alone.ts';
import { UsageError } from './errors.ts';
import { GivenProperties } from './given-properties.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

/** Options of commands that run a broker of their own. */
export const brokerOptions = {
  host: { type: 'string', describe: 'Address to listen on (default: 127.0.0.1).' },
  'kafka-port': { type: 'number', describe: 'Port for Kafka clients; 0 takes a free one (default: 9092).' },
  'data-dir': { type: 'string', describe: 'Where topics are kept (default: .millrace/data).' },
  'metrics-port': {
    type: 'number',
    describe: 'Port of /metrics and /health; 0 takes a free one (default: none).',
  },
  durability: {
    type: 'string',
    choices: ['fsync', 'page-cache'],
    describe: 'When records are acknowledged: on disk (fsync, the default), or as Kafka does.',
  },
  override: {
    type: 'string',
    isRepeated: true,
    describe: 'A broker config as in server.properties: name=value. May be repeated.',
  },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'warn',
    describe: 'What is logged, as JSON lines on stderr.',
  },
} as const satisfies OptionSpecs;

/** Options of commands that may take a configuration of Kafka's: a file and the environment. */
export const brokerFileOptions = {
  config: {
    type: 'string',
    describe: "A server.properties file of Kafka's, before KAFKA_* variables and options.",
  },
  ...brokerOptions,
} as const satisfies OptionSpecs;

type BrokerValues = OptionValues<typeof brokerOptions>;

const LOOPBACK = '127.0.0.1';
const DATA_DIRECTORY = '.millrace/data';

/** Where a broker's configuration is looked for besides its options. */
export interface ConfigurationPlaces {
  /** A `server.properties` file. */
  readonly file?: string | undefined;
  /** The process's environment, for `KAFKA_*` variables. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The port when nobody gives one. */
  readonly port?: number;
}

/**
 * The broker's properties: our defaults, the file, the environment, the options, `--override`; the later wins. With a
 * file the defaults are Kafka's, but for the data directory. Throws {@link UsageError}, and every problem at once as
 * BrokerConfigurationError.
 */
export function brokerProperties(
  values: BrokerValues,
  places: ConfigurationPlaces = {},
): Map<string, string> {
  const { file, environment = {}, port = 9092 } = places;
  const given = new GivenProperties();
  if (file !== undefined) given.addFile(file, diskFiles);
  given.addEnvironment(environment);
  if (file === undefined) addDefault(given, 'group.initial.rebalance.delay.ms', '0'); // As in Kafka's sample config: nobody waits for three seconds alone.
  if (!given.values.has('log.dir')) addDefault(given, 'log.dirs', DATA_DIRECTORY);
  addOptions(given, values, { hasFile: file !== undefined, port });
  given.addOverrides(values.override);
  given.refuse(examineProperties(given.values).problems);
  for (const note of given.notes) console.error(note);
  return given.values;
}

function addDefault(given: GivenProperties, name: string, value: string): void {
  if (!given.values.has(name)) given.set(name, value, 'default');
}

function addOptions(
  given: GivenProperties,
  {
    host,
    'kafka-port': port,
    'metrics-port': metricsPort,
    'data-dir': dataDirectory,
    durability,
  }: BrokerValues,
  standard: { readonly hasFile: boolean; readonly port: number },
): void {
  const listener = `PLAINTEXT://${bracketed(host ?? LOOPBACK)}:${port ?? standard.port}`;
  if (host !== undefined || port !== undefined) given.set('listeners', listener, '--host, --kafka-port');
  else if (!standard.hasFile) addDefault(given, 'listeners', listener);
  if (dataDirectory !== undefined) given.set('log.dirs', dataDirectory, '--data-dir');
  if (metricsPort !== undefined) given.set('metrics.port', String(metricsPort), '--metrics-port');
  if (durability !== undefined) given.set('durability', durability, '--durability');
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The configuration file of a command line: `--config FILE`, or the one argument. Throws {@link UsageError}. */
export function configFileOf(option: string | undefined, rest: readonly string[]): string | undefined {
  const [file, ...more] = option === undefined ? rest : [option, ...rest];
  if (more.length > 0) throw new UsageError(`Name one configuration file, not also ${more.join(', ')}.`);
  return file;
}
