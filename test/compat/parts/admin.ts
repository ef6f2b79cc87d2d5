import { runOk } from '../child.ts';
import { javaArgs } from '../install.ts';
import { compareTranscript } from '../transcript.ts';
import type { Part } from './part.ts';

/** Transcripts in the order in which they are taken: the first needs an empty broker, the last changes its configs. */
const transcripts: readonly (readonly [name: string, mainClass: string, what: string])[] = [
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

/** Java's AdminClient asks the broker what it asked Apache Kafka, and must hear the same. */
export const admin: Part = {
  name: 'admin',
  tools: ['java'],
  overrides: { 'group.initial.rebalance.delay.ms': '0' },
  checks: ({ broker, isRecording }) =>
    transcripts.map(([name, mainClass, what]) => ({
      name: `AdminClient hears the same as from Apache Kafka about ${what}`,
      run: async () => {
        const { stdout } = await runOk('java', javaArgs(mainClass, [broker.bootstrap]));
        // The broker may have configs of its own besides Kafka's.
        compareTranscript(name, stdout, { isRecording, mayAdd: name === 'admin-broker-configs' });
      },
    })),
};
