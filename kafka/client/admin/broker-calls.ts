import { ErrorCode } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Call, type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { itemErrorOf } from '../cluster/retry-items.ts';
import { KafkaError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';

/** Calls one broker by its id, with retries. Rejects with ApiTimeoutError when there is none with this id. */
export function callBroker<T>(cluster: Cluster, what: string, nodeId: number, call: Call<T>): Promise<T> {
  return cluster.retry(what, async () => {
    if (cluster.metadata.broker(nodeId) === undefined) await cluster.refresher.refresh();
    return cluster.node(nodeId, MAIN_CHANNEL, call);
  });
}

/** Calls every broker that is there now, each with retries; answers in the order of the brokers in the metadata. */
export async function callEveryBroker<T>(
  cluster: Cluster,
  what: string,
  call: (connection: BrokerConnection, nodeId: number) => Promise<T>,
): Promise<T[]> {
  await cluster.retry(what, () => cluster.refresher.refresh());
  return Promise.all(
    cluster.metadata.brokers.map(({ nodeId }) =>
      callBroker(cluster, what, nodeId, (connection) => call(connection, nodeId)),
    ),
  );
}

/** How leaders are asked about partitions. */
export interface LeaderQuestion<I extends TopicPartition, A> {
  readonly what: (item: TopicPartition) => string;
  /** Answers in the order of the items. */
  readonly ask: (connection: BrokerConnection, items: readonly I[]) => Promise<readonly A[]>;
  readonly refuse: (item: I, error: KafkaError) => A;
}

/** Asks the leader of each partition once; what cannot be asked is refused. Answers in the order of the items. */
export async function askLeaders<I extends TopicPartition, A>(
  cluster: Cluster,
  items: readonly I[],
  question: LeaderQuestion<I, A>,
): Promise<A[]> {
  const leaderOf = ({ topic, partition }: TopicPartition) =>
    cluster.metadata.partition(topic, partition)?.leader;
  const unknown = items.filter((item) => leaderOf(item) === undefined).map(({ topic }) => topic);
  if (unknown.length > 0) await cluster.refresher.refresh([...new Set(unknown)]);
  const answers = new Map<I, A>();
  await Promise.all(
    [...Map.groupBy(items, (item) => leaderOf(item) ?? -1)].map(async ([leader, group]) => {
      const given = await askLeader(cluster, leader, group, question);
      for (const [index, item] of group.entries()) answers.set(item, given[index] as A);
    }),
  );
  return items.map((item) => answers.get(item) as A);
}

async function askLeader<I extends TopicPartition, A>(
  cluster: Cluster,
  leader: number,
  items: readonly I[],
  { what, ask, refuse }: LeaderQuestion<I, A>,
): Promise<readonly A[]> {
  if (leader < 0) {
    return items.map((item) =>
      refuse(item, new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, what(item))),
    );
  }
  try {
    return await cluster.node(leader, MAIN_CHANNEL, (connection) => ask(connection, items));
  } catch (error) {
    return items.map((item) => refuse(item, itemErrorOf(error, what(item))));
  }
}
