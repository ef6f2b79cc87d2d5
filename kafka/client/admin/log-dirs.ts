import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { itemErrorOf, retryItems } from '../cluster/retry-items.ts';
import type { TopicPartition } from '../topic-partition.ts';
import { callBroker } from './broker-calls.ts';
import { checkAnswer, itemError } from './item-error.ts';
import type { Refusable } from './shapes.ts';

/** A replica in a log directory. */
export interface LogDirReplica extends TopicPartition {
  /** Of its segments, in bytes. */
  readonly sizeBytes: number;
  /** How far it is behind: a future replica behind the present one, any other behind its high watermark. */
  readonly offsetLag: number;
  /** It is being copied here and will replace the present one. */
  readonly isFuture: boolean;
}

/** A log directory of a broker. `error`: it is offline. */
export type LogDirDescription = Refusable<{
  readonly path: string;
  readonly replicas: readonly LogDirReplica[];
  /** -1 from brokers before 3.3 (KIP-827). */
  readonly totalBytes: number;
  readonly usableBytes: number;
  /** Takes no new partitions (KIP-1066). */
  readonly isCordoned: boolean;
}>;

/** Where a replica shall be. */
export interface ReplicaPlace extends TopicPartition {
  readonly brokerId: number;
  readonly path: string;
}

/** Asks each of the brokers. Throws what concerns a whole broker. */
export function describeLogDirs(
  cluster: Cluster,
  brokerIds: readonly number[],
): Promise<readonly { readonly brokerId: number; readonly logDirs: readonly LogDirDescription[] }[]> {
  return Promise.all(
    brokerIds.map(async (brokerId) => {
      const what = `describing log directories of broker ${brokerId}`;
      const logDirs = await callBroker(cluster, what, brokerId, (connection) => logDirsOf(connection, what));
      return { brokerId, logDirs };
    }),
  );
}

async function logDirsOf(connection: BrokerConnection, what: string): Promise<readonly LogDirDescription[]> {
  const response = await connection.send(describeLogDirsRequest, describeLogDirsResponse, { topics: null });
  checkAnswer(response, what);
  return response.results.map((result) => ({
    path: result.logDir,
    replicas: result.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
        topic: name,
        partition: partitionIndex,
        sizeBytes: partitionSize,
        offsetLag,
        isFuture: isFutureKey,
      })),
    ),
    totalBytes: result.totalBytes,
    usableBytes: result.usableBytes,
    isCordoned: result.isCordoned,
    error: itemError(result, `${what}: ${result.logDir}`),
  }));
}

/** Moves replicas between the directories of their brokers. */
export function alterReplicaLogDirs(
  cluster: Cluster,
  places: readonly ReplicaPlace[],
): Promise<Refusable<ReplicaPlace>[]> {
  return retryItems(cluster, 'moving replicas', places, async (left) => {
    const answers = await Promise.all(
      [...Map.groupBy(left, ({ brokerId }) => brokerId)].map(([brokerId, group]) =>
        moveOn(cluster, brokerId, group),
      ),
    );
    const byPlace = new Map(answers.flat().map((answer) => [answer.place, answer.error]));
    return left.map((place) => ({ ...place, error: byPlace.get(place) }));
  });
}

async function moveOn(cluster: Cluster, brokerId: number, places: readonly ReplicaPlace[]) {
  const what = ({ topic, partition }: TopicPartition) => `moving the replica of ${topic}-${partition}`;
  try {
    if (cluster.metadata.broker(brokerId) === undefined) await cluster.refresher.refresh();
    const { results } = await cluster.node(brokerId, MAIN_CHANNEL, (connection) =>
      connection.send(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, { dirs: dirsOf(places) }),
    );
    return places.map((place) => {
      const answer = results
        .find(({ topicName }) => topicName === place.topic)
        ?.partitions.find(({ partitionIndex }) => partitionIndex === place.partition);
      return { place, error: itemError(answer, what(place)) };
    });
  } catch (error) {
    return places.map((place) => ({ place, error: itemErrorOf(error, what(place)) }));
  }
}

function dirsOf(places: readonly ReplicaPlace[]) {
  return [...Map.groupBy(places, ({ path }) => path)].map(([path, group]) => ({
    path,
    topics: [...Map.groupBy(group, ({ topic }) => topic)].map(([name, items]) => ({
      name,
      partitions: items.map(({ partition }) => partition),
    })),
  }));
}
