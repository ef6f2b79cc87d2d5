import { type Listener, securityProtocolIds } from '../../config/index.ts';
import { type MetadataImage, type PartitionImage, unassignedDirectory } from '../image.ts';
import type { MetadataRecord, ValueOfRecord } from '../record.ts';
import { fencedChange } from '../replay-brokers.ts';
import { type FeatureRange, kafkaFeatures } from './features.ts';
import { isActive } from './placement.ts';

/** A broker that has just started and can serve. */
export interface StartedBroker {
  readonly brokerId: number;
  /** A new random id for every start. */
  readonly incarnationId: string;
  /** The offset the first of the records will have: the broker's epoch. */
  readonly nextOffset: number;
  /** What clients are told, with the ports really bound. */
  readonly advertisedListeners: readonly Listener[];
  readonly rack: string | null;
  /** Ids of the log directories, from their meta.properties. */
  readonly logDirs: readonly string[];
  /** Ids of those that take no new partitions (KIP-1066). */
  readonly cordonedLogDirs?: readonly string[];
  readonly features?: Readonly<Record<string, FeatureRange>>;
}

/**
 * The records of a broker's start: a registration with a new epoch, fenced, and its unfencing. To be appended at
 * `nextOffset` and nothing between them.
 */
export function registrationRecords(broker: StartedBroker): readonly MetadataRecord[] {
  const features = Object.entries<FeatureRange>(broker.features ?? kafkaFeatures);
  const registration: ValueOfRecord<'RegisterBrokerRecord'> = {
    brokerId: broker.brokerId,
    isMigratingZkBroker: false,
    incarnationId: broker.incarnationId,
    brokerEpoch: broker.nextOffset,
    endPoints: broker.advertisedListeners.map(({ name, host, port, securityProtocol }) => ({
      name,
      host,
      port,
      securityProtocol: securityProtocolIds[securityProtocol],
    })),
    features: features.map(([name, { minVersion, maxVersion }]) => ({
      name,
      minSupportedVersion: minVersion,
      maxSupportedVersion: maxVersion,
    })),
    rack: broker.rack,
    fenced: true,
    inControlledShutdown: false,
    logDirs: broker.logDirs,
    cordonedLogDirs: broker.cordonedLogDirs ?? null,
  };
  return [
    { type: 'RegisterBrokerRecord', value: registration },
    brokerChange({ brokerId: broker.brokerId, brokerEpoch: broker.nextOffset, fenced: fencedChange.UNFENCE }),
  ];
}

/** Which of a broker's partitions it cannot serve: their log directory has failed. */
export type IsOffline = (topic: string, partitionId: number) => boolean;

/**
 * The records that make `brokerId` lead anew what it led, or what has no leader and only it can lead: every leader
 * epoch grows by one, so that clients and followers notice that records written last may be gone. For a start after a
 * stop that was not clean; partitions without leader need it after any start. What is offline is not led.
 */
export function leadershipRecords(
  image: MetadataImage,
  brokerId: number,
  {
    isCleanStart,
    isOffline = () => false,
  }: { readonly isCleanStart: boolean; readonly isOffline?: IsOffline },
): readonly MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const topic of image.topics()) {
    for (const partition of topic.partitions.values()) {
      const { partitionId, leader } = partition;
      if (isOffline(topic.name, partitionId)) {
        records.push(...withoutReplica(image, topic.id, partition, brokerId));
        continue;
      }
      const isLeaderless = leader === -1 && mayLead(partition, brokerId);
      if (!isLeaderless && (isCleanStart || leader !== brokerId)) continue;
      const change = { topicId: topic.id, partitionId, leader: brokerId };
      records.push(partitionChange({ ...change, ...returned(partition, brokerId) }));
    }
  }
  return records;
}

/** Whether the replica has all that was acknowledged: it is in sync, or was when the last one left the ISR (KIP-966). */
function mayLead({ isr, eligibleLeaderReplicas, lastKnownElr }: PartitionImage, brokerId: number): boolean {
  if (isr.length > 0) return isr.includes(brokerId);
  const eligible = eligibleLeaderReplicas.length > 0 ? eligibleLeaderReplicas : lastKnownElr;
  return eligible.includes(brokerId);
}

