/** A sink that appends lines of JSON to a file; `NAME` stands for the connector's name. */
export const sinkModule = `import { open } from 'node:fs/promises';
import { defineSink, isPlainObject, RecordError, RetriableError } from 'millrace/plugin';

/** Appends records to a file, each as a line of JSON. After a crash the last ones may come again: at least once. */
export const sink = defineSink({
  name: 'NAME',
  version: '0.1.0',
  description: 'Appends records to a file as lines of JSON.',
  config: {
    type: 'object',
    required: ['file'],
    properties: {
      file: { type: 'string', minLength: 1, description: 'Path of the file. Created when it is missing.' },
    },
  },

  // Called on request only: can the sink be written?
  async check({ file }) {
    await (await open(file, 'a')).close();
  },

  // What it returns is handed to the functions below.
  async open({ file }) {
    const handle = await open(file, 'a+');
    // A line that a crash has torn comes again: cut it off. Whole ones stay: another task may be adding to them.
    const before = await handle.readFile();
    if ((before.at(-1) ?? 10) !== 10) await handle.truncate(before.lastIndexOf(10) + 1);
    return handle;
  },

  // When it resolves, the batch counts as written, apart from the records whose errors it returns.
  async write(handle, { records }) {
    const refused: RecordError[] = [];
    let lines = '';
    for (const [index, { value }] of records.entries()) {
      if (value === null) continue; // A tombstone: there is nothing to delete in a file.
      if (isPlainObject(value)) lines += JSON.stringify(value) + '\\n';
      else refused.push(new RecordError(index, 'only structs and maps can be written'));
    }
    try {
      await handle.appendFile(lines);
    } catch (cause) {
      throw new RetriableError('the file could not be written', { cause }); // The same batch comes again later.
    }
    return refused;
  },

  // Offsets are committed only after this.
  flush: (handle) => handle.datasync(),
  close: (handle) => handle.close(),
});
`;

/** How the kit exercises it. */
export const sinkConformance = `import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSink } from 'millrace/plugin';
import { sink } from './index.ts';

/** How the conformance kit exercises the sink. A row is a number; here it is a line with that number and a text. */
export const description = describeSink({
  plugin: sink,
  module: import.meta.resolve('./index.ts'),

  // The outside world of one check: here a file. What is returned is handed to the functions below.
  prepare: ({ folder }) => join(folder, 'rows.jsonl'),
  config: (file) => ({ file }),

  // Makes the record of a row, and reads back what was written.
  record: (row, text) => ({ key: String(row), value: { row, text } }),
  async read(file) {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text.split('\\n').slice(0, -1).map((line) => JSON.parse(line));
  },

  // A record that has to be refused, one without value, and one of a later schema.
  poison: (row) => ({ key: String(row), value: 'no struct' }),
  tombstone: (row) => ({ key: String(row), value: null }),
  change: (row, text) => ({ key: String(row), value: { row, text, more: true } }),
});
`;
