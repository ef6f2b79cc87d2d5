import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const bin = join(import.meta.dirname, '../../../runtime/bin.ts');
const directory = mkdtempSync(join(tmpdir(), 'millrace-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly events: readonly Record<string, unknown>[];
  readonly err: string;
}

/** Runs a pipeline of a CSV file; `onEvent` may end it. */
function run(
  name: string,
  source: string,
  args: readonly string[],
  onEvent: (event: Record<string, unknown>, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  const file = join(directory, `${name}.yaml`);
  const sink = `{connector: jsonl, config: {file: ${join(directory, `${name}.jsonl`)}}}`;
  writeFileSync(file, `name: ${name}\nsource: {connector: csv, config: ${source}}\nsinks: [${sink}]\n`);
  const options = [
    '--data-dir',
    join(directory, name),
    '--durability',
    'page-cache',
    '--log-level',
    'silent',
  ];
  const child = spawn(process.execPath, [bin, 'run', file, ...options, ...args]);
  let out = '';
  let err = '';
  let told = 0;
  const events = () =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    for (const event of events().slice(told)) {
      told += 1;
      onEvent(event, (signal) => child.kill(signal));
    }
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, events: events(), err })));
}

const csv = join(directory, 'numbers.csv');
writeFileSync(csv, `n\n${Array.from({ length: 100 }, (_, n) => n).join('\n')}\n`);
const onStart =
  (signal: NodeJS.Signals) =>
  (event: Record<string, unknown>, kill: (signal: NodeJS.Signals) => void): void => {
    if (event['event'] === 'started') kill(signal);
  };

test.concurrent('a run until done ends with the totals and exit code 0', async () => {
  const { code, events, err } = await run('done', `{file: ${csv}}`, ['--until-done']);
  expect([code, err]).toEqual([0, '']);
  expect(events.map((each) => [each['event'], each['connector'], each['read'], each['written']])).toEqual([
    ['started', undefined, undefined, undefined],
    ['finished', 'done-source', 100, 100],
    ['finished', 'done-jsonl', 100, 100],
    ['ended', undefined, undefined, undefined],
  ]);
  expect(readFileSync(join(directory, 'done.jsonl'), 'utf8').split('\n')).toHaveLength(101);
});

test.concurrent('a run that cannot read its file says so once and ends with exit code 1', async () => {
  const gone = join(directory, 'gone.csv');
  const { code, events, err } = await run('failing', `{file: ${gone}}`, ['--until-done']);
  expect([code, err]).toEqual([1, '']);
  expect(events.filter(({ event }) => event === 'failed')).toEqual([
    {
      time: expect.any(String),
      event: 'failed',
      connector: 'failing-source',
      task: 0,
      message: `there is no file ${gone}`,
    },
  ]);
  expect(events.at(-1)).toMatchObject({ event: 'ended', outcome: 'failed' });
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  'a run until done that %s stops early tells its totals and ends with exit code 130',
  async (signal) => {
    const source = `{file: ${csv}, follow: true}`;
    const { code, events } = await run(`stopped-${signal}`, source, ['--until-done'], onStart(signal));
    expect(code).toBe(130);
    expect(events.filter(({ event }) => event === 'finished')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ event: 'ended', outcome: 'stopped' });
  },
);

test.concurrent('a run without end is stopped with exit code 0', async () => {
  const { code, events } = await run('endless', `{file: ${csv}, follow: true}`, [], onStart('SIGINT'));
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: 'ended', outcome: 'stopped' });
});

test('a run whose reader goes away ends in order', async () => {
  const file = join(directory, 'unread.yaml');
  const sink = `{connector: jsonl, config: {file: ${join(directory, 'unread.jsonl')}}}`;
  writeFileSync(file, `name: u\nsource: {connector: csv, config: {file: ${csv}}}\nsinks: [${sink}]\n`);
  const child = spawn(process.execPath, [
    ...[bin, 'run', file, '--data-dir', join(directory, 'unread'), '--until-done', '--log-level', 'warn'],
  ]);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([code, err]).toEqual([0, '']);
  expect(readFileSync(join(directory, 'unread.jsonl'), 'utf8').split('\n')).toHaveLength(101);
});

const telling = `
import { defineSource } from ${JSON.stringify(join(import.meta.dirname, '../../../runtime/index.ts'))};
export const source = defineSource({
  name: 'telling',
  version: '1.0.0',
  config: {
    type: 'object',
    required: ['topic'],
    properties: { topic: { type: 'string' }, password: { type: 'string', format: 'secret' } },
  },
  async *read({ password }) {
    yield { records: [{ value: 'a' }], position: 1 };
    throw new Error('wrong password: ' + password);
  },
});
`;

test('what a run prints of a failure has no secret in it', async () => {
  const folder = join(directory, 'secret');
  mkdirSync(join(folder, 'plugins'), { recursive: true });
  writeFileSync(join(folder, 'plugins', 'telling.ts'), telling);
  const file = join(folder, 'p.yaml');
  writeFileSync(file, 'name: p\nsource: {connector: telling, config: {password: swordfish}}\n');
  const args = ['run', file, '--data-dir', join(folder, 'data'), '--log-level', 'warn', '--until-done'];
  const child = spawn(process.execPath, [bin, ...args]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk;
    });
  await new Promise((resolve) => child.once('close', resolve));
  expect(printed).toContain('"message":"wrong password: [hidden]"');
  expect(printed).not.toContain('swordfish');
});