/** A leader that was not in the ISR (Kafka takes brokers out of it when they stop) is all of it again. */
function returned({ isr }: PartitionImage, brokerId: number) {
  return isr.includes(brokerId) ? {} : { isr: [brokerId], eligibleLeaderReplicas: [], lastKnownElr: [] };
}

/**
 * The records of a log directory that failed while the broker runs (KIP-858): its registration with the directories that
 * are left, and for every partition that is offline another leader, or none.
 */
export function directoryFailureRecords(
  image: MetadataImage,
  brokerId: number,
  { logDirs, isOffline }: { readonly logDirs: readonly string[]; readonly isOffline: IsOffline },
): readonly MetadataRecord[] {
  const broker = image.broker(brokerId);
  if (broker === undefined) return [];
  const change = { brokerId, brokerEpoch: broker.epoch, fenced: fencedChange.NONE, logDirs };
  const records: MetadataRecord[] = [brokerChange(change)];
  for (const topic of image.topics()) {
    for (const partition of topic.partitions.values()) {
      if (!isOffline(topic.name, partition.partitionId)) continue;
      records.push(...withoutReplica(image, topic.id, partition, brokerId));
    }
  }
  return records;
}

/** The last in-sync replica stays in the ISR: only it has all that was acknowledged. */
function withoutReplica(
  image: MetadataImage,
  topicId: string,
  { partitionId, isr, leader }: PartitionImage,
  brokerId: number,
): MetadataRecord[] {
  const others = isr.filter((id) => id !== brokerId);
  const isShrunk = others.length > 0 && others.length < isr.length;
  if (leader !== brokerId && !isShrunk) return [];
  const successor = others.find((id) => isActive(image.broker(id))) ?? -1;
  return [
    partitionChange({
      topicId,
      partitionId,
      ...(isShrunk && { isr: others }),
      ...(leader === brokerId && { leader: successor }),
    }),
  ];
}

/** The record of another choice of log directories that take no new partitions (KIP-1066); none when it is the old one. */
export function cordonRecords(
  image: MetadataImage,
  brokerId: number,
  cordonedLogDirs: readonly string[],
): readonly MetadataRecord[] {
  const broker = image.broker(brokerId);
  if (broker === undefined || (broker.cordonedLogDirs ?? []).join() === cordonedLogDirs.join()) return [];
  const { epoch: brokerEpoch } = broker;
  return [brokerChange({ brokerId, brokerEpoch, fenced: fencedChange.NONE, cordonedLogDirs })];
}

/** The records that place replicas of `brokerId` in log directories, where the image has something else (KIP-858). */
export function directoryRecords(
  image: MetadataImage,
  brokerId: number,
  placements: readonly {
    readonly topicId: string;
    readonly partitionId: number;
    readonly directory: string;
  }[],
): readonly MetadataRecord[] {
  return placements.flatMap(({ topicId, partitionId, directory }) => {
    const partition = image.topicById(topicId)?.partitions.get(partitionId);
    const at = partition?.replicas.indexOf(brokerId) ?? -1;
    if (partition === undefined || at < 0 || partition.directories[at] === directory) return [];
    const directories = partition.replicas.map((_, index) =>
      index === at ? directory : (partition.directories[index] ?? unassignedDirectory),
    );
    return [partitionChange({ topicId, partitionId, directories })];
  });
}

function partitionChange(
  change: Pick<ValueOfRecord<'PartitionChangeRecord'>, 'topicId' | 'partitionId'> &
    Partial<ValueOfRecord<'PartitionChangeRecord'>>,
): MetadataRecord {
  const unchanged = {
    isr: null,
    leader: -2,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: -1,
    directories: null,
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  };
  return { type: 'PartitionChangeRecord', value: { ...unchanged, ...change } };
}

function brokerChange(
  change: Pick<ValueOfRecord<'BrokerRegistrationChangeRecord'>, 'brokerId' | 'brokerEpoch' | 'fenced'> &
    Partial<ValueOfRecord<'BrokerRegistrationChangeRecord'>>,
): MetadataRecord {
  const unchanged = { inControlledShutdown: 0, logDirs: [], cordonedLogDirs: null };
  return { type: 'BrokerRegistrationChangeRecord', value: { ...unchanged, ...change } };
}
