import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';

/** New packages are tested by processes of their own, each of which loads the runtime. */
vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, '../../..');
const bin = join(root, 'runtime/bin.ts');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-create-'));
  folders.push(folder);
  return folder;
}

async function node(cwd: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], { cwd });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

const millrace = (cwd: string, ...args: readonly string[]) => node(cwd, bin, ...args);

/** What `npm link millrace` does, with the sources in place of dist. */
function link(folder: string): void {
  const home = join(folder, 'node_modules/millrace');
  mkdirSync(home, { recursive: true });
  for (const name of ['runtime']) symlinkSync(join(root, name), join(home, name));
  const entries = {
    '.': './runtime/index.ts',
    './plugin': './runtime/index.ts',
    './testing': './runtime/testing.ts',
  };
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'millrace', type: 'module', exports: entries }),
  );
}

/** As `tsc` would, to dist. */
function build(folder: string): void {
  mkdirSync(join(folder, 'dist'));
  writeFileSync(
    join(folder, 'dist/index.js'),
    stripTypeScriptTypes(readFileSync(join(folder, 'index.ts'), 'utf8')),
  );
}

test('the tests of a new connector pass as it is', async () => {
  const folder = temporaryFolder();
  expect(await millrace(folder, 'create', 'connector', 'my-files', '--kind', 'sink')).toMatchObject({
    code: 0,
  });
  link(join(folder, 'my-files'));
  // Being killed at each boundary is what takes long.
  const { code, output } = await node(join(folder, 'my-files'), '--test', '--test-skip-pattern=sigkill');
  expect(output).toMatch(/# fail 0|ℹ fail 0/);
  expect(output).toMatch(/pass 1[0-9]/);
  expect(code).toBe(0);
});

test('plugin test reports on a new source, and says what a fault is', async () => {
  const folder = temporaryFolder();
  const words = 'resume,order,poison,schema';
  await millrace(folder, 'create', 'connector', 'my-files');
  const good = await millrace(folder, 'plugin', 'test', 'my-files/index.ts', '--only', words);
  expect(good.output).toMatch(/^source my-files 0\.1\.0\n {2}ok {6}order: /m);
  expect(good.output).toMatch(
    / {2}- {7}schema: .* \(not applicable: the description has no changeSchema\(\)\)/,
  );
  expect(good.output).toMatch(/3 ok, 0 failed, 1 not applicable, in /);
  expect(good.code).toBe(0);
  const path = join(folder, 'my-files/index.ts');
  writeFileSync(path, readFileSync(path, 'utf8').replace('position: at }', 'position: at + 11 }'));
  const bad = await millrace(folder, 'plugin', 'test', 'my-files/index.ts', '--only', words, '--seed', '5');
  expect(bad.output).toMatch(/ {2}FAILED {2}resume: /);
  expect(bad.output).toMatch(/expected: after the position \[ \d+ \].*\n {10}came: {5}.*missing/);
  expect(bad.output).toContain('again:    millrace plugin test my-files/index.ts --seed 5 --only resume');
  expect(bad.code).toBe(1);
});

test('a new connector that was built works where it is installed, and its manifest is checked', async () => {
  const folder = temporaryFolder();
  await millrace(folder, 'create', 'connector', 'my-files', '--directory', 'plugins/mine');
  const home = join(folder, 'plugins/mine');
  expect(await millrace(folder, 'plugin', 'test', 'plugins/mine')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/names \.\/dist\/index\.js .* no such file: build the package/),
  });
  build(home);
  cpSync(join(home, 'conformance.ts'), join(home, 'dist/conformance.ts'));
  writeFileSync(
    join(home, 'dist/conformance.ts'),
    readFileSync(join(home, 'conformance.ts'), 'utf8').replaceAll('./index.ts', './index.js'),
  );
  const { output, code } = await millrace(
    folder,
    'plugin',
    'test',
    'plugins/mine',
    '--only',
    'manifest,delivery',
  );
  expect(output).toMatch(/ok {6}manifest: .*\n {2}ok {6}delivery: /);
  expect(code).toBe(0);
  const pipeline = `
name: p
source: { connector: my-files, config: { file: in.jsonl } }
topic: { name: t, value: json }
sinks: [{ connector: jsonl, config: { file: out.jsonl } }]
`;
  writeFileSync(join(folder, 'p.yaml'), pipeline);
  expect(await millrace(folder, 'lint', 'p.yaml')).toEqual({ code: 0, output: '' });
});

test('what cannot be created is said', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'full'), '');
  expect(await millrace(folder, 'create', 'connector', 'full')).toMatchObject({
    code: 2,
    output: expect.stringMatching(/full is there already/),
  });
  expect(await millrace(folder, 'plugin', 'test', '.')).toMatchObject({
    code: 2,
    output: expect.stringMatching(/there is no plugin/),
  });
});
