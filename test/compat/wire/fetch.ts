import {
  createTopicsRequest,
  deleteRecordsRequest,
  fetchRequest,
  listOffsetsRequest,
  metadataRequest,
  offsetForLeaderEpochRequest,
  produceRequest,
} from '../../../kafka/protocol/index.ts';
import { batchOf, firstTimestamp } from './batches.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Reading: Fetch with and without sessions, ListOffsets, epochs, DeleteRecords. */
export const fetch: WireFamily = {
  name: 'fetch',
  about: 'Fetch, its sessions, ListOffsets, OffsetForLeaderEpoch, DeleteRecords',
  async ask(wire) {
    const topicId = await make(wire);
    await plain(wire, topicId);
    await sessions(wire, topicId);
    await listOffsets(wire);
    await epochs(wire);
    await deleteRecords(wire);
  },
};

async function make(wire: Wire): Promise<string> {
  wire.title('topics');
  const answer = await wire.ask(
    'two',
    createTopicsRequest,
    7,
    {
      topics: [
        ['fetched', 'delete'],
        ['fetched-compacted', 'compact'],
      ].map(([name = '', policy = '']) => ({
        name,
        numPartitions: 2,
        replicationFactor: 1,
        assignments: [],
        configs: [{ name: 'cleanup.policy', value: policy }],
      })),
    },
    { counted: ['topics.configs'] },
  );
  await wire.untilLed(['fetched', 'fetched-compacted'], 2);
  for (const [partition, values] of [
    [0, ['a', 'b', 'c']],
    [0, ['d', 'e']],
    [0, ['f']],
    [1, ['other']],
  ] as const)
    await wire.ask(`${values.length} records`, produceRequest, 12, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 5000,
      topicData: [
        {
          name: 'fetched',
          partitionData: [
            {
              index: partition,
              records: batchOf(values, {}, firstTimestamp + 100_000 * (values[0].charCodeAt(0) - 97)),
            },
          ],
        },
      ],
    });
  const known = await wire.ask(
    'their ids',
    metadataRequest,
    12,
    { topics: [{ name: 'fetched' }] },
    { counted: ['topics.partitions'] },
  );
  return answer.text('topics.0.topicId') === '' ? '' : known.text('topics.0.topicId');
}

interface Asked {
  readonly version?: number;
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly fetchOffset?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly logStartOffset?: number;
  readonly partitionMaxBytes?: number;
  readonly maxBytes?: number;
  readonly minBytes?: number;
  readonly maxWaitMs?: number;
  readonly isolationLevel?: number;
  readonly replicaId?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly rackId?: string;
}

function body(asked: Asked) {
  const {
    version = 12,
    topic = 'fetched',
    topicId,
    partition = 0,
    fetchOffset = 0,
    partitionMaxBytes = 1 << 20,
    maxWaitMs = 0,
    minBytes = 0,
    replicaId,
    ...rest
  } = asked;
  const { currentLeaderEpoch, lastFetchedEpoch, logStartOffset, ...request } = rest;
  const partitionFields = {
    partition,
    fetchOffset,
    partitionMaxBytes,
    ...(currentLeaderEpoch === undefined ? {} : { currentLeaderEpoch }),
    ...(lastFetchedEpoch === undefined ? {} : { lastFetchedEpoch }),
    ...(logStartOffset === undefined ? {} : { logStartOffset }),
  };
  const replica =
    replicaId === undefined
      ? {}
      : version < 15
        ? { replicaId }
        : { replicaState: { replicaId, replicaEpoch: -1 } };
  return {
    maxWaitMs,
    minBytes,
    ...request,
    ...replica,
    topics: [
      {
        ...(version < 13 ? { topic } : { topicId: topicId ?? 'AAAAAAAAAAAAAAAAAAAAEA' }),
        partitions: [partitionFields],
      },
    ],
  };
}

