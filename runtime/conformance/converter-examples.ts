import { isDeepStrictEqual } from 'node:util';
import { openConverter, openHeaderConverter } from '../converters/index.ts';
import {
  type ConverterTest,
  type DefinedConverter,
  type DefinedHeaderConverter,
  describeSchema,
  type SchemaAndValue,
} from '../plugin/index.ts';
import { type ExampleCheck, require, show } from './check.ts';

const TOPIC = 'example';

/** The examples of a converter: to bytes, and back. */
export function converterExamples(plugin: DefinedConverter): readonly ExampleCheck[] {
  return (plugin.tests ?? []).map((example) => ({
    name: `example: ${example.name}`,
    run: async () => {
      const use = { isKey: example.isKey === true, signal: new AbortController().signal };
      const converter = await openConverter(plugin, example.config ?? {}, use);
      try {
        const subject = { topic: TOPIC, headers: [] };
        const bytes = await converter.fromConnectData(subject, example.schema, example.value);
        requireBytes(example, bytes);
        requireReads(example, await converter.toConnectData(subject, bytes));
      } finally {
        await converter.close();
      }
    },
  }));
}

/** The examples of a header converter: to bytes, and back. */
export function headerConverterExamples(plugin: DefinedHeaderConverter): readonly ExampleCheck[] {
  return (plugin.tests ?? []).map((example) => ({
    name: `example: ${example.name}`,
    run: async () => {
      const converter = openHeaderConverter(plugin, example.config ?? {}, new AbortController().signal);
      try {
        const header = { key: 'header', schema: example.schema, value: example.value };
        const bytes = converter.fromConnectHeader(TOPIC, header);
        requireBytes(example, bytes);
        requireReads(example, converter.toConnectHeader(TOPIC, header.key, bytes));
      } finally {
        converter.close();
      }
    },
  }));
}

function requireBytes({ text }: ConverterTest, bytes: Uint8Array | null): void {
  if (text === undefined) return;
  const actual = bytes === null ? null : Buffer.from(bytes).toString();
  require(actual === text, `the bytes of ${show(text)}`, `they are those of ${show(actual)}`);
}

function requireReads({ reads, schema, value }: ConverterTest, actual: SchemaAndValue): void {
  const expected = reads ?? { schema, value };
  require(isDeepStrictEqual(actual.value, expected.value), `${show(expected.value)} to come back`, () =>
    `${show(actual.value)} did`);
  const [wanted, found] = [expected.schema, actual.schema].map((each) =>
    each === undefined ? 'no schema' : describeSchema(each),
  );
  require(wanted === found, `${wanted} to come back as schema`, `${found} did`);
}
