import type { ConnectRecord } from '../data/index.ts';
import type { ConfigOf, ConfigSchema } from './config-schema.ts';
import type { PluginContext } from './context.ts';

/** What a transform makes of one record: one, several, or none (null). */
export type Transformed = ConnectRecord | readonly ConnectRecord[] | null;

/**
 * A plugin that changes records one by one, synchronously. `H` is what `open` returns, or the config when there is no
 * `open`. Cache work that depends on the schema by the schema's identity, in a WeakMap made by `open`.
 */
export interface TransformPlugin<S extends ConfigSchema = ConfigSchema, C = ConfigOf<S>, H = C> {
  /** kebab-case or a class name, unique among the transforms. */
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Other names that `transforms.<alias>.type` may have, Java class names among them. */
  readonly aliases?: readonly string[];
  readonly config: S;
  /** Rules between keys. Throws `ConfigError`. No I/O. */
  validate?(config: C): void;
  open?(config: C, ctx: PluginContext): Promise<H> | H;
  /** Must not change `record` or what it holds: use `newRecord`. Throwing makes it a failed record. */
  map(record: ConnectRecord, handle: H, ctx: PluginContext): Transformed;
  close?(handle: H): Promise<void> | void;
  /** Examples that say what the transform does; `millrace plugin test` and `conformance` run them. */
  readonly tests?: readonly TransformTest[];
}

/** An example that is also a test: parts of records, compared by what `expect` names. */
export interface TransformTest {
  readonly name: string;
  /** As a user would write it. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly input: Partial<ConnectRecord>;
  readonly expect:
    | Partial<ConnectRecord>
    | readonly Partial<ConnectRecord>[]
    | null
    | { readonly error: RegExp };
}

/** A plugin that says which records a transform applies to. */
export interface PredicatePlugin<S extends ConfigSchema = ConfigSchema, C = ConfigOf<S>, H = C> {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly config: S;
  /** Rules between keys. Throws `ConfigError`. No I/O. */
  validate?(config: C): void;
  open?(config: C, ctx: PluginContext): Promise<H> | H;
  /** Must not change `record`. Throwing makes it a failed record. */
  test(record: ConnectRecord, handle: H): boolean;
  close?(handle: H): Promise<void> | void;
  /** Examples that say what the predicate does; `millrace plugin test` and `conformance` run them. */
  readonly tests?: readonly PredicateTest[];
}

/** An example of a predicate that is also a test. */
export interface PredicateTest {
  readonly name: string;
  /** As a user would write it. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly input: Partial<ConnectRecord>;
  readonly expect: boolean;
}
