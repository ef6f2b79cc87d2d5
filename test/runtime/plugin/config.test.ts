import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  type ConfigSchema,
  configKeys,
  parsePluginConfig,
  requirePluginConfig,
  Secret,
  validateConfig,
} from '../../../runtime/plugin/index.ts';

const schema = {
  type: 'object',
  required: ['topic', 'auth'],
  properties: {
    topic: { type: 'string', minLength: 1, description: 'Where to write.' },
    'batch.size': { type: 'integer', default: 2000, minimum: 1, importance: 'LOW' },
    'max.bytes': { type: 'string', format: 'bytes', default: '1MiB', configType: 'LONG' },
    poll: { type: 'string', format: 'duration', default: '500ms', configType: 'LONG' },
    ratio: { type: 'number', default: 1, maximum: 2 },
    follow: { type: 'boolean', default: false },
    mode: { type: 'string', enum: ['insert', 'upsert'], ignoreCase: true, default: 'insert' },
    columns: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
    pattern: { type: 'string', format: 'regex' },
    url: { type: 'string', format: 'uri' },
    headers: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
    auth: {
      type: 'object',
      required: ['user'],
      properties: { user: { type: 'string' }, password: { type: 'string', format: 'secret' } },
    },
  },
} as const satisfies ConfigSchema;

const minimal = { topic: 't', 'auth.user': 'me' };
const messagesOf = (raw: Readonly<Record<string, unknown>>) =>
  parsePluginConfig(schema, { ...minimal, ...raw }).problems.map(({ message }) => message);

describe('reading a configuration', () => {
  test('text of a flat configuration becomes what the schema says', () => {
    const { config, problems } = parsePluginConfig(schema, {
      ...minimal,
      'auth.password': 'hunter2',
      'batch.size': ' 10 ',
      'max.bytes': '64KB',
      poll: '1.5s',
      ratio: '5e-1',
      follow: 'TRUE',
      mode: 'UPSERT',
      columns: ' a , b ',
      'headers.X-Trace.id': '1',
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      'batch.size': 10,
      'max.bytes': 64_000,
      poll: 1500,
      ratio: 0.5,
      follow: true,
      mode: 'upsert',
      columns: ['a', 'b'],
      headers: { 'X-Trace.id': '1' },
      auth: { user: 'me' },
    });
    expect(config.auth.password?.reveal()).toBe('hunter2');
  });

  test('typed nested values say the same, and flat names may be nested', () => {
    const { config, problems } = parsePluginConfig(schema, {
      topic: 't',
      auth: { user: 'me' },
      batch: { size: 10 },
      poll: 1500,
      columns: ['a', 'b'],
      headers: { a: 'x' },
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ 'batch.size': 10, poll: 1500, columns: ['a', 'b'], headers: { a: 'x' } });
  });

  test('flat and nested keys of one group come together', () => {
    const { config, problems } = parsePluginConfig(schema, {
      topic: 't',
      'auth.password': 'p',
      auth: { user: 'me' },
    });
    expect(problems).toEqual([]);
    expect(config.auth.user).toBe('me');
    expect(config.auth.password?.reveal()).toBe('p');
  });

  test('defaults are filled in and parsed, null is absent', () => {
    const { config } = parsePluginConfig(schema, { ...minimal, poll: null });
    expect(config).toEqual({
      topic: 't',
      'batch.size': 2000,
      'max.bytes': 1_048_576,
      poll: 500,
      ratio: 1,
      follow: false,
      mode: 'insert',
      headers: {},
      auth: { user: 'me' },
    });
  });

  test('limits themselves are allowed', () => {
    expect(messagesOf({ 'batch.size': 1, ratio: 2, columns: ['a'] })).toEqual([]);
  });

  test('values are trimmed, and a delimiter of blanks alone is kept', () => {
    const delimiter = { type: 'string', keepsBlanks: true } as const;
    const blanks = { type: 'object', properties: { delimiter, prefix: { type: 'string' } } } as const;
    const read = (raw: Record<string, string>) => parsePluginConfig(blanks, raw).config;
    expect(read({ delimiter: '\t', prefix: '\t' })).toEqual({ delimiter: '\t', prefix: '' });
    expect(read({ delimiter: ' ; ', prefix: '\u0001x\u00a0' })).toEqual({
      delimiter: ';',
      prefix: 'x\u00a0',
    });
  });

  test('every problem is reported at once', () => {
    const { problems } = parsePluginConfig(schema, { 'batch.size': 'x', poll: 'soon', tpoic: 't' });
    expect(problems.map(({ key }) => key)).toEqual(['topic', 'batch.size', 'poll', 'auth.user', 'tpoic']);
    expect(problems.at(-1)).toMatchObject({ isUnknownKey: true, hint: 'Did you mean "topic"?' });
  });

  test.each([
    [{ topic: '' }, 'Invalid value  for configuration topic: String must be non-empty'],
    [{ 'batch.size': '1.5' }, 'Invalid value 1.5 for configuration batch.size: Not a number of type INT'],
    [
      { 'batch.size': '9999999999' },
      'Invalid value 9999999999 for configuration batch.size: Not a number of type INT',
    ],
    [{ 'batch.size': 0 }, 'Invalid value 0 for configuration batch.size: Value must be at least 1'],
    [{ ratio: 3 }, 'Invalid value 3 for configuration ratio: Value must be no more than 2'],
    [{ ratio: 'x' }, 'Invalid value x for configuration ratio: Not a number of type DOUBLE'],
    [
      { follow: 'yes' },
      'Invalid value yes for configuration follow: Expected value to be either true or false',
    ],
    [
      { mode: 'x' },
      'Invalid value x for configuration mode: String must be one of (case insensitive): INSERT, UPSERT',
    ],
    [{ columns: '' }, "Configuration 'columns' must not be empty. Valid values include: any non-empty value"],
    [{ columns: 'a,a' }, "Configuration 'columns' values must not be duplicated."],
    [{ columns: 'a,' }, "Configuration 'columns' values must not be empty."],
    [
      { url: 'nowhere' },
      'Invalid value nowhere for configuration url: Expected a URL such as http://host:8080/path',
    ],
    [{ auth: 'x' }, 'Invalid value x for configuration auth: Expected a group of keys.'],
    [{ topic: { a: 1 } }, 'Invalid value {"a":1} for configuration topic: Expected value to be a string'],
  ])('%j: %s', (raw, message) => {
    expect(messagesOf(raw)).toContain(message);
  });

  test('a pattern that needs backtracking is refused with the reason', () => {
    expect(messagesOf({ pattern: '(?=a)b' })[0]).toContain('no look-around');
    expect(messagesOf({ pattern: '(a' })[0]).toContain('Invalid regex');
  });

  test('a key without a close relative lists what is known', () => {
    const [problem] = parsePluginConfig(schema, { ...minimal, 'auth.zzz': '1' }).problems;
    expect(problem).toMatchObject({ key: 'auth.zzz', hint: 'Known here: auth.user, auth.password.' });
  });

  test('names that JavaScript objects inherit are unknown keys', () => {
    const { problems, config } = parsePluginConfig(
      schema,
      JSON.parse('{"topic":"t","auth.user":"u","__proto__":"x","constructor":"y"}'),
    );
    expect(problems.map(({ key }) => key)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(config)).toBe(Object.prototype);
  });

  test('unknown keys may be passed on', () => {
    const open = { type: 'object', properties: {}, passUnknown: true } as const;
    expect(parsePluginConfig(open, { a: 1 })).toEqual({ config: { a: 1 }, problems: [] });
  });
});

