import { createClient, type KafkaClient, type PolledRecords } from '../../kafka/client/index.ts';
import { sleep } from '../../platform/clock.ts';
import { keepAlive } from '../../platform/keep-alive.ts';
import { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';
import { SeverableNet } from '../../platform/simulation/severable-net.ts';
import { Secrets, workerSettings } from '../config/index.ts';
import { type OpenedConverter, openConverter } from '../converters/index.ts';
import { openStorageTopics, SourceOffsets } from '../herder/index.ts';
import {
  type Conformance,
  type ConformancePlace,
  type ConnectRecord,
  connectRecord,
  type PluginRegistry,
  type Schema,
  type SinkInput,
  type Value,
} from '../plugin/index.ts';
import type { TaskEnvironment } from '../tasks/index.ts';
import { CapturedLog } from './captured-log.ts';
import { ConformanceError, reasonOf } from './check.ts';
import type { ConformanceGround, ConformanceHost, ConformanceOptions } from './host.ts';

/** With these nothing waits longer than it has to, and every value keeps its schema. */
const worker = workerSettings({
  'offset.flush.interval.ms': '5',
  'offset.storage.partitions': '1',
  'status.storage.partitions': '1',
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
});

/** How often something that should happen is looked for. */
const LOOK_MS = 2;

/** What one check works on: a broker, a folder and an outside world of its own. */
export class Bench {
  readonly place: ConformancePlace;
  readonly world: unknown;
  readonly log = new CapturedLog();
  readonly entropy: SeededEntropy;
  readonly client: KafkaClient;
  /** The real one, on a connection that is never severed. */
  readonly offsets: SourceOffsets;
  readonly stopTimeoutMs: number;
  readonly timeoutMs: number;
  readonly #ground: ConformanceGround;
  readonly #host: ConformanceHost;
  readonly #registry: PluginRegistry;
  readonly #converter: OpenedConverter;

  private constructor(parts: {
    readonly ground: ConformanceGround;
    readonly host: ConformanceHost;
    readonly options: ConformanceOptions;
    readonly client: KafkaClient;
    readonly offsets: SourceOffsets;
    readonly registry: PluginRegistry;
    readonly converter: OpenedConverter;
    readonly place: ConformancePlace;
    readonly world: unknown;
  }) {
    const { ground, host, options, client, offsets, registry, converter, place, world } = parts;
    this.place = place;
    this.world = world;
    this.client = client;
    this.offsets = offsets;
    this.entropy = new SeededEntropy(options.seed ?? 1);
    this.stopTimeoutMs = options.stopTimeoutMs ?? 2_000;
    this.timeoutMs = options.timeoutMs ?? 5_000;
    this.#ground = ground;
    this.#host = host;
    this.#registry = registry;
    this.#converter = converter;
  }

  /** Opens all of it, gives it to `work`, and takes it down again. */
  static async use(
    description: Conformance,
    { host, options }: { readonly host: ConformanceHost; readonly options: ConformanceOptions },
    work: (bench: Bench) => Promise<void>,
  ): Promise<void> {
    const opened = new AsyncDisposableStack();
    try {
      opened.defer(keepAlive());
      const ground = await host.openGround();
      opened.defer(() => ground.close());
      const client = createClient({ ...ground.platform, bootstrapServers: ground.bootstrapServers });
      opened.defer(() => client.close());
      const place = { folder: ground.folder, topic: 'rows' };
      // A sink gets the records of two partitions mixed.
      const partitionCount = description.kind === 'sink-conformance' ? 2 : 1;
      await client.admin().createTopics([{ name: place.topic, partitionCount }]);
      const storage = await openStorageTopics(client, worker, ground.platform.logger);
      const offsets = await SourceOffsets.open(storage.offsets);
      for (const each of [offsets, storage.configs, storage.statuses]) opened.defer(() => each.close());
      const registry = host.registry(description.plugin, description.module);
      const plugin = registry.require('converter', worker.valueConverter.className);
      const signal = new AbortController().signal;
      const converter = await openConverter(plugin, {}, { isKey: false, signal });
      const world = await description.prepare(place);
      opened.defer(async () => void (await description.close?.(world)));
      await work(new Bench({ ground, host, options, client, offsets, registry, converter, place, world }));
    } finally {
      await opened.disposeAsync();
    }
  }

  /** What a task runs in; after `sever` nothing that it does reaches Kafka. */
  environment(): { readonly environment: TaskEnvironment; sever(): void } {
    const { platform, bootstrapServers } = this.#ground;
    const net = new SeverableNet(platform.net);
    const { clock, entropy, isolates } = platform;
    const client = createClient({ ...platform, net, bootstrapServers });
    const { pluginHost } = this.#host;
    const secrets = new Secrets();
    return {
      environment: { client, clock, entropy, isolates, plugins: this.#registry, worker, secrets, pluginHost },
      sever: () => net.sever(),
    };
  }

  async sleep(delayMs: number): Promise<void> {
    await sleep(this.#ground.platform.clock, delayMs);
  }

  /** Waits for `work`; false when that takes longer than `limitMs`. */
  async within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
    const stop = new AbortController();
    const late = sleep(this.#ground.platform.clock, limitMs, stop.signal).then(
      () => false,
      () => true,
    );
    try {
      return await Promise.race([work.then(() => true), late]);
    } finally {
      stop.abort();
    }
  }

  /** Waits until `isDone`. Throws when the task fails, or comes to a standstill, before. */
  async until(
    isDone: () => boolean | Promise<boolean>,
    { run, expected, actual }: Expectation,
  ): Promise<void> {
    if (await this.settled(isDone, expected, run)) return;
    throw new ConformanceError(expected, `after ${this.timeoutMs} ms without any progress ${actual()}`);
  }

  /** As {@link until}, but resolves with false at a standstill. */
  async settled(
    isDone: () => boolean | Promise<boolean>,
    expected: string,
    run?: Progressing,
  ): Promise<boolean> {
    const { clock } = this.#ground.platform;
    let [steps, changedAt] = [run?.steps, clock.monotonic()];
    while (!(await isDone())) {
      if (run?.failure !== undefined) throw failed(expected, run.failure.error);
      const now = clock.monotonic();
      if (run?.steps !== steps) [steps, changedAt] = [run?.steps, now];
      if (now - changedAt > this.timeoutMs) return false;
      await this.sleep(LOOK_MS);
    }
    return true;
  }

  /** Writes records to the topic, alternating between its partitions. */
  async produce(records: readonly SinkInput[]): Promise<void> {
    const { topic } = this.place;
    const producer = this.client.producer();
    const encode = (schema: Schema | undefined, value: Value) =>
      this.#converter.fromConnectData({ topic, headers: [] }, schema, value);
    const encoded = records.map(async (record, index) => ({
      topic,
      partition: index % 2,
      key: await encode(record.keySchema, record.key ?? null),
      value: record.value === null ? null : await encode(record.valueSchema, record.value),
    }));
    await producer.send(await Promise.all(encoded));
    await producer.close();
  }

  /** The records of a topic, up to its end at the time of the call; none when there is no such topic. */
  async read(topic: string): Promise<readonly ReadRecord[]> {
    const [described] = await this.client.admin().describeTopics([topic]);
    const partitions = (described?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
    if (partitions.length === 0) return [];
    const consumer = this.client.consumer({ autoOffsetReset: 'earliest' });
    const ends = (await consumer.endOffsets(partitions)).filter(({ offset }) => offset > 0);
    consumer.assign(ends.map(({ partition }) => ({ topic, partition, offset: 0 })));
    const left = new Map(ends.map(({ partition, offset }) => [partition, offset]));
    const read: ReadRecord[] = [];
    while (left.size > 0) {
      for (const polled of await consumer.poll(1_000)) {
        read.push(...(await this.#decode(polled)));
        if (polled.nextOffset >= (left.get(polled.partition) ?? 0)) left.delete(polled.partition);
      }
    }
    await consumer.close();
    return read;
  }

  async #decode({ topic, partition, records }: PolledRecords): Promise<readonly ReadRecord[]> {
    const read: ReadRecord[] = [];
    for (const view of records) {
      const { key, value, offset, timestamp } = view;
      const headers = Object.fromEntries(
        view.headers.map((each) => [each.key, each.value?.toString() ?? '']),
      );
      const raw = { key: copyOf(key), value: copyOf(value), headers };
      const decode = async (bytes: Uint8Array | null) => {
        try {
          return await this.#converter.toConnectData({ topic, headers: [] }, bytes);
        } catch {
          return { schema: undefined, value: undefined }; // A dead letter is as it was read.
        }
      };
      const [ownKey, ownValue] = [await decode(raw.key), await decode(raw.value)];
      const record = connectRecord(
        {
          partition,
          ...{ keySchema: ownKey.schema, key: ownKey.value },
          ...{ valueSchema: ownValue.schema, value: ownValue.value, timestamp },
        },
        topic,
      );
      read.push({ ...raw, record: { ...record, offset } });
    }
    return read;
  }
}

/** What {@link Bench.until} waits for, in words, and who brings it about. */
export interface Expectation {
  readonly expected: string;
  readonly actual: () => string;
  readonly run?: Progressing;
}

/** A task, as far as somebody waits for it. */
interface Progressing {
  readonly failure: { readonly error: unknown } | undefined;
  /** Changes with everything that the task does. */
  readonly steps: number;
}

function failed(expected: string, error: unknown): ConformanceError {
  if (error instanceof ConformanceError) return error;
  return new ConformanceError(expected, `the task failed: ${reasonOf(error)}`, { cause: error });
}

/** A record of a topic: its bytes, and what the converter makes of them. */
export interface ReadRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly record: ConnectRecord;
}

function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Buffer.from(bytes);
}
