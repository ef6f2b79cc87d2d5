// A source, a transform and a sink in one file. `millrace` is the package that runs them: nothing needs to be installed.
import { appendFile } from 'node:fs/promises';
import {
  ConfigError,
  defineSink,
  defineSource,
  defineTransform,
  isPlainObject,
  newRecord,
  RetriableError,
  schemas,
} from 'millrace';

const dayMs = 24 * 60 * 60 * 1000;
const batchDays = 100;
const daySchema = schemas.struct([['date', schemas.string()]]);

/** Every day from `from` to `to`. The position is the day that comes next. */
export const days = defineSource({
  name: 'days',
  version: '1.0.0',
  description: 'Every day of a span of time.',
  config: {
    type: 'object',
    required: ['from', 'to'],
    properties: {
      from: { type: 'string', description: 'First day: 2025-01-31.' },
      to: { type: 'string', description: 'Last day.' },
      topic: { type: 'string', description: 'Topic to write to. In a pipeline file it is known already.' },
      pause: { type: 'string', format: 'duration', default: 0, description: 'Wait after each batch.' },
    },
  },
  validate({ from, to }) {
    for (const day of [from, to]) {
      if (Number.isNaN(Date.parse(day))) throw new ConfigError(`'${day}' is not a day such as 2025-01-31.`);
    }
  },
  async *read({ from, to, topic, pause }, { position = from }, ctx) {
    const last = Date.parse(to);
    for (let next = Date.parse(String(position)); next <= last && !ctx.signal.aborted; ) {
      const count = Math.min(batchDays, (last - next) / dayMs + 1);
      const dates = Array.from({ length: count }, (_, i) => dateOf(next + i * dayMs));
      next += count * dayMs;
      const records = dates.map((date) => ({ topic, key: date, valueSchema: daySchema, value: { date } }));
      yield { records, position: dateOf(next) };
      if (pause > 0) await ctx.sleep(pause);
    }
  },
});

function dateOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const weekdaySchema = schemas.struct([
  ['date', schemas.string()],
  ['weekday', schemas.string()],
]);

/** Adds the day of the week, and leaves out weekends if told to. */
export const weekday = defineTransform({
  name: 'weekday',
  version: '1.0.0',
  description: 'Adds the day of the week to a record with a date.',
  config: {
    type: 'object',
    properties: {
      weekends: {
        type: 'string',
        enum: ['keep', 'drop'],
        default: 'keep',
        description: 'What to do with them.',
      },
    },
  },
  map(record, { weekends }) {
    if (!isPlainObject(record.value)) throw new TypeError('the value is no struct');
    const { date } = record.value;
    const number = new Date(String(date)).getUTCDay();
    if (weekends === 'drop' && number % 6 === 0) return null;
    const value = { date, weekday: names[number] };
    return newRecord(record, { valueSchema: weekdaySchema, value });
  },
});

/** Appends rows of a Markdown table. After a crash the last rows may come again: at least once. */
export const markdown = defineSink({
  name: 'markdown',
  version: '1.0.0',
  description: 'Appends records to a Markdown table.',
  config: {
    type: 'object',
    required: ['file'],
    properties: { file: { type: 'string', description: 'Path of the file.' } },
  },
  async open({ file }) {
    await appendFile(file, '');
    return file;
  },
  async write(file, { records }) {
    const cellsOf = (value: unknown) => Object.values(value as object).map(String);
    const rows = records.map(({ value }) => `| ${cellsOf(value).join(' | ')} |\n`);
    try {
      await appendFile(file, rows.join(''));
    } catch (cause) {
      throw new RetriableError('The table could not be written.', { cause }); // The batch comes again later.
    }
  },
});
