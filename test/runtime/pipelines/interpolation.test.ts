import { expect, test } from 'vitest';
import { interpolate } from '../../../runtime/pipelines/interpolation.ts';
import { lint, read } from './fixture.ts';

const environment = { HOST: 'db.example', EMPTY: '', _x1: 'under', BRACE: '${HOST}' };

test.each([
  ['${HOST}', 'db.example'],
  ['http://${HOST}:80/${_x1}', 'http://db.example:80/under'],
  ['${HOST:-other}', 'db.example'],
  ['${MISSING:-other}', 'other'],
  ['${EMPTY:-other}', 'other'],
  ['${MISSING:-}', ''],
  ['${MISSING:-a:-b :?c}', 'a:-b :?c'],
  ['${MISSING:-two\nlines}', 'two\nlines'],
  ['${HOST:?is needed}', 'db.example'],
  ['${EMPTY}', ''],
  ['$${HOST}', '${HOST}'],
  ['$${HOST} ${HOST}', '${HOST} db.example'],
  ['$HOST $ {HOST} $$', '$HOST $ {HOST} $$'],
  ['${BRACE}', '${HOST}'],
  ['no reference }', 'no reference }'],
])('%j becomes %j', (text, expected) => {
  expect(interpolate(text, environment)).toEqual({ text: expected });
});

test.each([
  ['${MISSING}', 'The environment variable MISSING is not set.', /\$\{MISSING:-default\}.*\$\$\{MISSING\}/],
  ['${MISSING:?set it to the host}', 'MISSING is not set: set it to the host', undefined],
  ['${EMPTY:?must say something}', 'EMPTY is not set: must say something', undefined],
  ['${HOST', '"${HOST" is not closed.', /\$\$\{/],
  ['${}', '"${}" does not name an environment variable.', /\$\{NAME\}/],
  ['${1A}', '"${1A}" does not name an environment variable.', /\$\{NAME\}/],
  ['${HOST-x}', '"${HOST-x}" does not name an environment variable.', /\$\{NAME:-default\}/],
  ['${ HOST }', '"${ HOST }" does not name an environment variable.', /\$\{NAME\}/],
  ['${A:-${B}}', 'A reference inside a reference, as in "${A:-${B", is not possible.', /default/],
])('%j is a problem', (text, problem, hint) => {
  expect(interpolate(text, environment)).toEqual({
    problem,
    ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
  });
});

test('the first of several problems is told', () => {
  expect(interpolate('${A} ${B}', {})).toMatchObject({ problem: expect.stringContaining('variable A') });
});

test('a variable cannot change the structure of the file', () => {
  const text = 'name: p\nsinks: [{connector: store, config: {url: "${URL}"}}]\n';
  const pipeline = read(text, { URL: 'http://x/"}, evil: {a: 1\n- b' });
  expect(pipeline.sinks).toHaveLength(1);
  expect(pipeline.sinks[0]?.config).toEqual({ url: 'http://x/"}, evil: {a: 1\n- b' });
});

test('a variable may be a number, and keys and comments are not looked at', () => {
  const text =
    'name: p # ${NOBODY}\ntopic: {name: t, partitions: "${N}"}\nsource:\n  connector: lines\n' +
    '  config: {file: "${F:-f}", labels: {"${NOBODY}": 1}}\n';
  const pipeline = read(text, { N: '6' });
  expect(pipeline.topic.partitions).toBe(6);
  expect(pipeline.source?.config).toEqual({ file: 'f', labels: { '${NOBODY}': 1 } });
});

test('every reference that stands for nothing is told, once, where its text begins', () => {
  const text =
    'name: p\ntopic:\n  name: t\n  partitions: ${N}\nsinks:\n  - connector: store\n    config:\n      url: >\n        http://${HOST_OF_STORE}\n';
  expect(lint(text)).toEqual([
    'p.yaml:4:15: The environment variable N is not set. Set it, or write ${N:-default}, or $${N} for the characters themselves.',
    'p.yaml:8:12: The environment variable HOST_OF_STORE is not set. Set it, or write ${HOST_OF_STORE:-default}, or $${HOST_OF_STORE} for the characters themselves.',
  ]);
});