describe('requiring a configuration', () => {
  test('all problems are in one error, unknown keys are ignored', () => {
    expect(() => requirePluginConfig({ config: schema }, { unknown: 1, ratio: 5 })).toThrow(
      /"topic" which has no default value[\s\S]*ratio[\s\S]*"auth.user"/,
    );
    expect(requirePluginConfig({ config: schema }, { ...minimal, unknown: 1 })).not.toHaveProperty('unknown');
  });

  test("the plugin's own rules are applied", () => {
    const validate = () => {
      throw new Error('mode needs columns');
    };
    expect(() => requirePluginConfig({ config: schema, validate }, minimal)).toThrow('mode needs columns');
  });
});

describe('a secret', () => {
  test('is hidden as text, as JSON and when inspected', () => {
    const secret = new Secret('hunter2');
    expect([`${secret}`, JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain('hunter2');
    expect(Object.keys(secret)).toEqual([]);
  });

  test('is hidden in messages about it', () => {
    const short = {
      type: 'object',
      properties: { pw: { type: 'string', format: 'secret', minLength: 20 } },
    } as const;
    const [problem] = parsePluginConfig(short, { pw: 'hunter2' }).problems;
    expect(problem?.message).toBe(
      'Invalid value [hidden] for configuration pw: String must have at least 20 characters',
    );
  });
});

describe("Kafka Connect's view of a configuration", () => {
  test('keys have the types and texts of the REST API', () => {
    const keys = configKeys(schema);
    expect(keys.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'topic STRING',
      'batch.size INT',
      'max.bytes LONG',
      'poll LONG',
      'ratio DOUBLE',
      'follow BOOLEAN',
      'mode STRING',
      'columns LIST',
      'pattern STRING',
      'url STRING',
      'auth.user STRING',
      'auth.password PASSWORD',
    ]);
    expect(keys[0]).toEqual({
      name: 'topic',
      type: 'STRING',
      required: true,
      default_value: null,
      importance: 'HIGH',
      documentation: 'Where to write.',
      group: null,
      order_in_group: -1,
      width: 'NONE',
      display_name: 'topic',
      dependents: [],
    });
    expect(keys.map(({ default_value: text }) => text).slice(1, 7)).toEqual([
      '2000',
      '1048576',
      '500',
      '1.0',
      'false',
      'insert',
    ]);
  });

  test('values are reported key by key with their errors', () => {
    const report = validateConfig(schema, {
      topic: '',
      columns: 'a,b',
      'auth.password': 'p',
      'batch.size': 'x',
      nope: 1,
    });
    const valueAt = (key: string) => report.find(({ value }) => value.name === key)?.value;
    expect(valueAt('topic')).toMatchObject({
      value: '',
      errors: [expect.stringContaining('non-empty')],
      visible: true,
    });
    expect(valueAt('columns')).toMatchObject({ value: 'a,b', errors: [] });
    expect(valueAt('auth.password')).toMatchObject({ value: '[hidden]' });
    expect(valueAt('batch.size')).toMatchObject({ value: null, errors: [expect.stringContaining('INT')] });
    expect(valueAt('auth.user')?.errors).toEqual([
      'Missing required configuration "auth.user" which has no default value.',
    ]);
    expect(valueAt('nope')).toBeUndefined();
  });
});
