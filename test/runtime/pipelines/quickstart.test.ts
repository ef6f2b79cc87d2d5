import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source } from '../../../connectors/csv/index.ts';
import { diskFiles } from '../../../platform/disk-files.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { pipelineSource } from '../../../runtime/cli/pipeline-files.ts';
import { readPipeline } from '../../../runtime/pipelines/index.ts';
import { createContext, requirePluginConfig } from '../../../runtime/plugin/index.ts';
import { loadPlugins } from '../../../runtime/plugins.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'examples', 'quickstart');
const dataFile = join(folder, 'data', 'clock-changes.csv');

test('the data are those that their README describes', () => {
  const readme = readFileSync(join(folder, 'data', 'README.md'), 'utf8');
  const digest = createHash('sha256').update(readFileSync(dataFile)).digest('hex');
  expect(readme).toContain(digest);
});

test('the pipeline reads every row but the three that are wrong on purpose', async () => {
  const plugins = await loadPlugins({ files: diskFiles });
  const pipeline = readPipeline(pipelineSource(join(folder, 'pipeline.yaml'), diskFiles, plugins));
  expect(pipeline.source?.config['file']).toBe('examples/quickstart/data/clock-changes.csv');
  const config = requirePluginConfig(source, { ...pipeline.source?.config, file: dataFile, topic: 't' });
  const ctx = createContext({
    connector: 'quickstart',
    signal: new AbortController().signal,
    log: silentLogger,
    clock: systemClock,
  });
  const keys = new Set<unknown>();
  const problems: string[] = [];
  for await (const batch of source.read(config, { partition: {}, position: undefined }, ctx)) {
    for (const { key } of batch.records) keys.add(key);
    for (const { error } of batch.unreadable ?? []) problems.push(error.message.replace(dataFile, 'data'));
  }
  expect(keys.size).toBe(15_261);
  expect(problems).toEqual([
    'data line 1003: 3 cells where 12 columns are expected',
    'data line 5001: the column "utc_offset" holds "one hour", which is not of type int',
    'data line 9001: the column "at" holds "2011-02-30T01:00:00Z", which is not of type timestamp',
  ]);
});
