import fc from 'fast-check';
import { expect, test } from 'vitest';
import { workerSettings } from '../../../runtime/config/index.ts';
import {
  connectorProblems,
  formatProblem,
  isConnectorFile,
  PipelineError,
  readConnectorFile,
} from '../../../runtime/pipelines/index.ts';
import { parseJsonTree } from '../../../runtime/pipelines/json-tree.ts';
import { registryOf } from '../herder/cluster.ts';
import { CountingSource } from '../herder/memory-plugins.ts';

const read = (text: string, file = 'c.json') =>
  readConnectorFile(file, text).map(({ name, config, target }) => ({ name, config, target }));

function problems(text: string, file = 'c.json'): string {
  try {
    readConnectorFile(file, text);
  } catch (error) {
    if (error instanceof PipelineError) return error.message;
    throw error;
  }
  return '';
}

const config = { 'connector.class': 'counting', topic: 't' };
const plain = { name: 'a', config: { ...config, name: 'a' }, target: undefined };

test('a connector is the body of POST /connectors, a flat config, a list of either, an answer of a worker, or properties', () => {
  expect(read(JSON.stringify({ name: 'a', config }))).toEqual([plain]);
  expect(read(JSON.stringify({ name: 'a', ...config }))).toEqual([plain]);
  expect(read(JSON.stringify({ config: { name: 'a', ...config } }))).toEqual([plain]);
  const other = { name: 'b', config: { ...config, name: 'b' }, target: undefined };
  expect(
    read(
      JSON.stringify([
        { name: 'a', config },
        { name: 'b', ...config },
      ]),
    ),
  ).toEqual([plain, other]);
  const info = (name: string) => ({
    info: { name, config: { ...config, name }, tasks: [], type: 'source' },
    status: {},
  });
  expect(read(JSON.stringify({ a: info('a'), b: info('b') }))).toEqual([plain, other]);
  const properties = '# a source\nname=a\nconnector.class = counting \ntopic: t\n';
  expect(read(properties, 'c.properties')).toEqual([plain]);
  expect(read(properties, 'any-name')).toEqual([plain]);
});

test('numbers keep their text, states their meaning', () => {
  const text =
    '{"name": "a", "initial_state": "paused", "config": {"n": 1.10, "big": 12345678901234567890, "yes": true}}';
  expect(read(`\ufeff${text}`)).toEqual([
    {
      name: 'a',
      config: { n: '1.10', big: '12345678901234567890', yes: 'true', name: 'a' },
      target: 'PAUSED',
    },
  ]);
});

test('what is wrong is told in a sentence with its place', () => {
  expect(problems('{"name": "a",\n  "config": {"topic": "t" "x": 1}}')).toBe(
    'c.json:2:27: Here there is "\\"", and JSON has "," or "}" at this place.',
  );
  expect(problems('{"name": "a"')).toBe(
    'c.json:1:13: Here the file ends, and JSON has "," or "}" at this place.',
  );
  expect(problems('{"a": 1,\r\n"a": 2}')).toBe('c.json:2:1: "a" is there twice.');
  expect(problems('{"name": "a", "config": {"x": null, "y": [1]}}')).toBe(
    'c.json:1:31: "x" is null: leave it out, or give it a value.\n' +
      'c.json:1:42: "y" must be a text, a number or a boolean.',
  );
  expect(problems('[{"name": "a", "config": {"name": "b"}}]')).toBe(
    'c.json:1:35: The config names the connector "b", and "name" is "a".',
  );
  expect(problems('[{"config": {}}]')).toMatch(/^c\.json:1:2: The connector has no "name"\. A connector is /);
  expect(problems('["a"]')).toMatch(/^c\.json:1:2: This is no connector\./);
  expect(problems('{"name": "a", "initial_state": "OFF", "config": {}}')).toBe(
    'c.json:1:32: "initial_state" is RUNNING, PAUSED or STOPPED.',
  );
  expect(problems('connector.class=x', 'c.properties')).toBe(
    'c.properties:1:1: The connector has no name: add name=...',
  );
  expect(problems(`${'['.repeat(200)}`)).toBe('c.json:1:102: Values are nested more than 100 deep.');
});

test('a pipeline may be written in JSON, and is no connector', () => {
  expect(isConnectorFile('p.json', '{"name": "p", "source": {"connector": "csv"}}')).toBe(false);
  expect(isConnectorFile('p.yaml', '{"name": "p", "config": {}}')).toBe(false);
  expect(isConnectorFile('c.json', '{"name": "p", "config": {}}')).toBe(true);
  expect(isConnectorFile('c.json', 'no json')).toBe(true);
  expect(isConnectorFile('c.properties', '')).toBe(true);
});

test('a config is checked against its connector, each problem at its key; a value with a reference is not known yet', () => {
  const context = { plugins: registryOf([new CountingSource().plugin]), worker: workerSettings({}) };
  const check = (text: string) =>
    readConnectorFile('c.json', text)
      .flatMap((each) => connectorProblems(each, context))
      .map(formatProblem);
  expect(check('{"name": "a", "connector.class": "counting", "topic": "t"}')).toEqual([]);
  expect(
    check('{"name": "a",\n "connector.class": "counting", "topic": "t",\n "errors.tolerance": "some"}'),
  ).toEqual([
    'c.json:3:22: Invalid value some for configuration errors.tolerance: String must be one of: none, all',
  ]);
  expect(
    check('{"name": "a", "connector.class": "counting", "topic": "t", "tasks.max": "${env:TASKS}"}'),
  ).toEqual([]);
  expect(check('{"name": "a", "connector.class": "Nope"}')).toEqual([
    'c.json:1:34: Failed to find any class that implements Connector and which name matches Nope. Known are counting.',
  ]);
  expect(check('{"name": "a", "topic": "t"}')).toEqual([
    'c.json:1:1: Missing required configuration "connector.class" which has no default value.',
  ]);
});

test('JSON is read exactly when JSON.parse reads it, keys that come twice apart', () => {
  const values = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.string(),
    fc.json().map((text) => text.slice(0, -1)),
  );
  fc.assert(
    fc.property(values, (text) => {
      const isRead = (parse: (text: string) => unknown): boolean => {
        try {
          parse(text);
          return true;
        } catch {
          return false;
        }
      };
      expect(isRead(parseJsonTree)).toBe(isRead(JSON.parse));
    }),
  );
});
