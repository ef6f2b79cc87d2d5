import {
  deleteGroupsRequest,
  deleteRecordsRequest,
  describeProducersRequest,
  describeTransactionsRequest,
  fetchRequest,
  listOffsetsRequest,
  listTransactionsRequest,
  offsetCommitRequest,
  offsetDeleteRequest,
  offsetFetchRequest,
} from '../../../kafka/protocol/index.ts';
import { inWords, topicsDrawn } from './transaction-questions.ts';
import { ids, type TransactionScene } from './transaction-scene.ts';

type Question = (scene: TransactionScene) => Promise<unknown>;

/** Fetch of a partition, of all or of committed records. */
export const fetch: Question = async (scene) => {
  const { dice, wire } = scene;
  const [name, partition] = dice.pick([
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ] as const);
  const fetchOffset = dice.pick([0, 0, dice.below(10), dice.below(40)]);
  const isolationLevel = dice.chance(70) ? 1 : 0;
  const partitionMaxBytes = isolationLevel === 1 ? 1 << 20 : dice.pick([1, 150, 400, 1 << 20]);
  const what = `${name}${partition} from ${fetchOffset}, ${isolationLevel === 1 ? 'committed' : 'all'}`;
  // Kafka tells of the aborted transactions up to the end of the log, ours of those in what it sends.
  const without = (await scene.isOpen(name, partition)) ? ['abortedTransactions'] : [];
  const body = {
    maxWaitMs: 0,
    minBytes: 0,
    isolationLevel,
    topics: [
      {
        topic: scene.named(name),
        topicId: scene.topicId(name),
        partitions: [{ partition, fetchOffset, partitionMaxBytes }],
      },
    ],
  };
  return wire.ask(what, fetchRequest, dice.pick([4, 6, 11, 12, 13, 16, 18]), body, { without });
};

/** ListOffsets of both isolation levels. Not by the greatest timestamp: markers have those of the clock. */
export const listOffsets: Question = (scene) => {
  const { dice, wire, firstTimestamp } = scene;
  const drawn = topicsDrawn(scene, 95);
  const isolationLevel = dice.below(2);
  const version = dice.pick([2, 5, 7, 8, 9, 10]);
  const times = ['latest', 'latest', 'earliest', 'local', 'tiered', 'of a record', 'to come'] as const;
  const time = dice.pick(times.filter((each) => version > 7 || !['local', 'tiered'].includes(each)));
  const timestamp = {
    latest: -1,
    earliest: -2,
    local: -4,
    tiered: -5,
    'of a record': firstTimestamp + dice.below(40) * 1000,
    'to come': firstTimestamp + 86_400_000,
  }[time];
  const what = `${inWords(drawn)}, ${time}, ${isolationLevel === 1 ? 'committed' : 'all'}`;
  return wire.ask(what, listOffsetsRequest, version, {
    replicaId: -1,
    isolationLevel,
    topics: drawn.map(({ name, partitions }) => ({
      name: scene.named(name),
      partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp })),
    })),
  });
};

/** DescribeProducers: of every partition, and of those that are not there. */
export const describeProducers: Question = (scene) => {
  const drawn = topicsDrawn(scene, 90);
  return scene.wire.ask(inWords(drawn), describeProducersRequest, 0, {
    topics: drawn.map(({ name, partitions }) => ({
      name: name === 'a' || name === 'b' ? scene.named(name) : name,
      partitionIndexes: partitions,
    })),
  });
};

/** DescribeTransactions. */
export const describeTransactions: Question = (scene) => {
  const { wire, dice } = scene;
  const names = dice.list(0, 3, () => dice.pick([...ids, ...ids, 'late', 'nobody', '']));
  const what = names.map((name) => (name === '' ? "''" : name)).join(' ');
  return wire.ask(
    what,
    describeTransactionsRequest,
    0,
    { transactionalIds: names.map((name) => (name === '' ? '' : scene.named(name))) },
    { sets: ['partitions'] },
  );
};

