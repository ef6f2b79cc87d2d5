import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'runtime/bin.ts');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A copy of the example, far from any node_modules. */
function copyOfExample(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-plugins-'));
  folders.push(folder);
  cpSync(join(root, 'examples/plugins'), folder, { recursive: true });
  return folder;
}

const millrace = (cwd: string, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [bin, ...args], { cwd });

const rowsIn = (folder: string) =>
  readFileSync(join(folder, 'working-days.md'), 'utf8').trimEnd().split('\n');

test('the plugins of the example run where nothing is installed, and go on where they were', async () => {
  const folder = copyOfExample();
  await millrace(folder, 'run', 'pipeline.yaml', '--until-done');
  const rows = rowsIn(folder);
  expect(rows).toHaveLength(261);
  expect(rows[0]).toBe('| 2025-01-01 | Wednesday |');
  expect(rows.at(-1)).toBe('| 2025-12-31 | Wednesday |');
  const pipeline = join(folder, 'pipeline.yaml');
  writeFileSync(pipeline, readFileSync(pipeline, 'utf8').replace('2025-12-31', '2026-01-05'));
  await millrace(folder, 'run', 'pipeline.yaml', '--until-done');
  expect(rowsIn(folder).slice(261)).toEqual([
    '| 2026-01-01 | Thursday |',
    '| 2026-01-02 | Friday |',
    '| 2026-01-05 | Monday |',
  ]);
});

test('a plugin file is an ES module whatever the package.json beside it says', async () => {
  const folder = copyOfExample();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'mine', type: 'commonjs' }));
  const { stdout, stderr } = await millrace(folder, 'lint', 'pipeline.yaml', join(folder, 'pipeline.yaml'));
  expect(`${stdout}${stderr}`).not.toMatch(/warning|error/i);
});

test('a package with the keyword brings plugins', async () => {
  const folder = copyOfExample();
  const source = join(folder, 'plugins/calendar.ts');
  const home = join(folder, 'node_modules/calendar');
  cpSync(join(folder, 'plugins'), join(home, 'dist'), { recursive: true });
  const stripped = stripTypeScriptTypes(readFileSync(source, 'utf8'));
  writeFileSync(join(home, 'dist/index.js'), stripped);
  rmSync(join(folder, 'plugins'), { recursive: true });
  const millracePart = { plugins: ['./dist/index.js'] };
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({
      name: 'calendar',
      type: 'module',
      keywords: ['millrace-plugin'],
      millrace: millracePart,
    }),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { calendar: '1.0.0' } }));
  // By two paths: relative, which is the current folder as well, and absolute.
  await millrace(folder, 'lint', 'pipeline.yaml', join(folder, 'pipeline.yaml'));
  await millrace(folder, 'run', join(folder, 'pipeline.yaml'), '--until-done');
  expect(rowsIn(folder)).toHaveLength(261);
});

test('a plugin folder that is named has to exist', async () => {
  const started = millrace(copyOfExample(), 'start', '--plugin-path', 'nowhere');
  await expect(started).rejects.toMatchObject({
    code: 2,
    stderr: '--plugin-path nowhere: there is no such folder.\n',
  });
});
