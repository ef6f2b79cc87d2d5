import type { KafkaClient, TopicPartitionOffset } from '../../kafka/client/index.ts';
import { type Clock, sleep } from '../../platform/clock.ts';
import { type Properties, sinkGroupId, type WorkerSettings } from '../config/index.ts';
import { compilePattern } from '../plugin/index.ts';
import type { ConfigStore } from './config-store.ts';
import type { ConnectorRunner } from './connector-runner.ts';
import { ConnectorFailedError, NotFoundError } from './errors.ts';

const CHECK_MS = 50;

/** What a {@link Completion} looks at. */
export interface CompletionParts {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly worker: WorkerSettings;
  readonly configs: ConfigStore;
  runner(name: string): ConnectorRunner | undefined;
}

/** Tells when bounded work is done: sources read to their end, sinks caught up with their topics. */
export class Completion {
  readonly #parts: CompletionParts;

  constructor(parts: CompletionParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when all sources among `names` are exhausted and stored, and after that all sinks have committed up to the
   * end of their topics. Throws ConnectorFailedError as soon as one of them fails, NotFoundError when one is not there,
   * the signal's reason when it is aborted.
   */
  async whenDone(names: readonly string[], signal?: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const kinds = Map.groupBy(names, (name) => this.#runner(name).plugin?.kind);
    const sources = kinds.get('source') ?? [];
    const sinks = kinds.get('sink') ?? [];
    const isExhausted = (): boolean => sources.every((name) => this.#isExhausted(name));
    while (!this.#noneFailed(names) || !isExhausted()) await sleep(clock, CHECK_MS, signal);
    for (const name of sinks) {
      while (!this.#noneFailed(names) || !(await this.#hasCaughtUp(name)))
        await sleep(clock, CHECK_MS, signal);
    }
  }

  #runner(name: string): ConnectorRunner {
    const runner = this.#parts.runner(name);
    if (runner === undefined) throw new NotFoundError(`Connector ${name} not found`);
    return runner;
  }

  /** Always true: it throws when one has. */
  #noneFailed(names: readonly string[]): boolean {
    for (const name of names) {
      const runner = this.#runner(name);
      if (runner.isChanging) continue;
      if (runner.error !== undefined && !runner.isRestartDue())
        throw new ConnectorFailedError(name, undefined, runner.error);
      for (const [task, { error }] of runner.tasks) {
        if (error !== undefined && !runner.isRestartDue(task))
          throw new ConnectorFailedError(name, task, error);
      }
    }
    return true;
  }

  #isExhausted(name: string): boolean {
    const { isStarted, tasks } = this.#runner(name);
    return isStarted && [...tasks.values()].every(({ progress }) => progress?.isExhausted === true);
  }

  async #hasCaughtUp(name: string): Promise<boolean> {
    const { client, worker, configs } = this.#parts;
    const entry = configs.get(name);
    if (entry === undefined || !this.#runner(name).isStarted) return false;
    const ends = await this.#ends(entry.config);
    if (ends.length === 0) return true;
    const committed = await client.admin().listGroupOffsets(sinkGroupId(worker, entry.config, name), ends);
    const isBehind = (end: TopicPartitionOffset): boolean =>
      !committed.some(
        ({ topic, partition, offset }) =>
          topic === end.topic && partition === end.partition && offset >= end.offset,
      );
    if (!ends.some(isBehind)) return true;
    for (const runner of this.#runner(name).tasks.values()) runner.settle();
    return false;
  }

  /** The end of each partition that holds records. */
  async #ends(config: Properties): Promise<TopicPartitionOffset[]> {
    const admin = this.#parts.client.admin();
    const described = await admin.describeTopics(await this.#topics(config));
    const partitions = described
      .filter(({ error }) => error === undefined)
      .flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })));
    if (partitions.length === 0) return [];
    const latest = await admin.listOffsets(partitions.map((each) => ({ ...each, at: 'latest' })));
    const earliest = await admin.listOffsets(partitions.map((each) => ({ ...each, at: 'earliest' })));
    return latest.filter(
      ({ error, offset }, index) => error === undefined && offset > (earliest[index]?.offset ?? 0),
    );
  }

  async #topics(config: Properties): Promise<string[]> {
    const listed = (config['topics'] ?? '').split(',').map((topic) => topic.trim());
    const regex = config['topics.regex']?.trim() ?? '';
    if (regex === '') return listed.filter((topic) => topic !== '');
    const pattern = compilePattern(regex);
    const topics = await this.#parts.client.admin().listTopics();
    return topics.map(({ name }) => name).filter((topic) => pattern.matches(topic));
  }
}
