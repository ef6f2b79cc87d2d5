import { expect, test } from 'vitest';
import { PipelineError } from '../../../runtime/pipelines/index.ts';
import { lint, read } from './fixture.ts';

const base = 'name: p\nsource: {connector: lines, config: {file: f}}\n';

test.each([
  ['', 'p.yaml:1:1: A pipeline file is a map with name, source, topic, sinks and errors.'],
  ['just text', 'p.yaml:1:1: A pipeline file is a map with name, source, topic, sinks and errors.'],
  ['# nothing\n', 'p.yaml:1:1: A pipeline file is a map with name, source, topic, sinks and errors.'],
  ['- a\n- b\n', 'p.yaml:1:1: A pipeline file is a map with name, source, topic, sinks and errors.'],
  ['name: p\n\tsource: x\n', 'p.yaml:2:1: Tabs are not allowed as indentation.'],
  ['name: "p\n', 'p.yaml:2:1: Missing closing "quote.'],
  ['name: p\nsource: connector: lines\n', 'p.yaml:2:9: Nested mappings are not allowed in compact mappings.'],
  ['name: @p\n', 'p.yaml:1:7: Plain value cannot start with reserved character @.'],
])('of %j the place and the reason are told', (text, problem) => {
  expect(lint(text)[0]).toBe(problem);
});

test('a file that is no YAML tells every break in it, and nothing about its content', () => {
  const problems = lint('name: @p\nsource: "x" y\nunknown: [1, 2\n');
  expect(problems.map((problem) => problem.split(':', 3).join(':'))).toEqual([
    'p.yaml:1:7',
    'p.yaml:2:13',
    'p.yaml:4:1',
  ]);
});

test('random text is never more than a list of problems', () => {
  const alphabet = [
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    '{',
    '"',
    '&a',
    '*a',
    '<<',
    '${',
    '!',
    '|',
    '\t',
    '?',
    ',',
  ];
  let seed = 1;
  const next = () => {
    seed = (seed * 48271) % 2147483647;
    return alphabet[seed % alphabet.length];
  };
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: 30 }, next).join('');
    expect(lint(text).length, JSON.stringify(text)).toBeGreaterThan(0);
  }
});

test('a key that is there twice is one problem among the others', () => {
  expect(lint(`${base}"name": q\nfoo: 1\n`)).toEqual([
    'p.yaml:3:1: "name" is there twice. Remove one of them.',
    'p.yaml:4:1: Unknown configuration "foo". Known here: name, description, source, topic, sinks, errors.',
  ]);
});

test('a second document is refused', () => {
  expect(lint(`${base}---\nname: q\n`)).toEqual([
    'p.yaml:3:1: A second document begins here, and a file is one pipeline. Give each pipeline a file of its own.',
  ]);
});

test('tags mean nothing, and that is said', () => {
  expect(lint(`${base}description: !env HOME\n`)).toEqual(['p.yaml:3:14: Unresolved tag: !env.']);
});

test('anchors, aliases and merge keys are followed', () => {
  const { sinks } = read(
    'name: p\nsinks:\n  - &a\n    connector: store\n    config: &c {url: "http://a"}\n  - {<<: *a, name: second}\n' +
      '  - {connector: store, name: third, config: {<<: *c, auth.user: me}}\n',
  );
  expect(sinks.map(({ name, config }) => [name, config])).toEqual([
    ['p-store', { url: 'http://a' }],
    ['p-second', { url: 'http://a' }],
    ['p-third', { url: 'http://a', 'auth.user': 'me' }],
  ]);
});

test('an alias without anchor, or inside its own anchor, is a problem at its place', () => {
  expect(lint(`${base}description: *nobody\nsinks: &s\n  - *s\n`)).toEqual([
    'p.yaml:3:14: *nobody stands for nothing: no anchor before it has that name.',
    'p.yaml:5:5: *s contains itself.',
  ]);
});

test('an alias bomb is a problem, not an explosion', () => {
  const names = [...'abcdefghijklmnop'];
  const bomb = names.map((name, index) => {
    const before = names[index - 1];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => (before === undefined ? 'x' : `*${before}`)).join(', ')}]`;
  });
  expect(lint(bomb.join('\n'))).toEqual([
    'p.yaml:2:8: The aliases stand for too much. Write out what you need.',
  ]);
});

test('what cannot be merged is a problem', () => {
  expect(lint(`${base}<<: 5\n`)).toEqual([expect.stringMatching(/^p\.yaml:1:1: Merge sources must be maps/)]);
});

test('numbers in settings keep their text, and are numbers where numbers are wanted', () => {
  const text = `${base}description: 1.10\nsinks:\n  - connector: print\n    tasks: 02\n    transforms:\n      - type: InsertField$Value\n        config: {static.field: v, static.value: 1.10}\n      - type: InsertField$Value\n        config: {static.field: id, static.value: 9007199254740993}\n      - type: InsertField$Value\n        config: {static.field: n, static.value: 1e3}\n`;
  const [sink] = read(text).sinks;
  expect(sink?.tasks).toBe(2);
  expect(sink?.transforms.map(({ config }) => config['static.value'])).toEqual([
    '1.10',
    '9007199254740993',
    1000,
  ]);
});

test('deep nesting is bounded', () => {
  expect(lint(`a: ${'['.repeat(20_000)}`).length).toBeGreaterThan(0);
});

test('readPipeline throws all problems as one error, a line each', () => {
  const attempt = () => read('name: p\nsource: {connector: lines}\nfoo: 1\n');
  expect(attempt).toThrow(PipelineError);
  expect(attempt).toThrow(
    /^p\.yaml:2:9: Missing required configuration "file"[^\n]*\np\.yaml:3:1: Unknown configuration "foo"[^\n]*$/,
  );
});
