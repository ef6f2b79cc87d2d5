import {
  type DefinedSink,
  type DefinedSource,
  defineSink,
  defineSource,
  type JsonObject,
  type PartitionOffset,
  type RecordError,
  type SinkRecord,
  type SourceRecord,
} from '../../../runtime/plugin/index.ts';

/** A source that counts: `partitions` streams of `records` numbers each, the outside world being this object. */
export class CountingSource {
  /** How often `read` was called, by partition. */
  readonly reads: { partition: JsonObject; position: number | undefined }[] = [];
  readonly acked: number[] = [];
  /** Throws before the number is read, once for each entry. */
  failures: { at: number; error: Error }[] = [];
  /** Makes the record; undefined: `{n}`. */
  make: ((n: number, partition: number) => SourceRecord) | undefined;
  /** Streams wait here before each batch. */
  gate: Promise<void> | undefined;
  partitionCount: number | undefined;
  readonly plugin: DefinedSource;

  constructor(name = 'counting') {
    const world = this;
    this.plugin = defineSource({
      name,
      version: '1.2.3',
      aliases: [`test.${name[0]?.toUpperCase()}${name.slice(1)}SourceConnector`],
      config: {
        type: 'object',
        required: ['topic'],
        properties: {
          topic: { type: 'string', minLength: 1 },
          records: { type: 'integer', default: 10 },
          'batch.size': { type: 'integer', default: 3, minimum: 1 },
          partitions: { type: 'integer', default: 1, minimum: 1 },
          endless: { type: 'boolean', default: false },
          password: { type: 'string', format: 'secret' },
        },
      },
      partitions: (config) =>
        Promise.resolve(
          Array.from({ length: world.partitionCount ?? config.partitions }, (_, id) => ({ id })),
        ),
      async *read(config, { partition, position }, ctx) {
        world.reads.push({ partition, position: position as number | undefined });
        const id = Number(partition['id']);
        let next = typeof position === 'number' ? position : 0;
        while (next < config.records) {
          await world.gate;
          if (ctx.signal.aborted) return;
          const at = world.failures.findIndex((failure) => failure.at <= next);
          if (at >= 0) throw world.failures.splice(at, 1)[0]?.error;
          const count = Math.min(config['batch.size'], config.records - next);
          const records = Array.from({ length: count }, (_, n) => world.#record(next + n, id));
          next += count;
          yield { records, position: next };
        }
        while (config.endless && !ctx.signal.aborted) await ctx.sleep(1_000);
      },
      acked: (_config, { position }) => {
        world.acked.push(Number(position));
        return Promise.resolve();
      },
    }) as unknown as DefinedSource;
  }

  #record(n: number, partition: number): SourceRecord {
    return this.make?.(n, partition) ?? { key: `${partition}-${n}`, value: { n, partition } };
  }
}

/** A row of a {@link TableSink}. */
export interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: unknown;
  readonly value: unknown;
  readonly task: number;
}

/** A sink that appends rows to a table in memory; on demand it keeps the offsets beside them, as a database would. */
export class TableSink {
  readonly rows: Row[] = [];
  readonly offsets = new Map<string, PartitionOffset>();
  /** Called before a batch is stored; what it throws is thrown, what it returns is refused. */
  beforeWrite: ((records: readonly SinkRecord[]) => RecordError[] | undefined | Promise<void>) | undefined;
  writes = 0;
  opened = 0;
  closed = 0;
  readonly plugin: DefinedSink;

  constructor(options: { readonly name?: string; readonly keepsOffsets?: boolean } = {}) {
    const { name = 'table', keepsOffsets = false } = options;
    const plugin = defineSink({
      name,
      version: '4.5.6',
      aliases: [`test.${name[0]?.toUpperCase()}${name.slice(1)}SinkConnector`],
      config: { type: 'object', properties: { password: { type: 'string', format: 'secret' } } },
      open: (_config, ctx) => {
        this.opened++;
        return { task: ctx.task };
      },
      write: async ({ task }, { records, offsets }) => {
        this.writes++;
        const refused = (await this.beforeWrite?.(records)) ?? [];
        const isRefused = new Set(refused.map(({ index }) => index));
        // One step, as a transaction would be.
        for (const [index, { topic, partition, offset, key, value }] of records.entries()) {
          if (!isRefused.has(index)) this.rows.push({ topic, partition, offset, key, value, task });
        }
        if (keepsOffsets)
          for (const each of offsets) this.offsets.set(`${each.topic}/${each.partition}`, each);
        return refused;
      },
      close: () => {
        this.closed++;
      },
    });
    const own = {
      committedOffsets: (_handle: unknown, partitions: readonly { topic: string; partition: number }[]) =>
        Promise.resolve(
          partitions.flatMap(({ topic, partition }) => this.offsets.get(`${topic}/${partition}`) ?? []),
        ),
    };
    this.plugin = (keepsOffsets ? { ...plugin, ...own } : plugin) as unknown as DefinedSink;
  }

  /** Values by topic, partition and offset: the final table, whatever the order of writes. */
  table(): unknown[] {
    const order = (row: Row): string =>
      `${row.topic}/${row.partition}/${String(row.offset).padStart(10, '0')}`;
    return this.rows.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).map(({ value }) => value);
  }
}