async function plain(wire: Wire, topicId: string): Promise<void> {
  wire.title('fetch without a session');
  const ask = (what: string, asked: Asked = {}) =>
    wire.ask(what, fetchRequest, asked.version ?? 12, body(asked));
  for (const version of [4, 5, 6, 7, 8, 9, 10, 11, 12]) await ask('from the start', { version });
  for (const version of [13, 14, 15, 16, 17, 18]) await ask('from the start, by id', { version, topicId });
  for (const fetchOffset of [1, 3, 5]) await ask(`from ${fetchOffset}`, { fetchOffset });
  await ask('from the end', { fetchOffset: 6 });
  await ask('from beyond the end', { fetchOffset: 7 });
  await ask('from a negative offset', { fetchOffset: -1 });
  for (const version of [4, 12]) await ask('an unknown topic', { version, topic: 'unknown' });
  for (const version of [4, 12]) await ask('an unknown partition', { version, partition: 9 });
  await ask('a negative partition', { partition: -1 });
  await ask('an empty name', { topic: '' });
  for (const version of [13, 18]) await ask('an unknown id', { version });
  await ask('an unknown partition by id', { version: 16, topicId, partition: 9 });
  await ask('at most a byte of the partition', { partitionMaxBytes: 1 });
  await ask('at most no byte of the partition', { partitionMaxBytes: 0 });
  await ask('a negative number of bytes of the partition', { partitionMaxBytes: -1 });
  await ask('at most a byte', { maxBytes: 1 });
  await ask('at most no byte', { maxBytes: 0 });
  await ask('at most one batch', { partitionMaxBytes: 100 });
  await ask('read committed', { isolationLevel: 1 });
  await ask('an unknown isolation level', { isolationLevel: 5 });
  for (const version of [9, 12, 16])
    await ask('the epoch there is', { version, topicId, currentLeaderEpoch: 0 });
  for (const version of [9, 12, 16])
    await ask('an epoch to come', { version, topicId, currentLeaderEpoch: 3 });
  await ask('an epoch of -2', { currentLeaderEpoch: -2 });
  for (const version of [12, 16])
    await ask('last fetched in the epoch there is', {
      version,
      topicId,
      lastFetchedEpoch: 0,
      fetchOffset: 3,
    });
  for (const version of [12, 16])
    await ask('last fetched in an epoch to come', { version, topicId, lastFetchedEpoch: 5, fetchOffset: 3 });
  await ask('as a replica that is none', { replicaId: 9 });
  await ask('as a replica that is none', { version: 16, topicId, replicaId: 9 });
  await ask('as the broker itself', { replicaId: 1 });
  await ask('as a debugging consumer', { replicaId: -2 });
  await ask('with a rack', { rackId: 'here', version: 11 });
  await ask('a wait that ends', { fetchOffset: 6, maxWaitMs: 100, minBytes: 1 });
  await ask('more bytes than there are', { maxWaitMs: 100, minBytes: 1 << 20 });
  await ask('a negative wait', { maxWaitMs: -1 });
  await wire.ask('no topic', fetchRequest, 12, { maxWaitMs: 0, minBytes: 0, topics: [] });
  await wire.ask('one partition twice', fetchRequest, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    topics: [
      {
        topic: 'fetched',
        partitions: [0, 5].map((fetchOffset) => ({ partition: 0, fetchOffset, partitionMaxBytes: 1000 })),
      },
    ],
  });
  await wire.ask('one valid and two unknown', fetchRequest, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    topics: [
      {
        topic: 'fetched',
        partitions: [1, 9].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 })),
      },
      { topic: 'unknown', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] },
    ],
  });
  await wire.ask('an error ends the wait', fetchRequest, 12, {
    maxWaitMs: 5000,
    minBytes: 1000,
    topics: [{ topic: 'fetched', partitions: [{ partition: 9, fetchOffset: 0, partitionMaxBytes: 1000 }] }],
  });
}

