import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';
import { packagedCommand } from './install.ts';
import { expectEqual, Mismatch } from './report.ts';

type Mode = 'inline' | 'thread' | 'process';

/** A run of the packaged command on a folder of its own, with a plugin file beside the pipeline. */
async function runPipeline(directory: string, mode: Mode, source: 'letters' | 'exiting'): Promise<Child> {
  mkdirSync(join(directory, 'plugins'), { recursive: true });
  const plugin = join(import.meta.dirname, 'clients/package/isolated.mjs');
  copyFileSync(plugin, join(directory, 'plugins/isolated.mjs'));
  const pipeline = [
    'name: isolated',
    `source: {connector: ${source}, config: {isolation: ${mode}}}`,
    `sinks: [{connector: jsonl, config: {file: out.jsonl, isolation: ${mode}}}]`,
  ];
  writeFileSync(join(directory, 'pipeline.yaml'), `${pipeline.join('\n')}\n`);
  const { command, args, env = {} } = packagedCommand();
  const run = new Child(command, [...args, 'run', 'pipeline.yaml', '--until-done'], { cwd: directory, env });
  await run.end(60_000);
  return run;
}

/** Built-in and third-party code of both kinds runs where `isolation` says, also as built and packed. */
export async function checkIsolation(directory: string, mode: Mode): Promise<void> {
  const own = join(directory, `isolated-${mode}`);
  const run = await runPipeline(own, mode, 'letters');
  expectEqual(`exit code\n${run.tail()}`, run.exitCode, 0);
  const lines = readFileSync(join(own, 'out.jsonl'), 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { letter: string; pid: number; threadId: number });
  expectEqual(
    'letters',
    rows.map(({ letter }) => letter),
    ['a', 'b', 'c'],
  );
  const [{ pid, threadId } = { pid: 0, threadId: 0 }] = rows;
  const where = pid !== run.pid ? 'process' : threadId === 0 ? 'inline' : 'thread';
  expectEqual('where the plugin ran', where, mode);
}

/** What a plugin does to its process is its task's failure, and the worker tells it and goes on. */
export async function checkContainment(directory: string): Promise<void> {
  const run = await runPipeline(join(directory, 'isolated-exit'), 'process', 'exiting');
  expectEqual(`exit code\n${run.tail()}`, run.exitCode, 1);
  const failed = run.facts.filter(({ event }) => event === 'failed');
  expectEqual(
    'what failed',
    failed.map(({ connector, task }) => [connector, task]),
    [['isolated-source', 0]],
  );
  const message = String(failed[0]?.['message']);
  if (!message.includes('3')) throw new Mismatch('the reason', 'one that tells the exit code 3', message);
  expectEqual('the end of the run is told', run.facts.at(-1)?.['outcome'], 'failed');
}
