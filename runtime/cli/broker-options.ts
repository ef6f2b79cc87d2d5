import type { Argv } from 'yargs';
import { UsageError } from './errors.ts';

/** The options of commands that run a broker of their own. */
export interface BrokerArguments {
  readonly host: string;
  readonly kafkaPort: number;
  readonly dataDir: string;
  readonly durability: 'fsync' | 'page-cache' | undefined;
  readonly override: readonly string[];
}

/** Adds the broker's options to a command. */
export function withBrokerOptions<T>(argv: Argv<T>) {
  return argv
    .option('host', { type: 'string', default: '127.0.0.1', describe: 'Address to listen on.' })
    .option('kafka-port', {
      type: 'number',
      default: 9092,
      describe: 'Port for Kafka clients; 0 takes a free one.',
    })
    .option('data-dir', { type: 'string', default: '.millrace/data', describe: 'Where topics are kept.' })
    .option('durability', {
      choices: ['fsync', 'page-cache'] as const,
      describe: 'When records are acknowledged: on disk (default), or as Kafka does.',
    })
    .option('override', {
      type: 'string',
      array: true,
      requiresArg: true,
      nargs: 1,
      default: [] as string[],
      describe: 'A broker config as in server.properties: name=value. May be repeated.',
    })
    .option('log-level', {
      choices: ['debug', 'info', 'warn', 'error', 'silent'] as const,
      default: 'warn' as const,
      describe: 'What is logged (JSON lines on stderr).',
    });
}

/** The broker's properties as the options give them. Throws {@link UsageError} for an override without a name. */
export function brokerProperties(options: BrokerArguments): Map<string, string> {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const properties = new Map([
    ['listeners', `PLAINTEXT://${host}:${options.kafkaPort}`],
    ['log.dirs', options.dataDir],
  ]);
  if (options.durability !== undefined) properties.set('durability', options.durability);
  for (const override of options.override) {
    const equals = override.indexOf('=');
    if (equals < 1) throw new UsageError(`--override ${override}: write name=value`);
    properties.set(override.slice(0, equals).trim(), override.slice(equals + 1).trim());
  }
  return properties;
}
