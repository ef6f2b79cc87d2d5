import { type Listener, securityProtocolIds } from '../../config/index.ts';
import { type MetadataImage, unassignedDirectory } from '../image.ts';
import type { MetadataRecord, ValueOfRecord } from '../record.ts';
import { fencedChange } from '../replay-brokers.ts';
import { type FeatureRange, kafkaFeatures } from './features.ts';

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
    cordonedLogDirs: null,
  };
  return [
    { type: 'RegisterBrokerRecord', value: registration },
    brokerChange({ brokerId: broker.brokerId, brokerEpoch: broker.nextOffset, fenced: fencedChange.UNFENCE }),
  ];
}

/**
 * The records that make `brokerId` lead anew what it led, or what has no leader and only it can lead: every leader
 * epoch grows by one, so that clients and followers notice that records written last may be gone. For a start after a
 * stop that was not clean; partitions without leader need it after any start.
 */
export function leadershipRecords(
  image: MetadataImage,
  brokerId: number,
  { isCleanStart }: { readonly isCleanStart: boolean },
): readonly MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const topic of image.topics()) {
    for (const { partitionId, leader, isr } of topic.partitions.values()) {
      const isLeaderless = leader === -1 && isr.includes(brokerId);
      if (!isLeaderless && (isCleanStart || leader !== brokerId)) continue;
      records.push(partitionChange({ topicId: topic.id, partitionId, leader: brokerId }));
    }
  }
  return records;
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
  change: Pick<ValueOfRecord<'BrokerRegistrationChangeRecord'>, 'brokerId' | 'brokerEpoch' | 'fenced'>,
): MetadataRecord {
  const unchanged = { inControlledShutdown: 0, logDirs: [], cordonedLogDirs: null };
  return { type: 'BrokerRegistrationChangeRecord', value: { ...unchanged, ...change } };
}
