import {
  createTopicsRequest,
  deleteRecordsRequest,
  fetchRequest,
  listOffsetsRequest,
  produceRequest,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import { batchOf } from '../wire/batches.ts';
import type { Wire } from '../wire/wire.ts';
import type { Walk } from './walk.ts';

/** Produce, Fetch, ListOffsets and DeleteRecords on a topic of two partitions. */
export const recordsWalk: Walk = {
  name: 'records',
  about: 'Produce, Fetch, ListOffsets, DeleteRecords',
  count: 5,
  steps: 60,
  async take(wire, dice, prefix) {
    const topic = `${prefix}-records`;
    await create(wire, topic);
    for (let step = 0; step < recordsWalk.steps; step++) await dice.pick(questions)(wire, dice, topic);
  },
};

const partitions = 2;
const questions: readonly ((wire: Wire, dice: Dice, topic: string) => Promise<unknown>)[] = [
  produce,
  fetch,
  listOffsets,
  deleteRecords,
];

async function create(wire: Wire, name: string): Promise<void> {
  const topics = [{ name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] }];
  await wire.ask('the topic', createTopicsRequest, 7, { topics }, { counted: ['topics.configs'] });
  await wire.untilLed([name], partitions);
}

function produce(wire: Wire, dice: Dice, name: string) {
  const values = dice.list(1, 4, (i) => `v${i}-${dice.below(100)}`);
  const index = dice.below(partitions + 1);
  const partitionData = [{ index, records: batchOf(values) }];
  return wire.ask(`${values.length} records`, produceRequest, dice.pick([3, 7, 9, 11, 12]), {
    acks: dice.pick([1, -1]),
    timeoutMs: 5000,
    topicData: [{ name, partitionData }],
  });
}

function fetch(wire: Wire, dice: Dice, topic: string) {
  const partition = dice.below(partitions + 1);
  const fetchOffset = dice.below(40);
  return wire.ask('whole batches', fetchRequest, dice.pick([4, 7, 11, 12]), {
    maxWaitMs: 0,
    minBytes: 0,
    isolationLevel: dice.below(2),
    topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }] }],
  });
}

function listOffsets(wire: Wire, dice: Dice, name: string) {
  const partitionIndex = dice.below(partitions + 1);
  const timestamp = dice.pick([-1, -2, -3, -4, -5, 1_500_000_000_000, 1_500_000_001_000, 0]);
  return wire.ask('an offset', listOffsetsRequest, dice.pick([2, 5, 7, 8, 9, 10]), {
    replicaId: -1,
    isolationLevel: dice.below(2),
    topics: [{ name, partitions: [{ partitionIndex, timestamp }] }],
  });
}

function deleteRecords(wire: Wire, dice: Dice, name: string) {
  const partitionIndex = dice.below(partitions + 1);
  const offset = dice.pick([-1, 0, dice.below(30)]);
  return wire.ask('before an offset', deleteRecordsRequest, dice.pick([0, 1, 2]), {
    timeoutMs: 5000,
    topics: [{ name, partitions: [{ partitionIndex, offset }] }],
  });
}
