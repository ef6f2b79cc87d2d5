import { afterAll, describe, expect, test } from 'vitest';
import { builtInConverters } from '../../../runtime/converters/index.ts';
import { classNameOf, configKeys, type Plugin } from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import { builtInTransforms } from '../../../runtime/transforms/index.ts';
import type { JsonFields } from '../golden/typed-values.ts';
import { readVectors, Tally } from '../golden/vectors.ts';

const vectors = readVectors('connect/config-validate.jsonl').filter(({ kind }) => kind === 'plugin.config');
const plugins = [...builtInTransforms, ...builtInPredicates, ...builtInConverters];
const tally = new Tally();
afterAll(() => tally.print('connect plugin configs'));

describe.runIf(vectors.length > 0)('the REST API shows the keys that Kafka Connect shows', () => {
  test.each(vectors.map((vector): [string, JsonFields] => [String(vector['plugin']), vector]))(
    '%s',
    (name, vector) => {
      const plugin = plugins.find((candidate) => classNameOf(candidate) === name);
      if (plugin === undefined)
        return tally.notApplicable('plugin.config', "keys of connectors are the worker's");
      expect(keysOf(plugin)).toEqual(JSON.parse(String(vector['body'])));
      tally.pass('plugin.config');
    },
  );
});

/** Documentation is our own text. */
function keysOf(plugin: Plugin): object[] {
  return configKeys(plugin.config).map((key) => {
    expect(key.documentation).not.toBe('');
    return { ...key, documentation: '*' };
  });
}
