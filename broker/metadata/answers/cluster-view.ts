import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { isActive } from '../controller/placement.ts';
import {
  type BrokerImage,
  type Endpoint,
  type MetadataImage,
  type PartitionImage,
  unassignedDirectory,
} from '../image.ts';

/** The cluster as one client sees it: over which addresses, and under which rights elsewhere. */
export interface ClusterView {
  readonly image: MetadataImage;
  readonly clusterId: string;
  /** Where this client reaches a broker; undefined when the broker has no such listener. */
  readonly endpointOf: (broker: BrokerImage) => Endpoint | undefined;
}

/** Addresses of brokers on the listener a client came in by. */
export function onListener(name: string): (broker: BrokerImage) => Endpoint | undefined {
  return (broker) => broker.endpoints.find((endpoint) => endpoint.name === name);
}

/** A broker a client can talk to. */
export interface ReachableBroker extends Endpoint {
  readonly id: number;
  readonly rack: string | null;
  readonly isFenced: boolean;
}

/** Brokers that have the client's listener, by id; fenced ones only when asked for. */
export function reachableBrokers(
  { image, endpointOf }: ClusterView,
  { includeFenced = false }: { readonly includeFenced?: boolean } = {},
): readonly ReachableBroker[] {
  return [...image.brokers()]
    .filter((broker) => includeFenced || !broker.isFenced)
    .flatMap((broker) => {
      const endpoint = endpointOf(broker);
      const { id, rack, isFenced } = broker;
      return endpoint === undefined ? [] : [{ id, rack, isFenced, host: endpoint.host, port: endpoint.port }];
    })
    .sort((a, b) => a.id - b.id);
}

/** The broker named as controller: any that is alive, since brokers pass requests on (KIP-595). -1 when none is. */
export function controllerId(brokers: readonly ReachableBroker[]): number {
  return brokers.find(({ isFenced }) => !isFenced)?.id ?? -1;
}

/** A partition as Metadata and DescribeTopicPartitions show it. */
export function partitionView(view: ClusterView, partition: PartitionImage) {
  const leader = view.image.broker(partition.leader);
  const isReachable = leader !== undefined && !leader.isFenced && view.endpointOf(leader) !== undefined;
  return {
    errorCode: isReachable ? ErrorCode.NONE : leaderError(leader),
    partitionIndex: partition.partitionId,
    leaderId: isReachable ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: partition.replicas.filter(
      (id, at) => isOffline(view, id) || isInFailedDirectory(view, id, partition.directories[at]),
    ),
  };
}

function leaderError(leader: BrokerImage | undefined): number {
  return leader === undefined || leader.isFenced
    ? ErrorCode.LEADER_NOT_AVAILABLE
    : ErrorCode.LISTENER_NOT_FOUND;
}

function isOffline({ image, endpointOf }: ClusterView, id: number): boolean {
  const broker = image.broker(id);
  return broker === undefined || !isActive(broker) || endpointOf(broker) === undefined;
}

/** A broker tells which of its log directories work; one that it does not tell of has failed (KIP-858). */
function isInFailedDirectory({ image }: ClusterView, id: number, directory: string | undefined): boolean {
  const logDirs = image.broker(id)?.logDirs ?? [];
  if (directory === undefined || directory === unassignedDirectory || logDirs.length === 0) return false;
  return !logDirs.includes(directory);
}
