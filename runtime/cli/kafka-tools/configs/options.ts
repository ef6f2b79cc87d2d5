import { connectionOptions } from '../connection-options.ts';

const name = (describe: string) => ({ describe, value: { type: 'String' } }) as const;

/** The options of `kafka-configs`. */
export const configOptions = {
  ...connectionOptions,
  'add-config': {
    describe:
      "With --alter: configs to set, as in 'k1=v1,k2=[v2,v3],k3=v4'; brackets around values with commas. `kafka-configs --describe --all` lists the names.",
    value: { type: 'String', label: 'name=value,...' },
  },
  'add-config-file': {
    describe: 'With --alter: a properties file with configs to set.',
    value: { type: 'String', label: 'properties file' },
  },
  all: { describe: 'With --describe: all configs, those at their defaults, too.' },
  alter: { describe: 'Change the configs of a topic, broker, group, ...' },
  'bootstrap-controller': name('Not supported: name a broker with --bootstrap-server.'),
  broker: name('A broker, by its id.'),
  'broker-defaults': { describe: 'The defaults of all brokers.' },
  'broker-logger': name('The loggers of a broker, by its id.'),
  client: name('A client, by its id.'),
  'client-defaults': { describe: 'The defaults of all clients.' },
  'client-metrics': name('A subscription to metrics of clients.'),
  'delete-config': {
    describe: 'With --alter: names of configs that go back to their defaults.',
    value: { type: 'String', label: 'name,...' },
  },
  describe: { describe: 'Show configs.' },
  'entity-default': { describe: 'The defaults of --entity-type brokers, clients, users or ips.' },
  'entity-name': name('Name of what --entity-type says.'),
  'entity-type': name('topics, brokers, broker-loggers, groups, client-metrics, clients, users or ips.'),
  group: name('A group, by its id.'),
  ip: name('An address.'),
  'ip-defaults': { describe: 'The defaults of all addresses.' },
  topic: name('A topic.'),
  user: name('A user, by the name of the principal.'),
  'user-defaults': { describe: 'The defaults of all users.' },
} as const;

/** The name of one of them. */
export type ConfigOption = keyof typeof configOptions;