async function sessions(wire: Wire, topicId: string): Promise<void> {
  wire.title('fetch with a session');
  const ask = async (
    what: string,
    version: number,
    [sessionId, sessionEpoch]: readonly [number, number],
    partitions: readonly (readonly [partition: number, fetchOffset: number])[],
    forgotten: readonly number[] = [],
  ) => {
    const target = version < 13 ? { topic: 'fetched' } : { topicId };
    const answer = await wire.ask(what, fetchRequest, version, {
      maxWaitMs: 0,
      minBytes: 0,
      sessionId,
      sessionEpoch,
      topics:
        partitions.length === 0
          ? []
          : [
              {
                ...target,
                partitions: partitions.map(([partition, fetchOffset]) => ({
                  partition,
                  fetchOffset,
                  partitionMaxBytes: 1000,
                })),
              },
            ],
      forgottenTopicsData: forgotten.length === 0 ? [] : [{ ...target, partitions: [...forgotten] }],
    });
    return answer.number('sessionId');
  };
  for (const version of [7, 12, 16]) {
    const id = await ask(
      'a new one',
      version,
      [0, 0],
      [
        [0, 3],
        [1, 0],
      ],
    );
    await ask('its next, nothing changed', version, [id, 1], []);
    await ask('its next, one further', version, [id, 2], [[0, 6]]);
    await ask('its next, one forgotten', version, [id, 3], [], [1]);
    await ask('its next, one back', version, [id, 4], [[0, 5]]);
    await ask('its next, an unknown partition', version, [id, 5], [[9, 0]]);
    await ask('a wrong epoch', version, [id, 9], []);
    await ask('its next after that', version, [id, 6], []);
    await ask('an epoch of 0, which makes a new one', version, [id, 0], [[1, 0]]);
    await ask('the old one', version, [id, 7], []);
    await ask('an id that is not there', version, [123_456, 1], []);
    await ask('an id and the final epoch', version, [id, -1], [[1, 0]]);
    await ask('no id and an epoch', version, [0, 5], [[1, 0]]);
  }
}

async function listOffsets(wire: Wire): Promise<void> {
  wire.title('offsets by time');
  const ask = (
    what: string,
    version: number,
    timestamp: number,
    options: {
      readonly topic?: string;
      readonly partition?: number;
      readonly currentLeaderEpoch?: number;
      readonly isolationLevel?: number;
      readonly replicaId?: number;
    } = {},
  ) =>
    wire.ask(what, listOffsetsRequest, version, {
      replicaId: options.replicaId ?? -1,
      isolationLevel: options.isolationLevel ?? 0,
      topics: [
        {
          name: options.topic ?? 'fetched',
          partitions: [
            {
              partitionIndex: options.partition ?? 0,
              timestamp,
              ...(options.currentLeaderEpoch === undefined
                ? {}
                : { currentLeaderEpoch: options.currentLeaderEpoch }),
            },
          ],
        },
      ],
    });
  for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) await ask('latest', version, -1);
  for (const version of [1, 7, 11]) await ask('earliest', version, -2);
  for (const version of [6, 7, 11]) await ask('of the largest timestamp', version, -3);
  for (const version of [7, 8, 11]) await ask('earliest local', version, -4);
  for (const version of [8, 9, 11]) await ask('latest tiered', version, -5);
  for (const version of [10, 11]) await ask('earliest to be uploaded', version, -6);
  await ask('a special time that is not there', 11, -7);
  await ask('a special time that is not there', 11, -100);
  for (const [what, timestamp] of [
    ['time 0', 0],
    ['the first', firstTimestamp],
    ['a millisecond after the first', firstTimestamp + 1],
    ['the last', firstTimestamp + 500_000],
    ['after the last', firstTimestamp + 500_001],
    ['between two batches', firstTimestamp + 250_000],
  ] as const)
    await ask(what, 7, timestamp);
  await ask('latest of an empty partition', 7, -1, { topic: 'fetched-compacted' });
  await ask('earliest of an empty partition', 7, -2, { topic: 'fetched-compacted' });
  await ask('of the largest timestamp of an empty partition', 7, -3, { topic: 'fetched-compacted' });
  await ask('a time in an empty partition', 7, 0, { topic: 'fetched-compacted' });
  for (const version of [1, 11]) await ask('an unknown topic', version, -1, { topic: 'unknown' });
  await ask('an unknown partition', 7, -1, { partition: 9 });
  await ask('a negative partition', 7, -1, { partition: -1 });
  await ask('the epoch there is', 7, -1, { currentLeaderEpoch: 0 });
  await ask('an epoch to come', 7, -1, { currentLeaderEpoch: 4 });
  await ask('read committed', 7, -1, { isolationLevel: 1 });
  await ask('read committed, a time', 7, firstTimestamp, { isolationLevel: 1 });
  await ask('an unknown isolation level', 7, -1, { isolationLevel: 9 });
  await ask('as a replica', 7, -1, { replicaId: 9 });
  await ask('as a debugging consumer', 7, -1, { replicaId: -2 });
  for (const version of [1, 11])
    await wire.ask('one partition twice', listOffsetsRequest, version, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [
        { name: 'fetched', partitions: [-1, -2].map((timestamp) => ({ partitionIndex: 0, timestamp })) },
      ],
    });
  await wire.ask('no topic', listOffsetsRequest, 7, { replicaId: -1, isolationLevel: 0, topics: [] });
}

