import { staticLayers, type TopicConfig, topicConfig } from '../../../broker/config/index.ts';
import { LogDirectory, type PartitionLog } from '../../../broker/log/index.ts';
import {
  BatchBuilder,
  type BatchFields,
  batchHeader,
  buildEndTxnMarker,
  readRecords,
} from '../../../kafka/records/index.ts';
import {
  type SimulatedPlatform,
  simulatedPlatform,
} from '../../../platform/simulation/simulated-platform.ts';

export type AppendOptions = {
  readonly key?: string | null;
  readonly timestamp?: number;
  /** Of each record, instead of `timestamp`. */
  readonly timestamps?: readonly number[];
  /** Leader epoch. */
  readonly epoch?: number;
} & BatchFields;

/** One log directory on a simulated disk with one topic `t`, whose single partition is `log`. */
export class LogFixture {
  readonly platform: SimulatedPlatform;
  readonly durability: 'fsync' | 'page-cache';
  config: TopicConfig;
  directory: LogDirectory;
  log: PartitionLog;
  topicId = 'sU2CT8gORsCbOnSKdHzWZw';

  constructor(configs: Record<string, string> = {}, durability: 'fsync' | 'page-cache' = 'fsync', seed = 1) {
    this.platform = simulatedPlatform(seed);
    this.durability = durability;
    this.config = configOf(configs);
    this.directory = this.#openDirectory();
    this.log = this.#openLog();
  }

  setConfig(configs: Record<string, string>): void {
    this.config = configOf(configs);
  }

  /** Appends one batch of records with these values and keys `k0`, `k1`, ...; not yet durable. */
  append(values: readonly (string | null)[], options: AppendOptions = {}): number {
    return this.log.append(this.batch(values, options), options.epoch ?? 0).baseOffset;
  }

  /** Appends a record in a transaction; not yet durable. */
  write(producerId: number, value: string, { sequence = 0, epoch = 0, key = 'k' } = {}): number {
    const producer = { producerId, producerEpoch: epoch, baseSequence: sequence, isTransactional: true };
    return this.append([value], { key, ...producer });
  }

  /** Appends the marker that ends a producer's transaction; not yet durable. */
  end(producerId: number, result: 'commit' | 'abort', { epoch = 0, coordinatorEpoch = 5 } = {}): number {
    const marker = buildEndTxnMarker({
      type: result === 'commit' ? 'COMMIT' : 'ABORT',
      producerId,
      producerEpoch: epoch,
      coordinatorEpoch,
      timestamp: this.platform.clock.now(),
    });
    return this.log.append(marker, 0).baseOffset;
  }

  /** The batch that {@link append} appends. */
  batch(values: readonly (string | null)[], options: AppendOptions = {}): Buffer {
    const { key, timestamp = this.platform.clock.now(), timestamps = [], epoch: _, ...fields } = options;
    const builder = new BatchBuilder();
    for (const [i, value] of values.entries()) {
      const keyBytes = key === null ? null : Buffer.from(key ?? `k${i}`);
      builder.append(timestamps[i] ?? timestamp, keyBytes, value === null ? null : Buffer.from(value));
    }
    return builder.build(fields);
  }

  /** Appends and waits until it is durable. */
  async appendDurably(...args: Parameters<LogFixture['append']>): Promise<number> {
    const offset = this.append(...args);
    await this.platform.settle();
    return offset;
  }

  /** Waits for `promise` without letting time pass. */
  async during<T>(promise: Promise<T>): Promise<T> {
    await this.platform.settle();
    return promise;
  }

  /** Path of a file in the partition's folder. */
  path(name: string): string {
    return `${this.log.directory}/${name}`;
  }

  /** Names in the partition's folder, or those that end in `suffix`. */
  fileNames(suffix = ''): string[] {
    return this.platform.files.list(this.log.directory).filter((name) => name.endsWith(suffix));
  }

  /** Replaces a file of the partition's folder. */
  writeFile(name: string, bytes: Uint8Array): void {
    const file = this.platform.files.open(this.path(name), 'write');
    file.truncate(0);
    file.append([bytes]);
    file.datasyncNow();
    file.close();
  }

  /** All records from `startOffset` on, as `offset:key=value`. */
  readAll(startOffset = this.log.logStartOffset): string[] {
    const found: string[] = [];
    for (let offset = startOffset; offset < this.log.durableOffset; ) {
      const endOffset = this.log.durableOffset;
      const range = { startOffset: offset, endOffset, maxBytes: 200, minOneBatch: true };
      const bytes = this.log.read(range, (size) => Buffer.alloc(size));
      if (bytes.length === 0) break;
      for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
        for (const record of readRecords(bytes, at, 1 << 20)) {
          if (record.offset >= offset) found.push(`${record.offset}:${record.key}=${record.value}`);
        }
        offset = batchHeader.lastOffset(bytes, at) + 1;
      }
    }
    return found;
  }

  async restart(): Promise<void> {
    const closed = this.directory.close(1);
    await this.platform.runFor(1);
    await closed;
    this.reopen();
  }

  /** The machine loses power: what was not synced is gone. */
  crash(survival: Parameters<SimulatedPlatform['crash']>[0] = 'nothing'): void {
    this.platform.crash(survival);
    this.reopen();
  }

  /** Opens everything anew, as the next process does. */
  reopen(): void {
    this.directory = this.#openDirectory();
    this.log = this.#openLog();
    this.directory.noteAllLogsChecked();
  }

  /** Deletes the topic and makes it again under the same name. */
  recreate(topicId: string): void {
    this.directory.delete({ topic: 't', topicId: this.topicId, partition: 0 });
    this.topicId = topicId;
    this.log = this.#openLog();
  }

  #openDirectory(): LogDirectory {
    return LogDirectory.open(this.platform, { path: '/data', nodeId: 1, durability: this.durability });
  }

  #openLog(): PartitionLog {
    const identity = { topic: 't', topicId: this.topicId, partition: 0 };
    return this.directory.log(identity, () => this.config);
  }
}

function configOf(configs: Record<string, string>): TopicConfig {
  return topicConfig(new Map(Object.entries(configs)), staticLayers(new Map()));
}
