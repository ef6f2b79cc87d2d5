import type { Platform } from '../platform/platform.ts';
import type { TopicConfig } from './config/index.ts';
import { isStorageFailure, type LogDirectories } from './log/index.ts';
import type { Partition } from './replica/partition.ts';
import type { Partitions, TopicLookup } from './replica/partitions.ts';

/** Logs that are looked at before others may run. */
const TURN = 50;

/** What retention works on. */
export interface LogRetentionParts {
  readonly platform: Platform;
  readonly directories: LogDirectories;
  readonly topics: TopicLookup;
  readonly partitions: Partitions;
  /** `producer.id.expiration.ms`, asked anew each time. */
  producerIdExpirationMs(): number;
}

interface Due {
  readonly config: TopicConfig;
  readonly dueMs: number;
}

/**
 * Deletes what `retention.ms` and `retention.bytes` no longer want. Logs that have not been in use since the start are
 * opened only when something of theirs may be due, so that thousands of idle ones cost a look at their files.
 */
export class LogRetention {
  readonly #parts: LogRetentionParts;
  /** Of partitions that are not open, by `topic-partition`. */
  #due = new Map<string, Due>();
  #isRunning = false;

  constructor(parts: LogRetentionParts) {
    this.#parts = parts;
  }

  /** Looks at every log, a few at a time: thousands of them would hold up clients. One run at a time. */
  apply(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { executor, clock } = this.#parts.platform;
    const expiredBefore = clock.now() - this.#parts.producerIdExpirationMs();
    const kept = new Map<string, Due>();
    const all = this.#parts.topics.partitions()[Symbol.iterator]();
    const turn = () => {
      for (let i = 0; i < TURN; i++) {
        const { value, done } = all.next();
        if (done === true) {
          this.#due = kept; // Of deleted topics nothing is kept.
          this.#isRunning = false;
          return;
        }
        this.#look(value.topic, value.partition, { expiredBefore, kept });
      }
      executor.soon(turn);
    };
    turn();
  }

  #look(
    topic: string,
    index: number,
    { expiredBefore, kept }: { readonly expiredBefore: number; readonly kept: Map<string, Due> },
  ): void {
    const { partitions, platform } = this.#parts;
    try {
      const opened = partitions.peek(topic, index);
      const partition =
        opened ?? (this.#isDue(topic, index, kept) ? partitions.find(topic, index) : undefined);
      if (partition !== undefined) applyTo(partition, expiredBefore);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      platform.logger.warn({ err: error, log: `${topic}-${index}` }, 'retention of a log failed');
    }
  }

  #isDue(topic: string, partition: number, kept: Map<string, Due>): boolean {
    const { directories, topics, platform } = this.#parts;
    const directory = directories.placeOf({ topic, partition });
    if (directory === undefined || directory.isOffline) return false;
    const name = `${topic}-${partition}`;
    const config = topics.config(topic);
    const known = this.#due.get(name);
    const due =
      known?.config === config
        ? known
        : { config, dueMs: directory.housekeepingDueMs({ topic, partition }, config) };
    if (due.dueMs <= platform.clock.now()) return true;
    kept.set(name, due);
    return false;
  }
}

function applyTo(partition: Partition, expiredBefore: number): void {
  partition.expireProducers(expiredBefore);
  partition.log.deleteOldSegments();
}
