import {
  createTopicsRequest,
  fetchRequest,
  initProducerIdRequest,
  listOffsetsRequest,
  metadataRequest,
  produceRequest,
} from '../../../kafka/protocol/index.ts';
import type { BatchFields } from '../../../kafka/records/index.ts';
import { batchOf, keyedBatch, tampered } from './batches.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Produce: acknowledgements, batches that are refused, idempotent producers. */
export const produce: WireFamily = {
  name: 'produce',
  about: 'Produce and InitProducerId: acknowledgements, batches that are refused, idempotent producers',
  async ask(wire) {
    await make(wire);
    await accepted(wire);
    await addressed(wire);
    await refused(wire);
    await rulesOfTopics(wire);
    await producerIds(wire);
    await idempotent(wire);
    await look(wire);
  },
};

const counted = { counted: ['topics.configs'] };

async function make(wire: Wire): Promise<void> {
  wire.title('topics');
  const made = {
    produced: {},
    'produced-compacted': { 'cleanup.policy': 'compact' },
    'produced-append-time': { 'message.timestamp.type': 'LogAppendTime' },
    'produced-small': { 'max.message.bytes': '200' },
    'produced-recent': {
      'message.timestamp.before.max.ms': '1000',
      'message.timestamp.after.max.ms': '1000',
    },
    'produced-gzip': { 'compression.type': 'gzip' },
    'produced-twice': {},
    'produced-refused': {},
  };
  await wire.ask(
    'several',
    createTopicsRequest,
    7,
    {
      topics: Object.entries(made).map(([name, configs]) => ({
        name,
        numPartitions: 2,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      })),
    },
    counted,
  );
  await wire.untilLed(Object.keys(made), 2);
}

interface ProduceOptions {
  readonly version?: number;
  readonly acks?: number;
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly transactionalId?: string | null;
  readonly without?: readonly string[];
}

async function send(wire: Wire, what: string, records: Buffer, options: ProduceOptions = {}): Promise<void> {
  const {
    version = 12,
    acks = -1,
    topic = 'produced',
    partition = 0,
    transactionalId = null,
    topicId,
    without = [],
  } = options;
  await wire.ask(
    what,
    produceRequest,
    version,
    {
      transactionalId,
      acks,
      timeoutMs: 5000,
      topicData: [
        {
          name: topic,
          ...(topicId === undefined ? {} : { topicId }),
          partitionData: [{ index: partition, records }],
        },
      ],
    },
    { without },
  );
}

async function accepted(wire: Wire): Promise<void> {
  wire.title('accepted');
  for (const version of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    await send(wire, 'two records', batchOf([`v${version}`, 'second']), { version });
  await send(wire, 'acknowledged by the leader', batchOf(['leader']), { acks: 1 });
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const)
    await send(wire, codec, batchOf([codec, 'again'], { codec }));
  await send(wire, 'a base offset of its own', batchOf(['based'], { baseOffset: 77 }));
  await send(wire, 'a leader epoch of its own', batchOf(['epoch'], { leaderEpoch: 5 }));
  await send(wire, 'no key, no value', keyedBatch([[null, null]]));
  await send(wire, 'one partition of two', batchOf(['other']), { partition: 1 });
  await wire.ask('two partitions and two topics', produceRequest, 12, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [
      {
        name: 'produced',
        partitionData: [
          { index: 0, records: batchOf(['a']) },
          { index: 1, records: batchOf(['b']) },
        ],
      },
      { name: 'produced-compacted', partitionData: [{ index: 0, records: keyedBatch([['k', 'v']]) }] },
    ],
  });
  await wire.ask('nothing', produceRequest, 12, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [],
  });
  await wire.ask('a topic without partitions', produceRequest, 12, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: 'produced', partitionData: [] }],
  });
}