/** ListTransactions: the filters, and never of other walks. */
export const listTransactions: Question = (scene) => {
  const { dice, wire } = scene;
  const version = dice.below(3);
  const states = [
    'Empty',
    'Ongoing',
    'CompleteCommit',
    'CompleteAbort',
    'PrepareAbort',
    'Dead',
    'Sleeping',
    '',
  ];
  const stateFilters = dice.chance(50) ? [] : dice.some(states, 40);
  const durations = [-1, -1, -2, 3_600_000, 1_000_000_000_000, 3_000_000_000_000];
  const durationFilter = version === 0 ? -1 : dice.pick(durations);
  const pattern =
    version < 2 ? null : dice.pick([null, '', '-[xy]', '-.*', '-x|y', '-(', '-[', '-(?=x).*', '-X']);
  const byPattern = pattern !== null && pattern !== '' && !dice.chance(30);
  const producers = ['x', 'y', 'late'].filter((id) => id === 'x' || dice.chance(60));
  const producerIdFilters = byPattern ? [] : producers.map((id) => scene.current(id).producerId);
  const what = [
    `states ${stateFilters.join(' ')}`,
    byPattern ? 'all producers' : `producers ${producers.join(' ')}`,
    `duration ${durationFilter}`,
    `pattern ${pattern}`,
  ].join(', ');
  const transactionalIdPattern = pattern === null || pattern === '' ? pattern : `${scene.prefix}${pattern}`;
  const body = {
    stateFilters,
    producerIdFilters,
    ...(version === 0 ? {} : { durationFilter }),
    ...(version < 2 ? {} : { transactionalIdPattern }),
  };
  return wire.ask(what, listTransactionsRequest, version, body, { sets: ['unknownStateFilters'] });
};

/** OffsetFetch with and without offsets of open transactions. */
export const fetchOffsets: Question = (scene) => {
  const { dice, wire } = scene;
  const group = scene.named(dice.pick(['simple', 'simple', 'classic', 'consumer']));
  const requireStable = dice.chance(60);
  const drawn = dice.chance(30) ? null : topicsDrawn(scene, 90);
  const version = dice.pick([7, 8, 9]);
  const all = drawn?.map(({ name, partitions }) => ({
    name: scene.named(name),
    partitionIndexes: partitions,
  }));
  const what = [
    group.slice(scene.prefix.length + 1),
    drawn === null ? 'all' : inWords(drawn),
    requireStable ? 'stable' : 'what there is',
  ].join(', ');
  if (version === 7)
    return wire.ask(what, offsetFetchRequest, 7, { groupId: group, topics: all ?? null, requireStable });
  const groups = [{ groupId: group, topics: all ?? null }];
  return wire.ask(what, offsetFetchRequest, version, { groups, requireStable });
};

/** OffsetCommit without a transaction, to a group without members. */
export const commitPlainly: Question = (scene) => {
  const [name, partitionIndex] = scene.dice.pick([
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ] as const);
  const partitions = [{ partitionIndex, committedOffset: 3, committedMetadata: 'plain' }];
  return scene.wire.ask(`simple, ${name}${partitionIndex}`, offsetCommitRequest, 8, {
    groupId: scene.named('simple'),
    topics: [{ name: scene.named(name), partitions }],
  });
};

/** DeleteGroups of a group that may have offsets of open transactions. */
export const deleteGroup: Question = (scene) =>
  scene.wire.ask('simple', deleteGroupsRequest, 2, { groupsNames: [scene.named('simple')] });

/** OffsetDelete of an offset that an open transaction may change. */
export const deleteOffsets: Question = (scene) => {
  const [name, partitionIndex] = scene.dice.pick([
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ] as const);
  return scene.wire.ask(`simple, ${name}${partitionIndex}`, offsetDeleteRequest, 0, {
    groupId: scene.named('simple'),
    topics: [{ name: scene.named(name), partitions: [{ partitionIndex }] }],
  });
};

/** DeleteRecords, perhaps of an open transaction. */
export const deleteRecords: Question = (scene) => {
  const { dice, wire } = scene;
  const [name, partitionIndex] = dice.pick([
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ] as const);
  const offset = dice.pick([-1, 0, dice.below(8), dice.below(30)]);
  const what = `${name}${partitionIndex} before ${offset}`;
  return wire.ask(what, deleteRecordsRequest, dice.below(3), {
    timeoutMs: 5000,
    topics: [{ name: scene.named(name), partitions: [{ partitionIndex, offset }] }],
  });
};
