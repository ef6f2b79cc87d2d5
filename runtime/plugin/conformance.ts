import type { ConnectRecord, SourceRecord } from '../data/index.ts';
import type { DefinedSink, DefinedSource, Plugin } from './define.ts';
import type { SinkPlugin } from './sink.ts';
import type { SourcePlugin } from './source.ts';

/** A connector's config as a user writes it in flat form, without the keys of the runtime. */
export type FlatConfig = Readonly<Record<string, string | number | boolean>>;

/** What one check has for itself. */
export interface ConformancePlace {
  /** An empty folder; removed after the check. */
  readonly folder: string;
  /** The topic that the records go to, or come from. */
  readonly topic: string;
}

/** What the descriptions of sources and sinks have in common. `W` is whatever `prepare` returns: the outside world. */
interface Description<W> {
  /**
   * URL of the module that exports the plugin: `import.meta.resolve('./index.ts')`. It is loaded by a process of its own,
   * which is killed.
   */
  readonly module: string;
  /** Makes an outside world for one check: a file, a table, a server. */
  prepare(place: ConformancePlace): W | Promise<W>;
  /** A valid config. Batches of at most 10 records and short waits make the checks quick and sharp. */
  config(world: W, place: ConformancePlace): FlatConfig;
  /**
   * Further keys for the check of secrets, each entry being tried alone: together with `config` they should give a value to
   * every key of format `secret`. `${canary}` stands for the value that must not be seen again.
   */
  readonly secrets?: readonly FlatConfig[];
  /** From now on the outside world refuses everything: for what the connector says then. */
  break?(world: W): void | Promise<void>;
  /** Takes the outside world down. */
  close?(world: W): void | Promise<void>;
  /** Checks that make no sense here, by the first word of their name, with the reason: `{ 'back-pressure': 'it has no ...' }`. */
  readonly notApplicable?: Readonly<Record<string, string>>;
}

/** How the conformance kit exercises a source. Rows are numbers; each becomes one record. */
export interface SourceConformance<W = unknown> extends Description<W> {
  readonly kind: 'source-conformance';
  readonly plugin: DefinedSource;
  /** Adds the rows `first` to `first + count - 1`, behind those that are there. */
  write(world: W, first: number, count: number): void | Promise<void>;
  /** Which row a record came from. */
  rowOf(record: ConnectRecord): number;
  /** Rows with the same answer must arrive in order. Default: all of them. */
  streamOf?(row: number): string;
  /** Adds something behind the rows that cannot become a record. */
  poison?(world: W): void | Promise<void>;
  /** Rows that are added from now on have another shape. */
  changeSchema?(world: W): void | Promise<void>;
  /** How many rows have left the outside world: for sources that fetch. Others are judged by the memory that they take. */
  taken?(world: W): number;
}

/** A record for a sink, before it has a place in a topic. */
export type SinkInput = Pick<SourceRecord, 'key' | 'keySchema' | 'value' | 'valueSchema' | 'headers'>;

/** A row as the outside world has it. */
export interface WrittenRow {
  readonly row: number;
  /** Undefined when the world does not keep it. */
  readonly text?: string | undefined;
}

/** How the conformance kit exercises a sink. */
export interface SinkConformance<W = unknown> extends Description<W> {
  readonly kind: 'sink-conformance';
  readonly plugin: DefinedSink;
  /** A record with a number and a text that {@link SinkConformance.read} finds again. */
  record(row: number, text: string): SinkInput;
  /** All rows in the outside world, in the order in which they were written, repetitions included. */
  read(world: W): readonly WrittenRow[] | Promise<readonly WrittenRow[]>;
  /** Whether a record that comes again leaves no second row: the sink writes by key, or by topic, partition and offset. */
  readonly isIdempotent?: boolean;
  /** A record that the sink has to refuse. */
  poison?(row: number): SinkInput;
  /** A record without value. */
  tombstone?(row: number): SinkInput;
  /** As `record`, of a later schema: a field more. */
  change?(row: number, text: string): SinkInput;
  /** The next `times` attempts to write fail, those after them succeed. */
  fail?(world: W, times: number): void | Promise<void>;
}

/** What {@link describeSource} and {@link describeSink} make. */
export type Conformance = SourceConformance | SinkConformance;

/** Says how a source is exercised by the conformance kit. Export it from `conformance.ts`. */
export function describeSource<W>(
  description: Omit<SourceConformance<W>, 'kind' | 'plugin'> & {
    readonly plugin: Pick<SourcePlugin, 'name'> & { readonly kind: 'source' };
  },
): SourceConformance {
  const plugin = description.plugin as Plugin as DefinedSource;
  return { ...description, plugin, kind: 'source-conformance' } as SourceConformance<W> as SourceConformance;
}

/** Says how a sink is exercised by the conformance kit. Export it from `conformance.ts`. */
export function describeSink<W>(
  description: Omit<SinkConformance<W>, 'kind' | 'plugin'> & {
    readonly plugin: Pick<SinkPlugin, 'name'> & { readonly kind: 'sink' };
  },
): SinkConformance {
  const plugin = description.plugin as Plugin as DefinedSink;
  return { ...description, plugin, kind: 'sink-conformance' } as SinkConformance<W> as SinkConformance;
}

/** True for what {@link describeSource} and {@link describeSink} made. */
export function isConformance(value: unknown): value is Conformance {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'source-conformance' || value.kind === 'sink-conformance';
}
