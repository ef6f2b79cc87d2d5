/** A source that reads lines of JSON and follows the file; `NAME` stands for the connector's name. */
export const sourceModule = `import { open } from 'node:fs/promises';
import { defineSource } from 'millrace/plugin';

/** Reads a file with a JSON value on each line, and waits for more. The position is the byte behind the last line. */
export const source = defineSource({
  name: 'NAME',
  version: '0.1.0',
  description: 'Reads lines of JSON from a file and follows it.',
  config: {
    type: 'object',
    required: ['file', 'topic'],
    properties: {
      file: { type: 'string', minLength: 1, description: 'Path of the file.' },
      topic: { type: 'string', minLength: 1, description: 'Topic that the values are written to.' },
      'batch.size': { type: 'integer', minimum: 1, default: 500, description: 'How many lines make a batch, at most.' },
      'poll.interval': { type: 'string', format: 'duration', default: '1s', description: 'How often to look for more.' },
    },
  },

  // Called on request only: can the source be read?
  async check({ file }) {
    await (await open(file)).close();
  },

  async *read(config, { position }, ctx) {
    const file = await open(config.file);
    try {
      let at = Number(position ?? 0);
      let rest = Buffer.alloc(0); // Read, but not given yet. Begins at \`at\`.
      const chunk = Buffer.alloc(64 * 1024);
      while (!ctx.signal.aborted) {
        const lines = linesOf(rest, config['batch.size']);
        if (lines.length > 0) {
          const length = lines.reduce((sum, line) => sum + line.length + 1, 0);
          at += length;
          rest = rest.subarray(length);
          // Stored when all of its records are durable, and handed back after a restart.
          yield { ...parsed(lines, config.topic), position: at };
          continue;
        }
        const { bytesRead } = await file.read(chunk, 0, chunk.length, at + rest.length);
        if (bytesRead === 0) await ctx.sleep(config['poll.interval']); // Ends early when the task is stopped.
        else rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      }
    } finally {
      await file.close();
    }
  },
});

/** The first complete lines, without their ends. */
function linesOf(bytes: Buffer, max: number): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0 && lines.length < max; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** Lines that are no JSON become dead letters, as errors.tolerance says. */
function parsed(lines: readonly Buffer[], topic: string) {
  const records = [];
  const unreadable = [];
  for (const raw of lines) {
    try {
      records.push({ topic, value: JSON.parse(raw.toString()) });
    } catch (cause) {
      unreadable.push({ error: new Error('the line is no JSON', { cause }), raw, topic });
    }
  }
  return { records, unreadable };
}
`;

/** How the kit exercises it. */
export const sourceConformance = `import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSource } from 'millrace/plugin';
import { source } from './index.ts';

/** How the conformance kit exercises the source. A row is a number; here it is a line with that number. */
export const description = describeSource({
  plugin: source,
  module: import.meta.resolve('./index.ts'),

  // The outside world of one check: here a file. What is returned is handed to the functions below.
  async prepare({ folder }) {
    const file = join(folder, 'rows.jsonl');
    await writeFile(file, '');
    return file;
  },
  config: (file, { topic }) => ({ file, topic, 'batch.size': 10, 'poll.interval': '5ms' }),

  // Adds rows, and tells which row a record came from.
  async write(file, first, count) {
    const lines = Array.from({ length: count }, (_, index) => JSON.stringify({ row: first + index }) + '\\n');
    await appendFile(file, lines.join(''));
  },
  rowOf: ({ value }) => (value as { row: number }).row,

  // Something that cannot become a record.
  poison: (file) => appendFile(file, 'no JSON\\n'),
});
`;
