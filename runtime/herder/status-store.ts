import type { Logger } from '../../platform/logger.ts';
import { parseObject } from './json.ts';
import {
  connectorStatusRecord,
  emptyStatusState,
  replayStatus,
  type Status,
  type StatusRecord,
  type StatusState,
  type TopicUse,
  taskStatusRecord,
  topicTombstone,
  topicUseRecord,
} from './status.ts';
import type { StorageLog, StorageRecord } from './storage-log.ts';

/**
 * The log of statuses, `connect-status`, with what its records say. Changes show at once and are written behind: only this worker writes them,
 * and after a crash they are written anew.
 */
export class StatusStore {
  readonly #log: StorageLog;
  readonly #logger: Logger;
  readonly #state: StatusState = emptyStatusState();
  readonly #writing = new Set<Promise<void>>();
  #isRead = false;

  private constructor(log: StorageLog, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
  }

  /** Reads the whole log, and closes it in the end. */
  static async open(log: StorageLog, logger: Logger): Promise<StatusStore> {
    const store = new StatusStore(log, logger);
    await log.read((record) => store.#replay(record));
    store.#isRead = true;
    return store;
  }

  connector(name: string): Status | undefined {
    return this.#state.connectors.get(name);
  }

  /** By task id, in order. */
  tasks(name: string): readonly (readonly [number, Status])[] {
    return [...(this.#state.tasks.get(name) ?? [])].toSorted(([a], [b]) => a - b);
  }

  task(name: string, task: number): Status | undefined {
    return this.#state.tasks.get(name)?.get(task);
  }

  /** Names that have a status of their own or of a task. */
  names(): string[] {
    return [...new Set([...this.#state.connectors.keys(), ...this.#state.tasks.keys()])];
  }

  topics(connector: string): string[] {
    return [...(this.#state.topics.get(connector)?.keys() ?? [])];
  }

  setConnector(name: string, status: Status | undefined): void {
    this.#write(connectorStatusRecord(name, status));
  }

  setTask(name: string, task: number, status: Status | undefined): void {
    if (status === undefined && this.task(name, task) === undefined) return;
    this.#write(taskStatusRecord(name, task, status));
  }

  /** Ignored when it is known. */
  addTopic(use: TopicUse): void {
    if (this.#state.topics.get(use.connector)?.has(use.topic) === true) return;
    this.#write(topicUseRecord(use));
  }

  resetTopics(connector: string): void {
    const uses = [...(this.#state.topics.get(connector)?.values() ?? [])];
    for (const use of uses) this.#write(topicTombstone(use));
  }

  /** Forgets everything about a connector. */
  delete(name: string): void {
    for (const [task] of this.tasks(name)) this.setTask(name, task, undefined);
    if (this.connector(name) !== undefined) this.setConnector(name, undefined);
    this.resetTopics(name);
  }

  /** Resolves when what was written is durable, or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#log.close();
  }

  #write(record: StatusRecord): void {
    replayStatus(this.#state, record);
    const { key, value } = record;
    const writing = this.#log
      .append(Buffer.from(key), value === null ? null : Buffer.from(JSON.stringify(value)))
      .then(
        () => undefined,
        (error: unknown) => this.#logger.warn({ err: error, key }, 'a status could not be written'),
      );
    this.#writing.add(writing);
    void writing.then(() => this.#writing.delete(writing));
  }

  #replay({ record: { key, value } }: StorageRecord): void {
    if (this.#isRead || key === null) return;
    const content = value === null ? null : parseObject(value);
    if (content !== undefined) replayStatus(this.#state, { key: key.toString('utf8'), value: content });
  }
}
