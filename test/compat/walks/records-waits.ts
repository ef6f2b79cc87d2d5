import { fetchRequest, listOffsetsRequest, produceRequest } from '../../../kafka/protocol/index.ts';
import { batchWithKey } from './records-batches.ts';
import type { WalkTopic, World } from './records-world.ts';

const idsSince = 13;

/** A fetch at the ends of some partitions, which is answered when enough was produced to them, by one request or by two. */
export async function fetchWaiting(world: World): Promise<void> {
  const { wire, dice } = world;
  const topic = dice.pick(world.topics);
  const version = dice.pick([4, 8, 11, 12, 13, 17]);
  const reference = version < idsSince ? { topic: topic.name } : { topicId: topic.id };
  const indexes = dice.chance(50) ? [dice.below(2)] : [0, 1];
  const partitions = [];
  for (const partition of indexes)
    partitions.push({
      partition,
      fetchOffset: await endOf(world, topic, partition),
      partitionMaxBytes: 1 << 20,
    });
  const isOneEnough = dice.chance(50);
  const minBytes = isOneEnough ? 1 : 120;
  const finish = await wire.start(
    `${topic.kind} ${indexes} at the end, waits for ${minBytes} bytes`,
    fetchRequest,
    version,
    {
      maxWaitMs: 7000,
      minBytes,
      isolationLevel: dice.below(2),
      topics: [{ ...reference, partitions }],
    },
    { client: 'waiting' },
  );
  // So that it is read before the records are there: what Kafka tells of the end of a log is older than what it read.
  await wire.pause(40);
  await produceTo(world, topic, dice.pick(indexes));
  if (!isOneEnough) await produceTo(world, topic, dice.pick(indexes));
  await finish();
}

async function produceTo({ wire, dice }: World, topic: WalkTopic, index: number): Promise<void> {
  const topicData = [{ name: topic.name, partitionData: [{ index, records: batchWithKey() }] }];
  const body = { transactionalId: null, acks: dice.pick([1, -1]), timeoutMs: 5000, topicData };
  await wire.ask(`${topic.kind} ${index}, while a fetch waits`, produceRequest, 9, body);
}

/** Where a partition ends, which the transcript does not show. */
async function endOf({ wire }: World, { name }: WalkTopic, partitionIndex: number): Promise<number> {
  const topics = [{ name, partitions: [{ partitionIndex, timestamp: -1 }] }];
  const body = { replicaId: -1, isolationLevel: 0, topics };
  const answer = await wire.settle(listOffsetsRequest, 7, body, 'topics.0.partitions.0.errorCode');
  return answer.number('topics.0.partitions.0.offset');
}
