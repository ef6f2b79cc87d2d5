import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { TopicConfig } from '../config/index.ts';
import { isStorageFailure, type LogDirectories, type LogIdentity, type PartitionLog } from '../log/index.ts';
import { Partition, type PartitionEnvironment } from './partition.ts';
import { addTraffic, noTraffic } from './partition-traffic.ts';

const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** What is known of topics; the metadata image answers. */
export interface TopicLookup {
  topicId(name: string): string | undefined;
  topicName(topicId: string): string | undefined;
  /** `undefined` when there is no such partition. */
  leaderEpoch(name: string, partition: number): number | undefined;
  /** Id of the log directory that holds this broker's replica; `undefined` when it has not been chosen. */
  directoryId(name: string, partition: number): string | undefined;
  config(name: string): TopicConfig;
  /** Every partition of every topic. */
  partitions(): Iterable<{ readonly topic: string; readonly partition: number }>;
}

/** How a request names a topic: by name, by id, or (where the version has the other one) with that left empty. */
export interface TopicReference {
  readonly topic: string;
  readonly topicId: string;
}

/** The partitions that this broker leads, opened when they are first needed. */
export class Partitions {
  readonly #directories: LogDirectories;
  readonly #topics: TopicLookup;
  readonly #environment: PartitionEnvironment;
  /** Of partitions that were deleted: sums over all never go back. */
  readonly deletedTraffic = noTraffic();
  readonly #opened = new Map<string, Map<number, Partition>>();

  constructor(directories: LogDirectories, topics: TopicLookup, environment: PartitionEnvironment) {
    this.#directories = directories;
    this.#topics = topics;
    this.#environment = environment;
  }

  /** `undefined` when there is no such partition. Throws {@link LogDirectoryOfflineError} when its log cannot be opened. */
  find(topic: string, index: number): Partition | undefined {
    return this.peek(topic, index) ?? this.#open(topic, index);
  }

  hasTopic(name: string): boolean {
    return this.#topics.topicId(name) !== undefined;
  }

  /** Both names of the topic, that which is not known left empty. */
  identify({ topic, topicId }: TopicReference, usesTopicIds: boolean): TopicReference {
    return usesTopicIds
      ? { topic: this.#topics.topicName(topicId) ?? '', topicId }
      : { topic, topicId: this.#topics.topicId(topic) ?? ZERO_UUID };
  }

  /**
   * The partition of a reference, or the error code that says why there is none. Topic ids are compared, so that a
   * topic that was deleted and made again is not taken for the old one.
   */
  lookup(
    reference: TopicReference & { readonly partition: number },
    usesTopicIds: boolean,
  ): Partition | number {
    const topic = usesTopicIds ? this.#topics.topicName(reference.topicId) : reference.topic;
    if (topic === undefined) return ErrorCode.UNKNOWN_TOPIC_ID;
    return this.lookupByName(topic, reference.partition);
  }

  /** The partition, or the error code that says why there is none. */
  lookupByName(topic: string, index: number): Partition | number {
    try {
      return this.find(topic, index) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    } catch (error) {
      if (isStorageFailure(error)) return ErrorCode.KAFKA_STORAGE_ERROR;
      throw error;
    }
  }

  /** The partition if it has been in use since the start. */
  peek(topic: string, index: number): Partition | undefined {
    return this.#opened.get(topic)?.get(index);
  }

  /** The partitions that have been in use since the start. */
  *opened(): Generator<Partition> {
    for (const partitions of this.#opened.values()) yield* partitions.values();
  }

  /** Takes a deleted topic's partitions out of use and its files away. */
  delete(topic: string, topicId: string, partitionCount: number): void {
    const opened = this.#opened.get(topic);
    this.#opened.delete(topic);
    for (let partition = 0; partition < partitionCount; partition++) {
      const deleted = opened?.get(partition);
      if (deleted !== undefined) addTraffic(this.deletedTraffic, deleted.traffic);
      deleted?.delete();
      this.#directories.delete({ topic, topicId, partition });
    }
  }

  /** The log of a partition, from the directory where it is now. Throws {@link LogDirectoryOfflineError}. */
  openLog(identity: LogIdentity): PartitionLog {
    const { topic, partition } = identity;
    const directoryId = this.#topics.directoryId(topic, partition);
    return this.#directories.log({ ...identity, directoryId }, () => this.#topics.config(topic));
  }

  #open(topic: string, index: number): Partition | undefined {
    const leaderEpoch = this.#topics.leaderEpoch(topic, index);
    const topicId = this.#topics.topicId(topic);
    if (leaderEpoch === undefined || topicId === undefined) return undefined;
    const identity = { topic, topicId, partition: index };
    const log = this.openLog(identity);
    const partition = new Partition({ ...identity, leaderEpoch }, log, this.#environment);
    const partitions = this.#opened.get(topic) ?? new Map<number, Partition>();
    partitions.set(index, partition);
    this.#opened.set(topic, partitions);
    return partition;
  }
}
