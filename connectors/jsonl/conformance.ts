// How the conformance kit exercises the connector of this folder.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSink, isPlainObject, type Value } from '../../runtime/plugin/index.ts';
import { sink } from './index.ts';

/** The jsonl sink: a row is a line. What is not committed is in the file as well, until the next start cuts it off. */
export const conformance = describeSink({
  plugin: sink,
  module: import.meta.resolve('./index.ts'),
  notApplicable: { rebalance: 'one task writes: it locks the lengths of the files' },
  prepare: ({ folder }) => join(folder, 'rows.jsonl'),
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
