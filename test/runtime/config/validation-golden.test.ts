import { describe, expect, test } from 'vitest';
import { findConnector, validateConnector, workerSettings } from '../../../runtime/config/index.ts';
import { defineSink, defineSource, type Plugin } from '../../../runtime/plugin/index.ts';
import { readVectors } from '../golden/vectors.ts';
import { registryOf } from '../herder/cluster.ts';

/** Kafka's file connectors, as far as validation sees them. */
const file = { type: 'string', importance: 'HIGH' } as const;
const fileSource = defineSource({
  name: 'golden-file',
  version: '4.4.0',
  aliases: ['org.apache.kafka.connect.file.FileStreamSourceConnector'],
  config: {
    type: 'object',
    required: ['topic'],
    properties: {
      file,
      topic: { type: 'string', minLength: 1, importance: 'HIGH' },
      'batch.size': { type: 'integer', default: 2000, importance: 'LOW' },
    },
  },
  // biome-ignore lint/correctness/useYield: a source without records.
  async *read() {
    return;
  },
}) as unknown as Plugin;
const fileSink = defineSink({
  name: 'golden-file',
  version: '4.4.0',
  aliases: ['org.apache.kafka.connect.file.FileStreamSinkConnector'],
  config: { type: 'object', properties: { file } },
  open: () => undefined,
  write: () => Promise.resolve(),
}) as unknown as Plugin;

const plugins = registryOf([fileSource, fileSink]);
const worker = workerSettings({});

interface Info {
  readonly definition: Record<string, unknown> & { readonly name: string };
  readonly value: Record<string, unknown> & { readonly name: string; readonly errors: readonly string[] };
}

interface Infos {
  readonly name: string;
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly Info[];
}

const vectors = readVectors('connect/config-validate.jsonl')
  .filter(({ kind }) => kind === 'validate')
  .map((vector) => ({
    props: vector['props'] as Record<string, string | null>,
    body: String(vector['body']),
  }))
  .filter(({ body }) => body.startsWith('{'));

/** A null value is refused by the herder, before the part of it that the vectors were taken from; and what is only Java's. */
const isComparable = ({ props }: { readonly props: Record<string, string | null> }): boolean =>
  !Object.values(props).includes(null) && props['value.converter'] !== 'java.lang.String';

describe.runIf(vectors.length > 0)('validation answers what Kafka Connect answers', () => {
  test.each(
    vectors.filter(isComparable).map(({ props, body }) => [JSON.stringify(props), props, body] as const),
  )('%s', (_name, props, body) => {
    const plugin = findConnector(plugins, props);
    if (plugin === undefined) throw new Error('no such connector');
    const actual = comparable(
      JSON.parse(JSON.stringify(validateConnector(plugin, props, { plugins, worker }))),
    );
    expect(actual).toEqual(comparable(JSON.parse(body)));
  });
});

/** Messages that go on in the words of Java's own classes. */
const javaText = /^.*(Invalid regex|Invalid type found in casting spec).*$/s;

/** Without texts of our own, versions of built-in plugins, and lists of what is installed. */
function comparable(infos: Infos) {
  return {
    ...infos,
    configs: infos.configs
      .map(({ definition, value }) => ({
        definition: {
          ...definition,
          documentation: '*',
          // Java's order of a transform's keys is that of a hash table.
          ...(definition.name.startsWith('transforms.') && { order_in_group: 0 }),
          ...(definition.name.endsWith('.plugin.version') && { default_value: '*' }),
        },
        value: {
          ...value,
          ...(definition.name.endsWith('.plugin.version') && { value: '*' }),
          recommended_values: '*',
          errors: value.errors.map((error) => error.replace(javaText, '$1')),
        },
      }))
      .toSorted((a, b) => (a.value.name < b.value.name ? -1 : 1)),
  };
}