async function addressed(wire: Wire): Promise<void> {
  wire.title('where to');
  for (const version of [3, 12])
    await send(wire, 'an unknown topic', batchOf(['x']), { version, topic: 'unknown' });
  for (const version of [3, 12])
    await send(wire, 'an unknown partition', batchOf(['x']), { version, partition: 9 });
  await send(wire, 'a negative partition', batchOf(['x']), { partition: -1 });
  await send(wire, 'an empty name', batchOf(['x']), { topic: '' });
  await send(wire, 'a bad name', batchOf(['x']), { topic: 'bad name' });
  await send(wire, 'an internal topic', keyedBatch([['k', 'v']]), { topic: '__consumer_offsets' });
  await send(wire, 'the metadata log', keyedBatch([['k', 'v']]), { topic: '__cluster_metadata' });
  const known = await wire.ask(
    'its id',
    metadataRequest,
    12,
    { topics: [{ name: 'produced' }] },
    { counted: ['topics.partitions'] },
  );
  const topicId = known.text('topics.0.topicId');
  await send(wire, 'by id', batchOf(['by id']), { version: 13, topicId });
  await send(wire, 'an unknown partition by id', batchOf(['x']), { version: 13, topicId, partition: 9 });
  await send(wire, 'by an unknown id', batchOf(['x']), { version: 13, topicId: 'AAAAAAAAAAAAAAAAAAAAEA' });
  await send(wire, 'by no id', batchOf(['x']), { version: 13 });
  for (const acks of [2, -2, 100]) await send(wire, `acks ${acks}`, batchOf(['x']), { acks });
  await wire.ask('acks 2, two partitions', produceRequest, 12, {
    transactionalId: null,
    acks: 2,
    timeoutMs: 5000,
    topicData: [
      {
        name: 'produced',
        partitionData: [
          { index: 0, records: batchOf(['a']) },
          { index: 9, records: null },
        ],
      },
    ],
  });
  await wire.ask('one partition twice', produceRequest, 12, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [
      {
        name: 'produced-twice',
        partitionData: [
          { index: 0, records: batchOf(['a']) },
          { index: 0, records: batchOf(['b']) },
        ],
      },
    ],
  });
  await wire.ask('one valid and one unknown', produceRequest, 12, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [
      {
        name: 'produced',
        partitionData: [
          { index: 0, records: batchOf(['a']) },
          { index: 9, records: batchOf(['b']) },
        ],
      },
      { name: 'unknown', partitionData: [{ index: 0, records: batchOf(['c']) }] },
    ],
  });
}

async function refused(wire: Wire): Promise<void> {
  wire.title('batches that are refused');
  // Where one broker refuses and the other does not, later offsets would differ too.
  const refusing = { topic: 'produced-refused', without: ['baseOffset'] };
  const one = batchOf(['one']);
  const three = batchOf(['one', 'two', 'three']);
  const change = (
    what: string,
    batch: Buffer,
    write: (copy: Buffer) => void,
    checksum: 'kept' | 'renewed' = 'renewed',
  ) => [what, tampered(batch, write, checksum)] as const;
  const cases: readonly (readonly [string, Buffer])[] = [
    ['no bytes', Buffer.alloc(0)],
    ['eleven bytes', one.subarray(0, 11)],
    ['a header only', one.subarray(0, 61)],
    ['all but the last byte', one.subarray(0, -1)],
    ['a byte too many', Buffer.concat([one, Buffer.from([0])])],
    ['two batches', Buffer.concat([one, one])],
    ['no records in the batch', batchOf([])],
    change('a wrong checksum', one, (b) => b.writeUInt32BE(1, 17), 'kept'),
    change('a changed record', one, (b) => b.writeUInt8((b.at(-2) ?? 0) ^ 1, b.length - 2), 'kept'),
    change('magic 0', one, (b) => b.writeInt8(0, 16)),
    change('magic 1', one, (b) => b.writeInt8(1, 16)),
    change('magic 3', one, (b) => b.writeInt8(3, 16)),
    change('magic -1', one, (b) => b.writeInt8(-1, 16)),
    change('a length of 0', one, (b) => b.writeInt32BE(0, 8), 'kept'),
    change('a negative length', one, (b) => b.writeInt32BE(-1, 8), 'kept'),
    change('a length beyond the end', one, (b) => b.writeInt32BE(b.length, 8), 'kept'),
    change('codec 5', one, (b) => b.writeInt16BE(5, 21)),
    change('codec 7', one, (b) => b.writeInt16BE(7, 21)),
    change('gzip that is none', one, (b) => b.writeInt16BE(1, 21)),
    change('snappy that is none', one, (b) => b.writeInt16BE(2, 21)),
    change('lz4 that is none', one, (b) => b.writeInt16BE(3, 21)),
    change('zstd that is none', one, (b) => b.writeInt16BE(4, 21)),
    change('a count that is too large', three, (b) => b.writeInt32BE(4, 57)),
    change('a count that is too small', three, (b) => b.writeInt32BE(2, 57)),
    change('a negative count', three, (b) => b.writeInt32BE(-1, 57)),
    change('a last offset that is too large', three, (b) => b.writeInt32BE(5, 23)),
    change('a last offset that is too small', three, (b) => b.writeInt32BE(1, 23)),
    change('a negative last offset', three, (b) => b.writeInt32BE(-1, 23)),
    change('unused attributes', one, (b) => b.writeInt16BE(0x100, 21)),
    change('a delete horizon', one, (b) => b.writeInt16BE(0x40, 21)),
    change('append time, which the broker sets', one, (b) => b.writeInt16BE(0x08, 21)),
    change('a largest timestamp that is not that of the records', three, (b) => b.writeBigInt64BE(5n, 35)),
    ['a control batch', batchOf(['x'], { isControl: true })],
    ['a producer without a sequence', batchOf(['x'], { producerId: 5, producerEpoch: 0 })],
    ['a sequence without a producer', batchOf(['x'], { baseSequence: 0 })],
    [
      'a producer with a negative epoch',
      batchOf(['x'], { producerId: 5, producerEpoch: -1, baseSequence: 0 }),
    ],
    ['transactional without a transactional id', batchOf(['x'], { isTransactional: true })],
    [
      'transactional with a producer',
      batchOf(['x'], { isTransactional: true, producerId: 5, producerEpoch: 0, baseSequence: 0 }),
    ],
    ['a negative timestamp', batchOf(['x'], {}, -1)],
    ['a very negative timestamp', batchOf(['x'], {}, -1000)],
  ];
  for (const [what, records] of cases) await send(wire, what, records, refusing);
  await send(wire, 'two batches, an old version', Buffer.concat([one, one]), { ...refusing, version: 3 });
  await send(
    wire,
    'a wrong checksum, an old version',
    tampered(one, (b) => b.writeUInt32BE(1, 17), 'kept'),
    { ...refusing, version: 3 },
  );
  for (const version of [3, 6, 7])
    await send(wire, 'zstd', batchOf(['x'], { codec: 'zstd' }), { ...refusing, version });
  await send(
    wire,
    'magic 1, an old version',
    tampered(one, (b) => b.writeInt8(1, 16)),
    { ...refusing, version: 3 },
  );
}

