import type { Header, Schema, SchemaAndValue, Value } from '../data/index.ts';
import type { ConfigOf, ConfigSchema } from './config-schema.ts';

/** How and where a converter is used. */
export interface ConverterUse {
  readonly isKey: boolean;
  /** Aborted at shutdown. */
  readonly signal: AbortSignal;
}

/** A record's bytes with the topic and headers they came with or go to. */
export interface ConverterSubject {
  readonly topic: string;
  readonly headers: readonly Header[];
  /** The record's headers as bytes, when it has any. Only for {@link ConverterPlugin.toConnectData}. */
  readonly recordHeaders?: readonly { readonly key: string; readonly value: Uint8Array | null }[] | undefined;
  /** Adds a header to the record. Only for plugins that say so with {@link ConverterPlugin.addsHeaders}. */
  readonly addHeader?: ((key: string, value: Uint8Array | null) => void) | undefined;
}

/**
 * A plugin that translates between Connect's data and bytes. Answers at once when it can and with a promise only when it
 * has to wait, for a registry say: nothing is awaited per record.
 */
export interface ConverterPlugin<S extends ConfigSchema = ConfigSchema, C = ConfigOf<S>, H = unknown> {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Other names that `key.converter` and `value.converter` may have, Java class names among them. */
  readonly aliases?: readonly string[];
  readonly config: S;
  /** Rules between keys. Throws `ConfigError`. No I/O. */
  validate?(config: C): void;
  open(config: C, use: ConverterUse): Promise<H> | H;
  /** Whether, with this config, records get headers from the converter. No by default. */
  addsHeaders?(config: C, isKey: boolean): boolean;
  /** Data to bytes. Null is a tombstone. Throws DataError when the value does not fit. The result is the caller's. */
  fromConnectData(
    handle: H,
    subject: ConverterSubject,
    schema: Schema | undefined,
    value: Value,
  ): Uint8Array | null | Promise<Uint8Array | null>;
  /**
   * For converters whose bytes are UTF-8 text: the text that {@link fromConnectData} gives the bytes of. Asked instead of it,
   * which is cheaper, unless the converter adds headers. Undefined: not with this config.
   */
  toText?(handle: H, schema: Schema | undefined, value: Value): string | null | undefined;
  /** Bytes to data. Throws DataError when the bytes are not what the converter reads. May keep `bytes`. */
  toConnectData(
    handle: H,
    subject: ConverterSubject,
    bytes: Uint8Array | null,
  ): SchemaAndValue | Promise<SchemaAndValue>;
  close?(handle: H): Promise<void> | void;
  /** Values that go to bytes and back; `millrace plugin test` and `conformance` try them. */
  readonly tests?: readonly ConverterTest[];
}

/** An example of a converter that is also a test: a value becomes bytes, and these become the same value again. */
export interface ConverterTest {
  readonly name: string;
  /** As a user would write it. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Default: a value. */
  readonly isKey?: boolean;
  readonly schema?: Schema | undefined;
  readonly value: Value;
  /** What the bytes are as UTF-8; null: none. Left out: they may be anything. */
  readonly text?: string | null;
  /** What is read, when that is not the same. */
  readonly reads?: SchemaAndValue;
}

/** A plugin that translates record headers. Synchronous. */
export interface HeaderConverterPlugin<S extends ConfigSchema = ConfigSchema, C = ConfigOf<S>, H = unknown> {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly config: S;
  validate?(config: C): void;
  open(config: C, use: ConverterUse): H;
  fromConnectHeader(handle: H, topic: string, header: Header): Uint8Array | null;
  toConnectHeader(handle: H, topic: string, key: string, bytes: Uint8Array | null): SchemaAndValue;
  close?(handle: H): void;
  /** Header values that go to bytes and back; `millrace plugin test` and `conformance` try them. */
  readonly tests?: readonly ConverterTest[];
}
