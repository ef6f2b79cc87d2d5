import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const bin = join(root, 'runtime/bin.ts');
const directory = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
let broker: ChildProcess;
let server = '';

beforeAll(async () => {
  const options = ['broker', '--kafka-port', '0', '--data-dir', join(directory, 'data'), '--json'];
  broker = spawn(process.execPath, [bin, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (broker.stdout === null) throw new Error('the broker has no stdout');
  for await (const line of createInterface(broker.stdout)) {
    server = JSON.parse(line).kafka;
    break;
  }
});

afterAll(async () => {
  const ended = new Promise((resolve) => broker.once('exit', resolve));
  broker.kill();
  await ended;
  rmSync(directory, { recursive: true });
});

interface Ended {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

function millrace(args: readonly string[], stdin = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
    child.stdin?.end(stdin);
  });
}

test('the overview names every tool', async () => {
  const { code, out } = await millrace(['--help']);
  expect(code).toBe(0);
  const names = ['protocol', 'topics', 'configs', 'console-producer', 'console-consumer', 'consumer-groups'];
  for (const name of names) expect(out).toMatch(new RegExp(`^ {2}(kafka-)?${name} `, 'm'));
});

test('--version tells the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const args of [['--version'], ['version'], ['kafka-topics', '--version']])
    expect(await millrace(args)).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('a command that does not exist is told in one line, with the one that was meant', async () => {
  expect(await millrace(['kafka-topic', '--list'])).toEqual({
    code: 2,
    out: '',
    err: 'There is no command kafka-topic. Did you mean kafka-topics? millrace --help lists them.\n',
  });
});

test('processes write and read the same topic', async () => {
  const at = ['--bootstrap-server', server, '--topic', 'piped'];
  expect(await millrace(['kafka-topics', ...at, '--create'])).toEqual({
    code: 0,
    out: 'Created topic piped.\n',
    err: '',
  });
  expect(await millrace(['kafka-console-producer', ...at], 'a\nb\n')).toEqual({ code: 0, out: '', err: '' });
  expect(
    await millrace(['kafka-console-consumer', ...at, '--from-beginning', '--max-messages', '2']),
  ).toEqual({
    code: 0,
    out: 'a\nb\n',
    err: 'Processed a total of 2 messages\n',
  });
});

test('an interrupted consumer leaves in order', async () => {
  const child = spawn(
    process.execPath,
    [bin, 'kafka-console-consumer', '--bootstrap-server', server, '--topic', 'live', '--from-beginning'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await millrace(['kafka-console-producer', '--bootstrap-server', server, '--topic', 'live'], 'one\n');
  for await (const line of createInterface(child.stdout)) {
    expect(line).toBe('one');
    break;
  }
  child.kill('SIGINT');
  expect([await ended, err]).toEqual([
    130,
    expect.stringMatching(/^(\[.* WARN .*\n)*Processed a total of 1 messages\n$/),
  ]);
});

test('the exit code of a failure is 1, and nothing is left open', async () => {
  const { code, out } = await millrace([
    'kafka-topics',
    '--bootstrap-server',
    server,
    '--describe',
    '--topic',
    'nope',
  ]);
  expect([code, out]).toEqual([
    1,
    "Error while executing topic command : Topic 'nope' does not exist as expected\n",
  ]);
});
