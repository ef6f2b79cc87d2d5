import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  type ConfigOf,
  type ConfigSchema,
  connectRecord,
  createContext,
  FatalError,
  type PartitionOffset,
  type RecordError,
  RetriableError,
  requirePluginConfig,
  type SinkBatch,
  type SinkContext,
  type SinkPlugin,
  type SinkRecord,
  type SourceBatch,
  type SourceContext,
  type SourcePlugin,
  type SourceRecord,
} from '../../runtime/plugin/index.ts';

/** A folder of its own for the running test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-connector-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A context that ends with the test. */
export function contextOf(
  options: { name?: string; signal?: AbortSignal } = {},
): SourceContext & SinkContext {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  return createContext({ connector: options.name ?? 'test', signal, log: silentLogger, clock: systemClock });
}

/** Reads at most `batchesMax` batches from a position on, as the runtime would after a restart. */
export async function readBatches<S extends ConfigSchema, P>(
  source: SourcePlugin<S, ConfigOf<S>, P>,
  raw: Readonly<Record<string, unknown>>,
  options: {
    position?: P | undefined;
    batchesMax?: number;
    partition?: { readonly [key: string]: string };
  } = {},
): Promise<SourceBatch<P>[]> {
  const config = requirePluginConfig(source, raw);
  const from = { partition: options.partition ?? {}, position: options.position };
  const batches: SourceBatch<P>[] = [];
  for await (const batch of source.read(config, from, contextOf())) {
    // A position is stored as JSON.
    batches.push({ ...batch, position: JSON.parse(JSON.stringify(batch.position)) as P });
    if (batches.length === options.batchesMax) break;
  }
  return batches;
}

/** The values of all records. */
export function valuesOf(batches: readonly SourceBatch<unknown>[]): unknown[] {
  return batches.flatMap(({ records }) => records.map(({ value }) => value));
}

/** What could not be read: the message and the bytes as text. */
export function unreadableOf(batches: readonly SourceBatch<unknown>[]): { error: string; raw: string }[] {
  return batches.flatMap(({ unreadable = [] }) =>
    unreadable.map(({ error, raw }) => ({ error: error.message, raw: Buffer.from(raw).toString() })),
  );
}

/** Makes consumed records of one partition, with offsets from `firstOffset` on. */
export function sinkRecords(
  records: readonly SourceRecord[],
  place: { topic?: string; partition?: number; firstOffset?: number } = {},
): SinkRecord[] {
  const { topic = 'orders', partition = 0, firstOffset = 0 } = place;
  return records.map((record, index) => ({
    ...connectRecord(record, topic),
    partition,
    offset: firstOffset + index,
  }));
}

/** A batch with the offsets behind its records. */
export function batchOf(records: readonly SinkRecord[]): SinkBatch {
  const offsets = new Map<string, PartitionOffset>();
  for (const { topic, partition, offset } of records) {
    offsets.set(`${topic}-${partition}`, { topic, partition, offset: offset + 1 });
  }
  return { records, offsets: [...offsets.values()] };
}

/** A record of a batch that a sink did not take. */
export interface Refusal {
  readonly index: number;
  readonly message: string;
}

/** An open sink as the runtime drives it. Closed with the test. */
export interface OpenSink {
  write(batch: SinkBatch): Promise<readonly RecordError[]>;
  /** Writes a batch, in halves when that fails, as under errors.tolerance=all. Returns what was refused: index and message. */
  deliver(batch: SinkBatch): Promise<readonly Refusal[]>;
  flush(): Promise<void>;
  committed(topic: string, partition?: number): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Opens a sink. */
export async function openSink<S extends ConfigSchema, H>(
  sink: SinkPlugin<S, ConfigOf<S>, H>,
  raw: Readonly<Record<string, unknown>>,
  name = 'test',
): Promise<OpenSink> {
  const ctx = contextOf({ name });
  const handle = await sink.open(requirePluginConfig(sink, raw), ctx);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await sink.close?.(handle);
    isOpen = false;
  };
  onTestFinished(close);
  const write = async (batch: SinkBatch) => (await sink.write(handle, batch, ctx)) ?? [];
  const deliver = async (batch: SinkBatch): Promise<Refusal[]> => {
    try {
      return (await write(batch)).map(({ index, message }) => ({ index, message }));
    } catch (error) {
      if (error instanceof RetriableError || error instanceof FatalError || batch.records.length === 1)
        throw error;
      const middle = batch.records.length >> 1;
      const first = await deliver(batchOf(batch.records.slice(0, middle)));
      const second = await deliver({ records: batch.records.slice(middle), offsets: batch.offsets });
      return [...first, ...second.map(({ index, message }) => ({ index: index + middle, message }))];
    }
  };
  return {
    write,
    deliver,
    flush: async () => sink.flush?.(handle, ctx),
    async committed(topic, partition = 0) {
      const offsets = await sink.committedOffsets?.(handle, [{ topic, partition }], ctx);
      return offsets?.find((offset) => offset.topic === topic && offset.partition === partition)?.offset;
    },
    close,
  };
}
