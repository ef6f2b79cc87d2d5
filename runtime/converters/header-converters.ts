import { type Header, parseHeaderValue, type SchemaAndValue, schemas, valueToText } from '../data/index.ts';
import {
  type DefinedConverter,
  type DefinedHeaderConverter,
  defineHeaderConverter,
  PluginError,
} from '../plugin/index.ts';

/** Connect's SimpleHeaderConverter: values as text, with the type inferred from the text when read. */
export const simpleHeaderConverter = defineHeaderConverter({
  name: 'simple',
  version: '1.0.0',
  description: 'Text; numbers, dates, lists and maps are recognised when read.',
  aliases: ['org.apache.kafka.connect.storage.SimpleHeaderConverter'],
  config: { type: 'object', properties: {} },
  open: () => ({}),
  fromConnectHeader: (_handle, _topic, { schema, value }) =>
    value === null || value === undefined ? null : Buffer.from(valueToText(schema, value)),
  toConnectHeader: (_handle, _topic, _key, bytes): SchemaAndValue =>
    bytes === null ? { schema: undefined, value: null } : readText(Buffer.from(bytes).toString('utf8')),
});

function readText(text: string): SchemaAndValue {
  try {
    return parseHeaderValue(text);
  } catch {
    return { schema: schemas.string(), value: text };
  }
}

const noHeaders: readonly Header[] = [];

/** A converter that answers at once, as header converter: Kafka's own converters are both. */
export function asHeaderConverter(converter: DefinedConverter): DefinedHeaderConverter {
  const { name, version, description = '', aliases = [], config } = converter;
  return defineHeaderConverter({
    name,
    version,
    description,
    aliases,
    config,
    open: (parsed, use) => atOnce(name, converter.open(parsed, use)),
    fromConnectHeader: (handle, topic, { schema, value }) =>
      atOnce(name, converter.fromConnectData(handle, { topic, headers: noHeaders }, schema, value)),
    toConnectHeader: (handle, topic, _key, bytes) =>
      atOnce(name, converter.toConnectData(handle, { topic, headers: noHeaders }, bytes)),
  });
}

function atOnce<T>(name: string, answer: T | Promise<T>): T {
  if (answer instanceof Promise)
    throw new PluginError(`The converter '${name}' cannot be used for headers: it has to wait.`);
  return answer;
}