async function rulesOfTopics(wire: Wire): Promise<void> {
  wire.title('rules of topics');
  await send(wire, 'no key in a compacted topic', batchOf(['x']), { topic: 'produced-compacted' });
  await send(
    wire,
    'a key and none in a compacted topic',
    keyedBatch([
      ['k', 'v'],
      [null, 'v'],
      ['k', null],
    ]),
    { topic: 'produced-compacted' },
  );
  await send(wire, 'no key, compressed', batchOf(['x'], { codec: 'gzip' }), { topic: 'produced-compacted' });
  await send(wire, 'an append time', batchOf(['x']), { topic: 'produced-append-time' });
  await send(wire, 'an append time, compressed', batchOf(['x', 'y'], { codec: 'lz4' }), {
    topic: 'produced-append-time',
  });
  await send(wire, 'too large', batchOf(['x'.repeat(300)]), { topic: 'produced-small' });
  await send(wire, 'small only when compressed', batchOf(['x'.repeat(300)], { codec: 'gzip' }), {
    topic: 'produced-small',
  });
  await send(wire, 'too large, an old version', batchOf(['x'.repeat(300)]), {
    topic: 'produced-small',
    version: 3,
  });
  await send(wire, 'a timestamp too old', batchOf(['x']), { topic: 'produced-recent' });
  await send(wire, 'a timestamp too old, an old version', batchOf(['x']), {
    topic: 'produced-recent',
    version: 7,
  });
  await send(wire, 'a timestamp too new', batchOf(['x'], {}, 4_000_000_000_000), {
    topic: 'produced-recent',
  });
  await send(wire, 'no timestamp', batchOf(['x'], {}, -1), { topic: 'produced-recent' });
  await send(wire, 'compressed by the broker', batchOf(['x'.repeat(200), 'y']), { topic: 'produced-gzip' });
  await send(wire, 'compressed anew by the broker', batchOf(['x'.repeat(200), 'y'], { codec: 'zstd' }), {
    topic: 'produced-gzip',
  });
}

async function producerIds(wire: Wire): Promise<void> {
  wire.title('producer ids');
  const base = { transactionalId: null, transactionTimeoutMs: 60_000 };
  await wire.settle(initProducerIdRequest, 4, base, 'errorCode');
  await wire.askEach('without a transactional id', initProducerIdRequest, [0, 1, 2, 3, 4, 5], base);
  await wire.ask('with an id of its own', initProducerIdRequest, 4, {
    ...base,
    producerId: 1,
    producerEpoch: 0,
  });
  await wire.ask('with an id and no epoch', initProducerIdRequest, 4, { ...base, producerId: 1 });
  await wire.ask('with an epoch and no id', initProducerIdRequest, 4, { ...base, producerEpoch: 1 });
  await wire.ask('an empty transactional id', initProducerIdRequest, 4, { ...base, transactionalId: '' });
  await wire.ask('a timeout of 0', initProducerIdRequest, 4, { ...base, transactionTimeoutMs: 0 });
}

