import {
  deleteRecordsRequest,
  describeLogDirsRequest,
  describeProducersRequest,
  listOffsetsRequest,
  offsetForLeaderEpochRequest,
} from '../../../kafka/protocol/index.ts';
import { firstTimestamp } from '../wire/batches.ts';
import { hasSegments, keyOf, offsetFrom, targetsFrom, type WalkTopic, type World } from './records-world.ts';

/** Ends of logs, and records by time. */
export function listOffsets(world: World): Promise<unknown> {
  const { wire, dice } = world;
  const version = dice.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const whats: string[] = [];
  const targets = targetsFrom(world, (topic, partitionIndex) => {
    const timestamp = timeFrom(world, topic, partitionIndex);
    const currentLeaderEpoch = dice.chance(85) ? -1 : dice.pick([0, 0, 1, 7, -2]);
    whats.push(
      `${topic.kind} ${partitionIndex} at ${timestamp}` +
        (version < 4 || currentLeaderEpoch === -1 ? '' : `, leader ${currentLeaderEpoch}`),
    );
    return { partitionIndex, timestamp, ...(version < 4 ? {} : { currentLeaderEpoch }) };
  });
  const isolationLevel = dice.below(2);
  const replicaId = dice.chance(95) ? -1 : dice.pick([-2, 1, 9, -5]);
  const as = `${replicaId === -1 ? '' : `; replica ${replicaId}`}; isolation ${isolationLevel}`;
  return wire.ask(`${whats.join('; ')}${as}`, listOffsetsRequest, version, {
    replicaId,
    ...(version < 2 ? {} : { isolationLevel }),
    ...(version < 10 ? {} : { timeoutMs: dice.pick([0, 1000, -1]) }),
    topics: targets.map(({ topic, partitions }) => ({ name: topic.name, partitions })),
  });
}

/** A time that the answer to is no chance. */
function timeFrom(world: World, topic: WalkTopic, partition: number): number {
  const time = anyTime(world);
  const isTrimmed = world.trimmed.has(keyOf(topic, partition));
  // Several batches may have been appended within a millisecond.
  if (time === -3 && (isTrimmed || topic.kind.startsWith('append'))) return -1;
  // Kafka looks into the first segment that is new enough, and no further when what it finds there is deleted.
  return time >= 0 && isTrimmed && hasSegments(topic) ? -2 : time;
}

function anyTime({ dice }: World): number {
  const kind = dice.below(100);
  if (kind < 25) return dice.pick([-1, -2]);
  if (kind < 45) return -3;
  if (kind < 60) return dice.pick([-4, -5, -6, -7, -8, -100]);
  if (kind < 92) return firstTimestamp + dice.below(24) * 500 + dice.pick([0, 0, 1, -1]);
  return dice.pick([0, 1, firstTimestamp - 1, firstTimestamp + 1_000_000, Number.MAX_SAFE_INTEGER]);
}

/** Moves the starts of logs up. */
export function deleteRecords(world: World): Promise<unknown> {
  const { wire, dice } = world;
  const whats: string[] = [];
  const targets = targetsFrom(world, (topic, partitionIndex) => {
    // Ours begins a segment when all of the active one is deleted, and that is where a fetch ends.
    const last = world.ends.get(keyOf(topic, partitionIndex)) ?? 0;
    const offset = hasSegments(topic) ? dice.below(last + 1) : offsetFrom(world, topic, partitionIndex);
    world.trimmed.add(keyOf(topic, partitionIndex));
    whats.push(`${topic.kind} ${partitionIndex} before ${offset}`);
    return { partitionIndex, offset };
  });
  return wire.ask(whats.join('; '), deleteRecordsRequest, dice.below(3), {
    timeoutMs: dice.pick([5000, 5000, 5000, 0, -1]),
    topics: targets.map(({ topic, partitions }) => ({ name: topic.name, partitions })),
  });
}

/** Ends of epochs. */
export function epochEnds(world: World): Promise<unknown> {
  const { wire, dice } = world;
  const version = dice.pick([2, 3, 4]);
  const whats: string[] = [];
  const targets = targetsFrom(world, (topic, partition) => {
    const leaderEpoch = dice.pick([0, 0, 0, 1, 5, -1, -2]);
    const currentLeaderEpoch = dice.chance(70) ? -1 : dice.pick([0, 0, 1, 7, -2]);
    whats.push(`${topic.kind} ${partition} of ${leaderEpoch}, leader ${currentLeaderEpoch}`);
    return { partition, leaderEpoch, currentLeaderEpoch };
  });
  const replicaId = dice.chance(90) ? -1 : dice.pick([-2, 1, 9]);
  return wire.ask(whats.join('; '), offsetForLeaderEpochRequest, version, {
    ...(version < 3 ? {} : { replicaId }),
    topics: targets.map(({ topic, partitions }) => ({ topic: topic.name, partitions })),
  });
}

export function describeProducers(world: World): Promise<unknown> {
  const targets = targetsFrom(world, (_topic, partition) => partition);
  return world.wire.ask(
    targets.map(({ topic, partitions }) => `${topic.kind} ${partitions}`).join('; '),
    describeProducersRequest,
    0,
    { topics: targets.map(({ topic, partitions }) => ({ name: topic.name, partitionIndexes: partitions })) },
  );
}

/** Sizes of logs whose bytes are those that were produced: Kafka deletes what is below their start some minutes later. */
export function describeLogDirs(world: World): Promise<unknown> {
  const { wire, dice } = world;
  const targets = targetsFrom(world, (_topic, partition) => partition)
    .filter(({ topic }) => topic.isExact)
    .map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.filter((partition) => !world.trimmed.has(keyOf(topic, partition))),
    }));
  return wire.ask(
    targets.map(({ topic, partitions }) => `${topic.kind} ${partitions}`).join('; '),
    describeLogDirsRequest,
    dice.pick([1, 2, 3, 4, 5]),
    { topics: targets.map(({ topic, partitions }) => ({ topic: topic.name, partitions })) },
    { without: ['totalBytes', 'usableBytes', 'logDir'] },
  );
}
