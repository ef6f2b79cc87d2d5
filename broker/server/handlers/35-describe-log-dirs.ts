import {
  type DescribeLogDirsRequest,
  describeLogDirsRequest,
  describeLogDirsResponse,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { isStorageFailure, type LogDirectories, type LogDirectory } from '../../log/index.ts';
import type { Partitions } from '../../replica/partitions.ts';
import type { ReplicaMoves } from '../../replica/replica-moves.ts';
import { type Api, api } from '../api.ts';

type Result = Encodable<typeof describeLogDirsResponse>['results'][number];
type Topic = Result['topics'][number];
type Replica = Topic['partitions'][number];
type IsWanted = (topic: string, partition: number) => boolean;

/** DescribeLogDirs: what is in the log directories, and how much room there is. Logs are not opened for it. */
export function describeLogDirsApi(
  directories: LogDirectories,
  partitions: Partitions,
  moves: ReplicaMoves,
): Api {
  return api(describeLogDirsRequest, describeLogDirsResponse, ({ topics }) => {
    const replicas = replicasByDirectory(directories, partitions, moves, wantedBy(topics));
    const results = directories.all.map(({ path, directory, isCordoned }): Result => {
      const failed = { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir: path, topics: [], isCordoned };
      if (directory === undefined || directory.isOffline) return failed;
      try {
        const held = replicas.get(directory)?.map((describe) => describe()) ?? [];
        return {
          errorCode: ErrorCode.NONE,
          logDir: path,
          topics: byTopic(held),
          ...directory.space(),
          isCordoned,
        };
      } catch (error) {
        if (isStorageFailure(error)) return failed;
        throw error;
      }
    });
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, results };
  });
}

/** No topics means all; a topic's empty list of partitions none. */
function wantedBy(topics: DescribeLogDirsRequest['topics']): IsWanted {
  if (topics === null) return () => true;
  const wanted = new Map<string, Set<number>>();
  for (const { topic, partitions } of topics) {
    const known = wanted.get(topic);
    if (known === undefined) wanted.set(topic, new Set(partitions));
    else for (const partition of partitions) known.add(partition);
  }
  return (topic, partition) => wanted.get(topic)?.has(partition) === true;
}

type Described = { readonly topic: string } & Replica;

function replicasByDirectory(
  directories: LogDirectories,
  partitions: Partitions,
  moves: ReplicaMoves,
  isWanted: IsWanted,
): ReadonlyMap<LogDirectory, (() => Described)[]> {
  const replicas = new Map<LogDirectory, (() => Described)[]>();
  const add = (directory: LogDirectory, describe: () => Described): void => {
    const known = replicas.get(directory);
    if (known === undefined) replicas.set(directory, [describe]);
    else known.push(describe);
  };
  for (const { topic, partition: partitionIndex, directory } of directories.places()) {
    if (!isWanted(topic, partitionIndex)) continue;
    add(directory, () => ({
      topic,
      partitionIndex,
      partitionSize: directory.sizeOf({ topic, partition: partitionIndex }),
      offsetLag: 0, // The only replica has what counts as committed.
      isFutureKey: false,
    }));
    const copy = moves.copyOf(topic, partitionIndex);
    if (copy === undefined) continue;
    add(copy.target, () => {
      const partition = partitions.lookupByName(topic, partitionIndex);
      const endOffset = typeof partition === 'number' ? copy.endOffset : partition.log.logEndOffset;
      const offsetLag = Math.max(0, endOffset - copy.endOffset);
      return { topic, partitionIndex, partitionSize: copy.size, offsetLag, isFutureKey: true };
    });
  }
  return replicas;
}

function byTopic(replicas: readonly Described[]): Topic[] {
  const topics = Map.groupBy(replicas, ({ topic }) => topic);
  return [...topics].map(([name, held]) => ({ name, partitions: held.map(({ topic: _, ...rest }) => rest) }));
}
