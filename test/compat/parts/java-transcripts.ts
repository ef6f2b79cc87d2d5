import type { Check } from '../report.ts';
import { compareTranscript } from '../transcript.ts';
import { javaTranscript } from './java.ts';
import type { Part, PartContext } from './part.ts';

/** A transcript of Apache Kafka and the program that takes it. */
interface Transcript {
  /** The name of the file in `expected/`. */
  readonly name: string;
  /** The class in `clients/java`, and its arguments after the bootstrap address. */
  readonly program: readonly [mainClass: string, ...args: string[]];
  readonly what: string;
}

/** In the order in which they are taken: the first needs an empty broker, the last changes its configs. */
const adminTranscripts: readonly Transcript[] = [
  {
    name: 'admin-topics',
    program: ['AdminTopics'],
    what: 'the cluster and topics: create, list, describe, grow, delete, and what is refused',
  },
  { name: 'admin-offsets', program: ['AdminOffsets'], what: 'listOffsets and deleteRecords' },
  {
    name: 'admin-groups',
    program: ['AdminGroups'],
    what: 'groups and committed offsets: list, describe, alter, delete',
  },
  {
    name: 'admin-broker-configs',
    program: ['AdminBrokerConfigs'],
    what: 'every broker config, its type, and whether it is read-only',
  },
  {
    name: 'admin-configs',
    program: ['AdminConfigs'],
    what: 'configs of topics, brokers and groups: describe, alter, and what is refused',
  },
];

const newerTranscripts: readonly Transcript[] = [
  {
    name: 'admin-cluster',
    program: ['AdminCluster'],
    what: 'features, quorum, elections, reassignments, log directories',
  },
  {
    name: 'admin-security',
    program: ['AdminSecurity'],
    what: 'ACLs, tokens, users and quotas on a broker without security',
  },
];

const atOnce = { 'group.initial.rebalance.delay.ms': '0' };

/** Java's clients ask the broker what they asked Apache Kafka, and must hear the same. */
export const javaTranscripts: readonly Part[] = [
  part('admin', adminTranscripts),
  part('admin-cluster', newerTranscripts),
  part('admin-consumer-protocol', [
    {
      name: 'admin-consumer-protocol',
      program: ['AdminConsumerProtocol'],
      what: 'a group of the consumer protocol: list, describe, delete',
    },
  ]),
  part('consumers', [
    {
      name: 'consumers-classic',
      program: ['ConsumerTranscript', 'classic'],
      what: 'a consumer of the classic protocol: members, patterns, instances, offsets, errors',
    },
  ]),
  part(
    'consumers-consumer-protocol',
    [
      {
        name: 'consumers-consumer',
        program: ['ConsumerTranscript', 'consumer'],
        what: 'a consumer of the consumer protocol: members, patterns, instances, offsets, errors',
      },
    ],
    {
      'group.consumer.min.heartbeat.interval.ms': '500',
      'group.consumer.heartbeat.interval.ms': '500',
      'group.consumer.min.session.timeout.ms': '5000',
      'group.consumer.session.timeout.ms': '6000',
    },
  ),
  part(
    'transactions',
    (['2', '1'] as const).map((level) => ({
      name: `transactions-tv${level}`,
      program: ['TransactionTranscript', level],
      what: `transactions with transaction.version=${level}: commit, abort, fencing, timeouts, offsets, admin calls`,
    })),
    { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500' },
  ),
];

function part(
  name: string,
  transcripts: readonly Transcript[],
  overrides: Readonly<Record<string, string>> = {},
): Part {
  return {
    name,
    tools: ['java'],
    overrides: { ...atOnce, ...overrides },
    checks: (context) => transcripts.map((transcript) => check(context, transcript)),
  };
}

function check(context: PartContext, { name, program, what }: Transcript): Check {
  return {
    name: `Java's clients hear the same as from Apache Kafka about ${what}`,
    run: async () => {
      const [mainClass, ...args] = program;
      const transcript = await javaTranscript(mainClass, context.broker.bootstrap, ...args);
      // The broker may have configs of its own besides Kafka's.
      const mayAdd = name === 'admin-broker-configs';
      compareTranscript(name, transcript, context, { mayAdd });
    },
  };
}
