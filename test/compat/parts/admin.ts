import { runOk } from '../child.ts';
import { javaArgs } from '../install.ts';
import type { Check } from '../report.ts';
import { compareTranscript } from '../transcript.ts';
import type { Part, PartContext } from './part.ts';

/** The name of the file in `expected/`, the class in `clients/java` that asks, and what it asks about. */
type Transcript = readonly [name: string, mainClass: string, what: string];

/** In the order in which they are taken: the first needs an empty broker, the last changes its configs. */
const transcripts: readonly Transcript[] = [
  [
    'admin-topics',
    'AdminTopics',
    'the cluster and topics: create, list, describe, grow, delete, and what is refused',
  ],
  ['admin-offsets', 'AdminOffsets', 'listOffsets and deleteRecords'],
  ['admin-groups', 'AdminGroups', 'groups and committed offsets: list, describe, alter, delete'],
  [
    'admin-broker-configs',
    'AdminBrokerConfigs',
    'every broker config, its type, and whether it is read-only',
  ],
  [
    'admin-configs',
    'AdminConfigs',
    'configs of topics, brokers and groups: describe, alter, and what is refused',
  ],
];

const overrides = { 'group.initial.rebalance.delay.ms': '0' };

/** Java's AdminClient asks the broker what it asked Apache Kafka, and must hear the same. */
export const admin: Part = {
  name: 'admin',
  tools: ['java'],
  overrides,
  checks: (context) => transcripts.map((transcript) => check(context, transcript)),
};

/** The same about groups of the consumer protocol. */
export const adminConsumerProtocol: Part = {
  name: 'admin-consumer-protocol',
  tools: ['java'],
  overrides,
  checks: (context) => [
    check(context, [
      'admin-consumer-protocol',
      'AdminConsumerProtocol',
      'a group of the consumer protocol: list, describe, delete',
    ]),
  ],
};

function check({ broker, isRecording }: PartContext, [name, mainClass, what]: Transcript): Check {
  return {
    name: `AdminClient hears the same as from Apache Kafka about ${what}`,
    run: async () => {
      const { stdout } = await runOk('java', javaArgs(mainClass, [broker.bootstrap]));
      // The broker may have configs of its own besides Kafka's.
      compareTranscript(name, stdout, { isRecording, mayAdd: name === 'admin-broker-configs' });
    },
  };
}
