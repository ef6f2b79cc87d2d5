// How the conformance kit exercises the connector of this folder.
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSource, isPlainObject } from '../../runtime/plugin/index.ts';
import { source } from './index.ts';

/** The csv source: a row is one with its number and a quoted text. */
export const conformance = describeSource({
  plugin: source,
  module: import.meta.resolve('./index.ts'),
  prepare: async ({ folder }) => {
    const file = join(folder, 'rows.csv');
    await writeFile(file, 'row,text\n');
    return file;
  },
  config: (file, { topic }) => ({
    file,
    topic,
    columns: 'row:int',
    'key.columns': 'row',
    follow: true,
    'batch.size': 10,
    'poll.interval.ms': 5,
  }),
  write: (file, first, count) =>
    appendFile(file, Array.from({ length: count }, (_, index) => `${first + index},"a ""b""\nc"\n`).join('')),
  rowOf: ({ value }) => (isPlainObject(value) ? Number(value['row']) : Number.NaN),
  poison: (file) => appendFile(file, 'no number,and,too many cells\n'),
});
