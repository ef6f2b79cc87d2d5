import { UsageError } from './errors.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

/** Options of commands that run a broker of their own. */
export const brokerOptions = {
  host: { type: 'string', default: '127.0.0.1', describe: 'Address to listen on.' },
  'kafka-port': { type: 'number', default: 9092, describe: 'Port for Kafka clients; 0 takes a free one.' },
  'data-dir': { type: 'string', default: '.millrace/data', describe: 'Where topics are kept.' },
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

type BrokerValues = OptionValues<typeof brokerOptions>;

/** The broker's properties as the options give them. Throws {@link UsageError} for an override without a name. */
export function brokerProperties(values: BrokerValues): Map<string, string> {
  const host = values.host.includes(':') ? `[${values.host}]` : values.host;
  const properties = new Map([
    ['listeners', `PLAINTEXT://${host}:${values['kafka-port']}`],
    ['log.dirs', values['data-dir']],
    ['group.initial.rebalance.delay.ms', '0'], // As in Kafka's sample config: nobody waits for three seconds alone.
  ]);
  if (values.durability !== undefined) properties.set('durability', values.durability);
  for (const [name, value] of overrides(values.override)) properties.set(name, value);
  return properties;
}

/** `name=value` pairs. Throws {@link UsageError}. */
function overrides(texts: readonly string[]): readonly (readonly [string, string])[] {
  return texts.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new UsageError(`--override ${text}: write name=value.`);
    return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
  });
}
