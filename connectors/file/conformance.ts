// How the conformance kit exercises the connectors of this folder.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConformancePlace,
  describeSink,
  describeSource,
  isPlainObject,
  type Value,
} from '../../runtime/plugin/index.ts';
import { sink } from './file-sink.ts';
import { source } from './file-source.ts';

const module = import.meta.resolve('./index.ts');
const pathIn = ({ folder }: ConformancePlace): string => join(folder, 'lines.txt');

/** The file source: a row is a line with its number. */
export const sourceConformance = describeSource({
  plugin: source,
  module,
  prepare: async (place) => {
    const file = pathIn(place);
    await writeFile(file, '');
    return file;
  },
  config: (file, { topic }) => ({ file, topic, 'batch.size': 10, 'poll.interval.ms': 5 }),
  write: (file, first, count) =>
    appendFile(file, Array.from({ length: count }, (_, index) => `row ${first + index}\n`).join('')),
  rowOf: ({ value }) => Number(String(value).slice('row '.length)),
  poison: (file) => appendFile(file, Buffer.from([0xc3, 0x28, 0x0a])),
});

/** The file sink: a row is a line of JSON. */
export const sinkConformance = describeSink({
  plugin: sink,
  module,
  prepare: pathIn,
  config: (file) => ({ file }),
  record: (row, text) => ({ key: String(row), value: { row, text } }),
  read: async (file) =>
    (await readFile(file, 'utf8').catch(() => ''))
      .split('\n')
      .slice(0, -1)
      .map((line): Value => JSON.parse(line))
      .filter(isPlainObject)
      .map(({ row, text }) => ({ row: Number(row), text: String(text) })),
  tombstone: (row) => ({ key: String(row), value: null }),
  change: (row, text) => ({ key: String(row), value: { row, text, more: true } }),
});