async function epochs(wire: Wire): Promise<void> {
  wire.title('ends of epochs');
  const ask = (
    what: string,
    version: number,
    leaderEpoch: number,
    options: {
      readonly topic?: string;
      readonly partition?: number;
      readonly currentLeaderEpoch?: number;
    } = {},
  ) =>
    wire.ask(what, offsetForLeaderEpochRequest, version, {
      replicaId: -1,
      topics: [
        {
          topic: options.topic ?? 'fetched',
          partitions: [
            {
              partition: options.partition ?? 0,
              leaderEpoch,
              currentLeaderEpoch: options.currentLeaderEpoch ?? -1,
            },
          ],
        },
      ],
    });
  for (const version of [2, 3, 4]) await ask('the epoch there is', version, 0);
  for (const epoch of [1, -1, -2, 1000]) await ask(`epoch ${epoch}`, 4, epoch);
  await ask('of an empty partition', 4, 0, { topic: 'fetched-compacted' });
  await ask('of an unknown topic', 4, 0, { topic: 'unknown' });
  await ask('of an unknown partition', 4, 0, { partition: 9 });
  await ask('with the epoch there is', 4, 0, { currentLeaderEpoch: 0 });
  await ask('with an epoch to come', 4, 0, { currentLeaderEpoch: 4 });
}

async function deleteRecords(wire: Wire): Promise<void> {
  wire.title('delete records');
  const ask = (
    what: string,
    version: number,
    offset: number,
    options: { readonly topic?: string; readonly partition?: number } = {},
  ) =>
    wire.ask(what, deleteRecordsRequest, version, {
      timeoutMs: 5000,
      topics: [
        {
          name: options.topic ?? 'fetched',
          partitions: [{ partitionIndex: options.partition ?? 0, offset }],
        },
      ],
    });
  await ask('before 0', 2, 0);
  for (const version of [0, 1, 2]) await ask(`before ${version + 1}`, version, version + 1);
  await ask('before one that is gone', 2, 1);
  await ask('before one in the middle of a batch', 2, 4);
  await ask('before one beyond the end', 2, 99);
  await ask('before -2', 2, -2);
  await ask('all', 2, -1);
  await ask('all again', 2, -1);
  await ask('of an unknown topic', 2, 0, { topic: 'unknown' });
  await ask('of an unknown partition', 2, 0, { partition: 9 });
  await ask('of a compacted topic', 2, 0, { topic: 'fetched-compacted' });
  await ask('of the consumer offsets', 2, 0, { topic: '__consumer_offsets' });
  await ask('of an empty name', 2, 0, { topic: '' });
  await wire.ask('one partition twice', deleteRecordsRequest, 2, {
    timeoutMs: 5000,
    topics: [
      {
        name: 'fetched',
        partitions: [
          { partitionIndex: 1, offset: 0 },
          { partitionIndex: 1, offset: 1 },
        ],
      },
    ],
  });
  await wire.ask('no topic', deleteRecordsRequest, 2, { timeoutMs: 5000, topics: [] });
  for (const [what, fetchOffset] of [
    ['below the start', 0],
    ['at the start', 6],
  ] as const)
    await wire.ask(`fetched ${what}`, fetchRequest, 12, body({ fetchOffset }));
  await wire.ask('earliest', listOffsetsRequest, 7, {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: 'fetched', partitions: [{ partitionIndex: 0, timestamp: -2 }] }],
  });
}
