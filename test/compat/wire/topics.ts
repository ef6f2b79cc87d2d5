import {
  alterPartitionReassignmentsRequest,
  createPartitionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  electLeadersRequest,
  listPartitionReassignmentsRequest,
  metadataRequest,
  zeroUuid,
} from '../../../kafka/protocol/index.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Topics: create, grow, elect, reassign, delete. */
export const topics: WireFamily = {
  name: 'topics',
  about: 'CreateTopics, CreatePartitions, ElectLeaders, reassignments, DeleteTopics',
  async ask(wire) {
    await create(wire);
    await grow(wire);
    await elect(wire);
    await reassign(wire);
    await remove(wire);
  },
};

interface TopicFields {
  readonly numPartitions?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly [partition: number, brokers: readonly number[]])[];
  readonly configs?: Readonly<Record<string, string | null>>;
}

function topic(
  name: string,
  { numPartitions = 1, replicationFactor = 1, assignments = [], configs = {} }: TopicFields = {},
) {
  return {
    name,
    numPartitions,
    replicationFactor,
    assignments: assignments.map(([partitionIndex, brokerIds]) => ({
      partitionIndex,
      brokerIds: [...brokerIds],
    })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
}

/** A broker shows what its controller has decided a moment later. */
const appliedWithinMs = 300;
const manual = { numPartitions: -1, replicationFactor: -1 };
const counted = { counted: ['topics.configs'] };

async function create(wire: Wire): Promise<void> {
  wire.title('create');
  for (const version of [2, 3, 4, 5, 6, 7]) {
    await wire.ask(
      'one topic',
      createTopicsRequest,
      version,
      { topics: [topic(`made-${version}`)] },
      counted,
    );
    await wire.ask(
      'the same again',
      createTopicsRequest,
      version,
      { topics: [topic(`made-${version}`)] },
      counted,
    );
    await wire.ask(
      'defaults of partitions and replicas',
      createTopicsRequest,
      version,
      {
        topics: [topic(`defaults-${version}`, manual)],
      },
      counted,
    );
    await wire.ask(
      'only checked',
      createTopicsRequest,
      version,
      {
        topics: [topic('checked'), topic('bad name')],
        validateOnly: true,
      },
      counted,
    );
  }
  await wire.ask('no topic', createTopicsRequest, 7, { topics: [] });
  await wire.ask('with configs, all shown', createTopicsRequest, 7, {
    topics: [
      topic('configured', { configs: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' } }),
    ],
  });
  for (const name of [
    '',
    '.',
    '..',
    'bad name',
    'ä',
    'a/b',
    'a'.repeat(250),
    '__consumer_offsets',
    '__cluster_metadata',
  ])
    await wire.ask(
      `a topic named ${name.length > 40 ? `${name.length} letters` : `"${name}"`}`,
      createTopicsRequest,
      7,
      {
        topics: [topic(name)],
      },
      counted,
    );
  await wire.ask(
    'names that collide with a metric name',
    createTopicsRequest,
    7,
    { topics: [topic('col.lide')] },
    counted,
  );
  await wire.ask(
    'names that collide with a metric name',
    createTopicsRequest,
    7,
    { topics: [topic('col_lide')] },
    counted,
  );
  await wire.ask(
    'one name twice',
    createTopicsRequest,
    7,
    { topics: [topic('twice'), topic('twice'), topic('once')] },
    counted,
  );
  const refused: readonly (readonly [string, TopicFields])[] = [
    ['no partitions', { numPartitions: 0 }],
    ['partitions -2', { numPartitions: -2 }],
    ['100,001 partitions', { numPartitions: 100_001 }],
    ['no replicas', { replicationFactor: 0 }],
    ['replicas -2', { replicationFactor: -2 }],
    ['two replicas', { replicationFactor: 2 }],
    [
      'an assignment and a number of partitions',
      { numPartitions: 1, replicationFactor: -1, assignments: [[0, [1]]] },
    ],
    [
      'an assignment and a number of replicas',
      { numPartitions: -1, replicationFactor: 1, assignments: [[0, [1]]] },
    ],
    ['an assignment to an unknown broker', { ...manual, assignments: [[0, [77]]] }],
    ['an assignment to a negative broker', { ...manual, assignments: [[0, [-1]]] }],
    ['an assignment without replicas', { ...manual, assignments: [[0, []]] }],
    ['an assignment to one broker twice', { ...manual, assignments: [[0, [1, 1]]] }],
    [
      'an assignment with a gap',
      {
        ...manual,
        assignments: [
          [0, [1]],
          [2, [1]],
        ],
      },
    ],
    ['an assignment that does not begin at 0', { ...manual, assignments: [[1, [1]]] }],
    [
      'an assignment of one partition twice',
      {
        ...manual,
        assignments: [
          [0, [1]],
          [0, [1]],
        ],
      },
    ],
    [
      'an assignment with different numbers of replicas',
      {
        ...manual,
        assignments: [
          [0, [1]],
          [1, [1, 2]],
        ],
      },
    ],
    ['an unknown config', { configs: { 'no.such': '1' } }],
    ['an empty config name', { configs: { '': '1' } }],
    ['a config null', { configs: { 'retention.ms': null } }],
    ['a number that is none', { configs: { 'retention.ms': 'soon' } }],
    ['a number out of range', { configs: { 'segment.bytes': '13' } }],
    ['a boolean that is none', { configs: { preallocate: 'maybe' } }],
    ['a list with what is not allowed', { configs: { 'cleanup.policy': 'compact,burn' } }],
    ['an empty list', { configs: { 'cleanup.policy': '' } }],
    ['a codec that is not there', { configs: { 'compression.type': 'brotli' } }],
    ['a compression level out of range', { configs: { 'compression.gzip.level': '99' } }],
    ['more than one bad config', { configs: { 'retention.ms': 'soon', 'segment.bytes': '13' } }],
    [
      'local retention above retention',
      { configs: { 'retention.ms': '1000', 'local.retention.ms': '2000' } },
    ],
    ['remote storage', { configs: { 'remote.storage.enable': 'true' } }],
    ['min.insync.replicas 0', { configs: { 'min.insync.replicas': '0' } }],
    [
      'max.compaction.lag below min',
      { configs: { 'min.compaction.lag.ms': '5000', 'max.compaction.lag.ms': '1000' } },
    ],
    ['a removed config', { configs: { 'message.format.version': '3.0' } }],
    ['a throttled replica list that is none', { configs: { 'leader.replication.throttled.replicas': 'x' } }],
    ['a config of brokers', { configs: { 'log.retention.ms': '1000' } }],
    [
      'bad partitions, replicas and config',
      { numPartitions: 0, replicationFactor: 0, configs: { 'no.such': '1' } },
    ],
  ];
  for (const [what, fields] of refused)
    await wire.ask(what, createTopicsRequest, 7, { topics: [topic('refused', fields)] }, counted);
  await wire.ask(
    'valid and not in one request',
    createTopicsRequest,
    7,
    {
      topics: [topic('valid'), topic('not valid'), topic('made-7'), topic('nothing', { numPartitions: 0 })],
    },
    counted,
  );
  await wire.ask('timeout 0', createTopicsRequest, 7, { topics: [topic('made-7')], timeoutMs: 0 }, counted);
  await wire.pause(appliedWithinMs);
  await wire.ask('what was created', metadataRequest, 12, {
    topics: ['valid', 'configured', 'refused', 'twice', 'once', 'checked'].map((name) => ({ name })),
    allowAutoTopicCreation: false,
  });
}

async function grow(wire: Wire): Promise<void> {
  wire.title('grow');
  const ask = (
    what: string,
    version: number,
    name: string,
    count: number,
    assignments: readonly (readonly number[])[] | null = null,
    validateOnly = false,
  ) =>
    wire.ask(what, createPartitionsRequest, version, {
      topics: [
        {
          name,
          count,
          assignments: assignments?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null,
        },
      ],
      timeoutMs: 5000,
      validateOnly,
    });
  for (const version of [0, 1, 2, 3]) await ask('one more', version, 'made-7', version + 2);
  await ask('as many', 3, 'made-7', 5);
  await ask('fewer', 3, 'made-7', 1);
  await ask('none', 3, 'made-7', 0);
  await ask('a negative number', 3, 'made-7', -1);
  await ask('of an unknown topic', 3, 'unknown', 5);
  await ask('of an empty name', 3, '', 5);
  await ask('of a bad name', 3, 'bad name', 5);
  await ask('of an internal topic', 3, '__consumer_offsets', 51, null, true);
  await ask('only checked', 3, 'made-7', 9, null, true);
  await ask('with too few assignments', 3, 'made-7', 7, [[1]]);
  await ask('with too many assignments', 3, 'made-7', 6, [[1], [1]]);
  await ask('with no assignments', 3, 'made-7', 6, []);
  await ask('with an unknown broker', 3, 'made-7', 6, [[77]]);
  await ask('with one broker twice', 3, 'made-7', 6, [[1, 1]]);
  await ask('with two replicas', 3, 'made-7', 6, [[1, 2]]);
  await ask('with no replica', 3, 'made-7', 6, [[]]);
  await ask('with an assignment', 3, 'made-7', 6, [[1]]);
  await ask('by 100,000', 3, 'made-7', 100_006, null, true);
  await wire.ask('one topic twice', createPartitionsRequest, 3, {
    topics: [
      { name: 'made-7', count: 7, assignments: null },
      { name: 'made-7', count: 8, assignments: null },
    ],
    timeoutMs: 5000,
    validateOnly: false,
  });
  await wire.ask('no topic', createPartitionsRequest, 3, {
    topics: [],
    timeoutMs: 5000,
    validateOnly: false,
  });
}

async function elect(wire: Wire): Promise<void> {
  wire.title('elect leaders');
  const ask = (
    what: string,
    version: number,
    electionType: number,
    topic: string | null,
    partitions: readonly number[] = [],
  ) =>
    wire.ask(what, electLeadersRequest, version, {
      electionType,
      topicPartitions: topic === null ? null : [{ topic, partitions: [...partitions] }],
      timeoutMs: 5000,
    });
  for (const version of [0, 1, 2]) await ask('the preferred leader, which leads', version, 0, 'made-7', [0]);
  await ask('any leader where there is one', 2, 1, 'made-7', [0]);
  await ask('an unknown type', 2, 9, 'made-7', [0]);
  await ask('an unknown topic', 2, 0, 'unknown', [0]);
  await ask('an unknown partition', 2, 0, 'made-7', [99]);
  await ask('a negative partition', 2, 0, 'made-7', [-1]);
  await ask('one partition twice', 2, 0, 'made-7', [0, 0]);
  await ask('no partition', 2, 0, 'made-7', []);
  await ask('all, preferred', 2, 0, null);
  await ask('all, any', 2, 1, null);
  await wire.ask('no topic', electLeadersRequest, 2, {
    electionType: 0,
    topicPartitions: [],
    timeoutMs: 5000,
  });
}

async function reassign(wire: Wire): Promise<void> {
  wire.title('reassignments');
  const ask = (
    what: string,
    version: number,
    name: string,
    partitionIndex: number,
    replicas: readonly number[] | null,
  ) =>
    wire.ask(what, alterPartitionReassignmentsRequest, version, {
      timeoutMs: 5000,
      topics: [
        { name, partitions: [{ partitionIndex, replicas: replicas === null ? null : [...replicas] }] },
      ],
    });
  await ask('to where it is', 0, 'made-7', 0, [1]);
  await ask('to where it is', 1, 'made-7', 0, [1]);
  await ask('to an unknown broker', 1, 'made-7', 0, [77]);
  await ask('to a negative broker', 1, 'made-7', 0, [-1]);
  await ask('to one broker twice', 1, 'made-7', 0, [1, 1]);
  await ask('to nowhere', 1, 'made-7', 0, []);
  await ask('more replicas where the factor may change', 1, 'made-7', 0, [1, 77]);
  await ask('cancelled where there is none', 1, 'made-7', 0, null);
  await ask('of an unknown topic', 1, 'unknown', 0, [1]);
  await ask('of an unknown partition', 1, 'made-7', 99, [1]);
  await wire.ask('more replicas where the factor may not change', alterPartitionReassignmentsRequest, 1, {
    timeoutMs: 5000,
    allowReplicationFactorChange: false,
    topics: [{ name: 'made-7', partitions: [{ partitionIndex: 0, replicas: [1, 77] }] }],
  });
  await wire.ask('no topic', alterPartitionReassignmentsRequest, 1, { timeoutMs: 5000, topics: [] });
  await wire.pause(appliedWithinMs);
  await wire.ask('all that are under way', listPartitionReassignmentsRequest, 0, {
    timeoutMs: 5000,
    topics: null,
  });
  for (const [what, name, partitionIndexes] of [
    ['of one partition', 'made-7', [0]],
    ['of an unknown partition', 'made-7', [99]],
    ['of an unknown topic', 'unknown', [0]],
  ] as const)
    await wire.ask(what, listPartitionReassignmentsRequest, 0, {
      timeoutMs: 5000,
      topics: [{ name, partitionIndexes: [...partitionIndexes] }],
    });
}

async function remove(wire: Wire): Promise<void> {
  wire.title('delete');
  for (const version of [1, 2, 3, 4, 5]) {
    await wire.ask('by name', deleteTopicsRequest, version, {
      topicNames: [`made-${version}`],
      timeoutMs: 5000,
    });
    await wire.ask('by name, again', deleteTopicsRequest, version, {
      topicNames: [`made-${version}`],
      timeoutMs: 5000,
    });
  }
  await wire.ask('no name', deleteTopicsRequest, 5, { topicNames: [], timeoutMs: 5000 });
  await wire.ask('one name twice', deleteTopicsRequest, 5, {
    topicNames: ['made-6', 'made-6'],
    timeoutMs: 5000,
  });
  await wire.ask('a bad and an empty name', deleteTopicsRequest, 5, {
    topicNames: ['bad name', ''],
    timeoutMs: 5000,
  });
  await wire.pause(appliedWithinMs);
  const seven = await wire.ask(
    'its id',
    metadataRequest,
    12,
    { topics: [{ name: 'made-7' }] },
    { counted: ['topics.partitions'] },
  );
  const topicId = seven.text('topics.0.topicId');
  const ask = (
    what: string,
    ...topics: readonly { readonly name?: string | null; readonly topicId?: string }[]
  ) =>
    wire.ask(what, deleteTopicsRequest, 6, {
      topics: topics.map(({ name = null, topicId: id = zeroUuid }) => ({ name, topicId: id })),
      timeoutMs: 5000,
    });
  await ask('by name and id', { name: 'made-7', topicId });
  await ask('by an unknown id', { topicId: 'AAAAAAAAAAAAAAAAAAAAEA' });
  await ask('by neither');
  await ask('by nothing at all', {});
  await ask('by one id twice', { topicId }, { topicId });
  await ask('by its name and by its id', { name: 'made-7' }, { topicId });
  await ask('by id', { topicId });
  await ask('by id, again', { topicId });
  await ask('an unknown name', { name: 'unknown' });
  await wire.ask('made anew', createTopicsRequest, 7, { topics: [topic('made-7')] }, counted);
  await wire.pause(appliedWithinMs);
  await wire.ask('an id of a deleted topic', metadataRequest, 12, { topics: [{ name: null, topicId }] });
  await wire.ask('what is left', metadataRequest, 12, {
    topics: ['made-1', 'made-6', 'made-7'].map((name) => ({ name })),
    allowAutoTopicCreation: false,
  });
}
