import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diskFiles } from '../../../platform/disk-files.ts';
import { lintCommand } from '../../../runtime/cli/commands/lint.ts';
import { UsageError } from '../../../runtime/cli/errors.ts';
import { pipelineSource } from '../../../runtime/cli/pipeline-files.ts';
import { readRunFiles } from '../../../runtime/cli/run-files.ts';
import { lintPipeline } from '../../../runtime/pipelines/index.ts';
import { loadPlugins } from '../../../runtime/plugins.ts';

const root = join(import.meta.dirname, '..', '..', '..');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-lint-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs `millrace lint` as a process of its own. */
function millraceLint(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const command = [join(root, 'runtime', 'bin.ts'), 'lint', ...args];
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

test('every problem is a line that editors can jump to, and the exit code is 1', async () => {
  const path = join(folder(), 'p.yaml');
  writeFileSync(path, 'name: a b\nsource: {connector: csv, config: {file: x, columns: [a:nothing]}}\n');
  const { code, stdout, stderr } = await millraceLint(path, path);
  const expected = [
    expect.stringMatching(/p\.yaml:1:7: "a b" is no name of a pipeline/),
    expect.stringMatching(/p\.yaml:2:53: Invalid value a:nothing for configuration columns: no such type/),
  ];
  expect(stdout.trimEnd().split('\n')).toEqual([...expected, ...expected]);
  expect([code, stderr]).toEqual([1, '']);
});

test('a file that cannot be read does not keep the problems of the others back', async () => {
  const [wrong, other] = [join(folder(), 'p.yaml'), join(folder(), 'q.yaml')];
  writeFileSync(wrong, 'name: a b\nsource: {connector: datagen, config: {quickstart: orders}}\n');
  writeFileSync(other, 'name: c d\nsource: {connector: datagen, config: {quickstart: orders}}\n');
  const missing = join(folder(), 'missing.yaml');
  const linted = await millraceLint(missing, wrong, other);
  expect(linted.stdout).toMatch(/^\S*p\.yaml:1:7: .*\n\S*q\.yaml:1:7: .*\n$/);
  expect(linted.stderr).toBe(
    `${missing}: there is no such file. Name a pipeline file (YAML), or a connector's (JSON).\n`,
  );
  expect(linted.code).toBe(2);
  const context = { plugins: await loadPlugins({ files: diskFiles }), workerProperties: {} };
  expect(() => readRunFiles([wrong, other], context)).toThrow(/p\.yaml:1:7: .*\n\S*q\.yaml:1:7: /);
  expect(() => readRunFiles([missing, wrong], context)).toThrow(
    /p\.yaml:1:7: .*\n\S*missing\.yaml: there is no/,
  );
});

test('the quickstart has no problems, and that is silence and exit code 0', async () => {
  expect(await millraceLint('examples/quickstart/pipeline.yaml')).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('a file that is not there, a folder, and no file at all are told with what to do', async () => {
  const path = folder();
  mkdirSync(join(path, 'sub'));
  const attempt = (...args: string[]) => lintCommand.run(args);
  await expect(attempt()).rejects.toThrow(/^Name a pipeline file: millrace lint FILE/);
  await expect(attempt(join(path, 'gone.yaml'))).rejects.toThrow(
    /gone\.yaml: there is no such file\. Name a/,
  );
  await expect(attempt(join(path, 'sub'))).rejects.toThrow(
    /sub: this is a folder\. Name a pipeline file in it/,
  );
  await expect(attempt(join(path, 'gone.yaml'))).rejects.toBeInstanceOf(UsageError);
});

test('schema files are looked for beside the pipeline file', async () => {
  const path = folder();
  const file = join(path, 'p.yaml');
  const plugins = await loadPlugins({ files: diskFiles });
  const check = (schemaFile: string) => {
    const topic = `topic: {name: t, value: {format: avro, schema.file: ${schemaFile}}}`;
    writeFileSync(file, `name: p\nsource: {connector: csv, config: {file: f}}\n${topic}\n`);
    return lintPipeline(pipelineSource(file, diskFiles, plugins)).map(({ message }) => message);
  };
  writeFileSync(join(path, 'order.avsc'), '"string"');
  expect(check('order.avsc')).toEqual([]);
  expect(check(join(path, 'order.avsc'))).toEqual([]);
  expect(check('other.avsc')).toEqual([expect.stringMatching(/^other\.avsc cannot be read: ENOENT/)]);
});