async function idempotent(wire: Wire): Promise<void> {
  wire.title('idempotent producers');
  const { producerId } = await newProducer(wire);
  const fields = (baseSequence: number, producerEpoch = 0, id = producerId): BatchFields => ({
    producerId: id,
    producerEpoch,
    baseSequence,
  });
  await send(wire, 'sequence 0', batchOf(['0', '1'], fields(0)));
  await send(wire, 'sequence 0 again', batchOf(['0', '1'], fields(0)));
  await send(wire, 'sequence 2', batchOf(['2'], fields(2)));
  await send(wire, 'sequence 0 after 2', batchOf(['0', '1'], fields(0)));
  await send(wire, 'a part of an earlier batch', batchOf(['1'], fields(1)));
  await send(wire, 'a gap', batchOf(['9'], fields(9)));
  await send(wire, 'on another partition, not from 0', batchOf(['5'], fields(5)), { partition: 1 });
  await send(wire, 'on another partition, further', batchOf(['6'], fields(6)), { partition: 1 });
  await send(wire, 'on another partition, back', batchOf(['3'], fields(3)), { partition: 1 });
  await send(wire, 'a new epoch, not from 0', batchOf(['3'], fields(3, 1)));
  await send(wire, 'a new epoch', batchOf(['0'], fields(0, 1)));
  await send(wire, 'the old epoch', batchOf(['1'], fields(1, 0)));
  await send(wire, 'the old epoch, an old version', batchOf(['1'], fields(1, 0)), { version: 7 });
  await send(wire, 'an epoch far ahead', batchOf(['0'], fields(0, 50)));
  await send(wire, 'a negative sequence', batchOf(['0'], fields(-5, 50)));
  await send(wire, 'an id nobody was given', batchOf(['0'], fields(0, 0, 987_654_321)));
  await send(wire, 'an id nobody was given, not from 0', batchOf(['7'], fields(7, 0, 987_654_322)));
  await send(wire, 'compressed', batchOf(['1', '2', '3'], { ...fields(1, 50), codec: 'gzip' }));
  await send(wire, 'compressed, again', batchOf(['1', '2', '3'], { ...fields(1, 50), codec: 'gzip' }));
  await send(wire, 'compressed, a gap', batchOf(['9'], { ...fields(9, 50), codec: 'gzip' }));
  for (let sequence = 4; sequence < 11; sequence++)
    await send(wire, `sequence ${sequence}`, batchOf([`${sequence}`], fields(sequence, 50)));
  await send(wire, 'five batches ago', batchOf(['6'], fields(6, 50)));
  await send(wire, 'six batches ago', batchOf(['5'], fields(5, 50)));
  await send(
    wire,
    'two batches of one producer',
    Buffer.concat([batchOf(['11'], fields(11, 50)), batchOf(['12'], fields(12, 50))]),
  );
  const near = 0x7fff_ffff;
  await send(wire, 'the largest sequence, of a new producer', batchOf(['a'], fields(near, 0, 987_654_323)));
  await send(wire, 'sequence 0 after the largest', batchOf(['b'], fields(0, 0, 987_654_323)));
}

/** A producer id of its own that the transcript does not show: it may be any. */
async function newProducer(wire: Wire): Promise<{ readonly producerId: number }> {
  const answer = await wire.ask('a new producer', initProducerIdRequest, 4, {
    transactionalId: null,
    transactionTimeoutMs: 60_000,
  });
  return { producerId: answer.number('producerId') };
}

async function look(wire: Wire): Promise<void> {
  wire.title('what the logs hold');
  for (const topic of [
    'produced',
    'produced-compacted',
    'produced-append-time',
    'produced-small',
    'produced-recent',
    'produced-gzip',
  ]) {
    const partitions = [0, 1];
    await wire.ask(`end of ${topic}`, listOffsetsRequest, 7, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [
        {
          name: topic,
          partitions: partitions.map((partitionIndex) => ({
            partitionIndex,
            timestamp: -1,
            currentLeaderEpoch: -1,
          })),
        },
      ],
    });
    await wire.ask(`records of ${topic}`, fetchRequest, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [
        {
          topic,
          partitions: partitions.map((partition) => ({
            partition,
            fetchOffset: 0,
            partitionMaxBytes: 1 << 20,
          })),
        },
      ],
    });
  }
}
