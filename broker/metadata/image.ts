import type { BrokerConfigLayers, ConfigTexts } from '../config/index.ts';
import type { MetadataRecord, ValueOfRecord } from './record.ts';

/** Resource types of configs in requests and ConfigRecord. */
export const resourceTypes = {
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const;

/** One partition as the controller last decided it. Arrays are never changed in place. */
export interface PartitionImage {
  readonly partitionId: number;
  readonly replicas: readonly number[];
  /** The log directory of each replica, in the order of {@link replicas}; {@link unassignedDirectory} when not known. */
  readonly directories: readonly string[];
  readonly isr: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly eligibleLeaderReplicas: readonly number[];
  readonly lastKnownElr: readonly number[];
  /** -1: none. */
  readonly leader: number;
  readonly leaderRecoveryState: number;
  /** Grows by one with every leader, never shrinks. */
  readonly leaderEpoch: number;
  /** Grows by one with every change. */
  readonly partitionEpoch: number;
}

export interface TopicImage {
  readonly name: string;
  readonly id: string;
  readonly partitions: ReadonlyMap<number, PartitionImage>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface BrokerEndpoint extends Endpoint {
  /** Upper case. */
  readonly name: string;
  readonly securityProtocol: number;
}

/** A broker's registration in force. */
export interface BrokerImage {
  readonly id: number;
  /** The offset of its RegisterBrokerRecord: another one after every start. */
  readonly epoch: number;
  readonly incarnationId: string;
  readonly endpoints: readonly BrokerEndpoint[];
  readonly features: ValueOfRecord<'RegisterBrokerRecord'>['features'];
  readonly rack: string | null;
  readonly isFenced: boolean;
  readonly isInControlledShutdown: boolean;
  readonly logDirs: readonly string[];
  readonly cordonedLogDirs: readonly string[] | null;
}

/** The id that stands for none. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

/** The directory id of a replica whose broker has not said where it is. */
export const unassignedDirectory = 'AAAAAAAAAAAAAAAAAAAAAA';

const noTexts: ConfigTexts = new Map();

/**
 * The metadata of the cluster: the fold of all metadata records. Changed only by `replay`, between two events of the
 * loop; whoever awaits must look again. Look-ups are constant time.
 */
export class MetadataImage {
  readonly #state: ImageState = newState();

  /** @internal Only for `replay` and `imageRecords`. */
  static stateOf(image: MetadataImage): ImageState {
    return image.#state;
  }

  topic(name: string): TopicImage | undefined {
    return this.#state.topicsByName.get(name);
  }

  topicById(id: string): TopicImage | undefined {
    return this.#state.topicsById.get(id);
  }

  /** In the order they were created. */
  topics(): Iterable<TopicImage> {
    return this.#state.topicsByName.values();
  }

  partition(topic: string, partitionId: number): PartitionImage | undefined {
    return this.#state.topicsByName.get(topic)?.partitions.get(partitionId);
  }

  broker(id: number): BrokerImage | undefined {
    return this.#state.brokers.get(id);
  }

  brokers(): Iterable<BrokerImage> {
    return this.#state.brokers.values();
  }

  /** Dynamic configs of a resource; none for one without. A broker's name is its id, all brokers' the empty string. */
  configs(resourceType: number, name: string): ConfigTexts {
    return this.#state.configs.get(resourceType)?.get(name) ?? noTexts;
  }

  /** Names of the resources of a type that have dynamic configs. */
  configuredNames(resourceType: number): readonly string[] {
    return [...(this.#state.configs.get(resourceType)?.keys() ?? [])];
  }

  /** Finalized level of a feature, 0 when it is off. */
  featureLevel(name: string): number {
    return this.#state.features.get(name) ?? 0;
  }

  /** Finalized features that are on. */
  get features(): ReadonlyMap<string, number> {
    return this.#state.features;
  }

  /** The first producer id that belongs to no block yet. */
  get nextProducerId(): number {
    return this.#state.producerIds?.nextProducerId ?? 0;
  }

  get acls(): ReadonlyMap<string, ValueOfRecord<'AccessControlEntryRecord'>> {
    return this.#state.acls;
  }

  /** By `user/mechanism`. */
  get scramCredentials(): ReadonlyMap<string, ValueOfRecord<'UserScramCredentialRecord'>> {
    return this.#state.scramCredentials;
  }

  /** One record per entity and quota key. */
  get clientQuotas(): Iterable<ValueOfRecord<'ClientQuotaRecord'>> {
    return this.#state.clientQuotas.values();
  }

  get delegationTokens(): ReadonlyMap<string, ValueOfRecord<'DelegationTokenRecord'>> {
    return this.#state.delegationTokens;
  }

  /** Whether records of a metadata transaction are held back until it ends (KIP-868). */
  get isInTransaction(): boolean {
    return this.#state.transaction !== undefined;
  }

  /** Records replayed without effect: from a newer version, or about something that does not exist. */
  get ignoredRecords(): number {
    return this.#state.ignoredRecords;
  }
}

/** Where a broker's configs come from now: its dynamic ones, those of all brokers, its properties. */
export function brokerLayers(
  image: MetadataImage,
  brokerId: number,
  properties: ConfigTexts,
): BrokerConfigLayers {
  return {
    dynamicBroker: image.configs(resourceTypes.BROKER, String(brokerId)),
    dynamicDefault: image.configs(resourceTypes.BROKER, ''),
    static: properties,
  };
}

/** Partitions in the order of their ids. */
export function partitionsInOrder(topic: TopicImage): readonly PartitionImage[] {
  return [...topic.partitions.values()].sort((a, b) => a.partitionId - b.partitionId);
}

/** @internal What {@link MetadataImage} is made of, for those who may change it. */
export interface ImageState {
  readonly topicsByName: Map<string, MutableTopic>;
  readonly topicsById: Map<string, MutableTopic>;
  readonly brokers: Map<number, BrokerImage>;
  readonly controllers: Map<number, ValueOfRecord<'RegisterControllerRecord'>>;
  readonly configs: Map<number, Map<string, Map<string, string>>>;
  readonly features: Map<string, number>;
  readonly acls: Map<string, ValueOfRecord<'AccessControlEntryRecord'>>;
  readonly scramCredentials: Map<string, ValueOfRecord<'UserScramCredentialRecord'>>;
  readonly clientQuotas: Map<string, ValueOfRecord<'ClientQuotaRecord'>>;
  readonly delegationTokens: Map<string, ValueOfRecord<'DelegationTokenRecord'>>;
  producerIds: ValueOfRecord<'ProducerIdsRecord'> | undefined;
  /** Records of an open metadata transaction, held back until it ends (KIP-868). */
  transaction: MetadataRecord[] | undefined;
  ignoredRecords: number;
}

interface MutableTopic extends TopicImage {
  readonly partitions: Map<number, PartitionImage>;
}

function newState(): ImageState {
  return {
    topicsByName: new Map(),
    topicsById: new Map(),
    brokers: new Map(),
    controllers: new Map(),
    configs: new Map(),
    features: new Map(),
    acls: new Map(),
    scramCredentials: new Map(),
    clientQuotas: new Map(),
    delegationTokens: new Map(),
    producerIds: undefined,
    transaction: undefined,
    ignoredRecords: 0,
  };
}
