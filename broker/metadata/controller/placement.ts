import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { RefusedError } from '../errors.ts';
import { type BrokerImage, type MetadataImage, unassignedDirectory } from '../image.ts';
import type { ValueOfRecord } from '../record.ts';
import type { ControllerContext } from './decision.ts';

/**
 * The replicas of `count` new partitions, the preferred leader first. Leaders and followers go round the brokers,
 * racks alternating, from a random start; fenced brokers come last. Refuses with INVALID_REPLICATION_FACTOR.
 */
export function placeReplicas(
  context: ControllerContext,
  { count, replicationFactor }: { readonly count: number; readonly replicationFactor: number },
): readonly (readonly number[])[] {
  const brokers = [...context.image.brokers()];
  const isUsable = (broker: BrokerImage) => isActive(broker) && !isCordoned(broker);
  const usable = alternatingRacks(brokers.filter(isUsable));
  const others = alternatingRacks(brokers.filter((broker) => !isActive(broker)));
  refuseUnreachable(replicationFactor, brokers.filter((broker) => !isCordoned(broker)).length, usable.length);
  const start = context.entropy.u32();
  return Array.from({ length: count }, (_, partition) =>
    [...rotated(usable, start + partition), ...rotated(others, start + partition)].slice(
      0,
      replicationFactor,
    ),
  );
}

/** The record of a new partition on these replicas. At least one of them must be active. */
export function newPartition(
  image: MetadataImage,
  {
    topicId,
    partitionId,
    replicas,
  }: { readonly topicId: string; readonly partitionId: number; readonly replicas: readonly number[] },
): ValueOfRecord<'PartitionRecord'> {
  const isr = replicas.filter((id) => isActive(image.broker(id)));
  return {
    partitionId,
    topicId,
    replicas,
    isr,
    removingReplicas: [],
    addingReplicas: [],
    leader: isr[0] ?? -1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: replicas.map((id) => defaultDirectory(image.broker(id))),
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  };
}

/** Checks replicas chosen by the client. Refuses with INVALID_REPLICA_ASSIGNMENT. */
export function checkManualAssignment(
  image: MetadataImage,
  {
    replicas,
    replicationFactor,
    partitionId,
  }: {
    readonly replicas: readonly number[];
    readonly replicationFactor: number;
    readonly partitionId: number;
  },
): void {
  const refuse = (message: string): never => {
    throw new RefusedError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  };
  if (replicas.length === 0) refuse('The manual partition assignment includes an empty replica list.');
  for (const id of replicas) {
    if (image.broker(id) === undefined) {
      refuse(`The manual partition assignment includes broker ${id}, but no such broker is registered.`);
    }
    if (replicas.indexOf(id) !== replicas.lastIndexOf(id)) {
      refuse(`The manual partition assignment includes the broker ${id} more than once.`);
    }
  }
  if (replicas.length !== replicationFactor) {
    refuse(
      `The manual partition assignment includes a partition with ${replicas.length} replica(s), but this is not consistent with previous partitions, which have ${replicationFactor} replica(s).`,
    );
  }
  if (!replicas.some((id) => isActive(image.broker(id)))) {
    refuse(
      `All brokers specified in the manual partition assignment for partition ${partitionId} are fenced or in controlled shutdown.`,
    );
  }
}

/** Whether a broker may lead. */
export function isActive(broker: BrokerImage | undefined): boolean {
  return broker !== undefined && !broker.isFenced && !broker.isInControlledShutdown;
}

/** Whether no log directory of the broker takes new partitions (KIP-1066). */
function isCordoned({ logDirs, cordonedLogDirs }: BrokerImage): boolean {
  return logDirs.length > 0 && logDirs.every((id) => cordonedLogDirs?.includes(id));
}

function refuseUnreachable(replicationFactor: number, registered: number, usable: number): void {
  const sentence = `Unable to replicate the partition ${replicationFactor} time(s): `;
  if (replicationFactor > registered) {
    throw new RefusedError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `${sentence}The target replication factor of ${replicationFactor} cannot be reached because only ${registered} broker(s) are registered or some brokers have all their log directories cordoned.`,
    );
  }
  if (usable === 0) {
    throw new RefusedError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `${sentence}All brokers are currently fenced.`,
    );
  }
}

/** Ids in the order of racks taken in turn, so that neighbours are on different racks as long as possible. */
function alternatingRacks(brokers: readonly BrokerImage[]): readonly number[] {
  const sorted = [...brokers].sort((a, b) => a.id - b.id);
  const racks = Map.groupBy(sorted, ({ rack }) => rack ?? '');
  const turns = Math.max(0, ...[...racks.values()].map(({ length }) => length));
  return Array.from({ length: turns }).flatMap((_, turn) =>
    [...racks.values()].flatMap((rack) => rack.slice(turn, turn + 1).map(({ id }) => id)),
  );
}

function rotated(ids: readonly number[], by: number): readonly number[] {
  const start = ids.length === 0 ? 0 : by % ids.length;
  return [...ids.slice(start), ...ids.slice(0, start)];
}

/** With one directory there is nothing to choose; with several the broker tells later (KIP-858). */
function defaultDirectory(broker: BrokerImage | undefined): string {
  return broker?.logDirs.length === 1 ? (broker.logDirs[0] ?? unassignedDirectory) : unassignedDirectory;
}
