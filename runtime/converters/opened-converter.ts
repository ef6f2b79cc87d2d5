import type { RecordContent } from '../../kafka/records/index.ts';
import type { Header, Schema, SchemaAndValue, Value } from '../data/index.ts';
import {
  type ConverterSubject,
  type DefinedConverter,
  type DefinedHeaderConverter,
  type RawConfig,
  requirePluginConfig,
} from '../plugin/index.ts';

/** A converter with its configuration, ready to use. */
export interface OpenedConverter {
  /** Whether {@link fromConnectData} wants a way to add headers. */
  readonly addsHeaders: boolean;
  fromConnectData(
    subject: ConverterSubject,
    schema: Schema | undefined,
    value: Value,
  ): Uint8Array | null | Promise<Uint8Array | null>;
  /** As {@link fromConnectData}, but may be the text of which the bytes are the UTF-8. */
  toContent(
    subject: ConverterSubject,
    schema: Schema | undefined,
    value: Value,
  ): RecordContent | Promise<RecordContent>;
  toConnectData(
    subject: ConverterSubject,
    bytes: Uint8Array | null,
  ): SchemaAndValue | Promise<SchemaAndValue>;
  close(): Promise<void>;
}

/** A header converter with its configuration, ready to use. */
export interface OpenedHeaderConverter {
  fromConnectHeader(topic: string, header: Header): Uint8Array | null;
  toConnectHeader(topic: string, key: string, bytes: Uint8Array | null): SchemaAndValue;
  close(): void;
}

/**
 * Configures a key or value converter. `raw`: its keys without the prefix `key.converter.`; keys it does not know are left
 * out, because Kafka passes every converter the worker's too. Throws ConfigError.
 */
export async function openConverter(
  plugin: DefinedConverter,
  raw: RawConfig,
  use: { readonly isKey: boolean; readonly signal: AbortSignal },
): Promise<OpenedConverter> {
  const config = requirePluginConfig(plugin, knownKeys(plugin, raw, use.isKey ? 'key' : 'value'));
  const handle = await plugin.open(config, use);
  // Looked up once: a plugin that is loaded when it is used answers through a proxy.
  const fromConnectData = plugin.fromConnectData.bind(plugin);
  const toConnectData = plugin.toConnectData.bind(plugin);
  const addsHeaders = plugin.addsHeaders?.(config, use.isKey) ?? false;
  // Text goes without a subject, to which headers could be added.
  const toText = addsHeaders ? undefined : plugin.toText?.bind(plugin);
  return {
    addsHeaders,
    fromConnectData: (subject, schema, value) => fromConnectData(handle, subject, schema, value),
    toContent: (subject, schema, value) => {
      const text = toText?.(handle, schema, value);
      return text === undefined ? fromConnectData(handle, subject, schema, value) : text;
    },
    toConnectData: (subject, bytes) => toConnectData(handle, subject, bytes),
    close: async () => plugin.close?.(handle),
  };
}

/** Configures a header converter, as {@link openConverter} does. */
export function openHeaderConverter(
  plugin: DefinedHeaderConverter,
  raw: RawConfig,
  signal: AbortSignal,
): OpenedHeaderConverter {
  const config = requirePluginConfig(plugin, knownKeys(plugin, raw, 'header'));
  const handle = plugin.open(config, { isKey: false, signal });
  return {
    fromConnectHeader: (topic, header) => plugin.fromConnectHeader(handle, topic, header),
    toConnectHeader: (topic, key, bytes) => plugin.toConnectHeader(handle, topic, key, bytes),
    close: () => plugin.close?.(handle),
  };
}

function knownKeys(
  { config }: Pick<DefinedConverter, 'config'>,
  raw: RawConfig,
  type: 'key' | 'value' | 'header',
): RawConfig {
  const names = Object.keys(config.properties);
  const isKnown = (key: string): boolean =>
    config.passUnknown === true || names.some((name) => key === name || key.startsWith(`${name}.`));
  const known = Object.fromEntries(Object.entries(raw).filter(([key]) => isKnown(key)));
  return names.includes('converter.type') ? { ...known, 'converter.type': type } : known;
}
