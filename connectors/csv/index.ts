import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  ConfigError,
  defineSource,
  FatalError,
  type ReadFrom,
  type SourceContext,
} from '../../runtime/plugin/index.ts';
import { type CsvConfig, csvConfig, csvRules } from './csv-config.ts';
import { CsvFile } from './csv-file.ts';
import { type CsvPosition, CsvReading } from './csv-reading.ts';

/**
 * Reads a CSV file row by row. Each batch's position is the byte offset behind its last row, with a fingerprint of what is
 * before it: a file that was only appended to is read on, a rewritten one is refused. Rows that are not what the config
 * says (other number of cells, a cell that is not of its type, a broken quote, wrong encoding) are handed over as
 * unreadable, with file, line and bytes; rows after them are not affected.
 */
export const source = defineSource({
  name: 'csv',
  version: '1.0.0',
  description: 'Reads a CSV file with typed columns; resumes where it stopped.',
  config: csvConfig,
  validate(config: CsvConfig) {
    csvRules(config);
  },
  async check(config: CsvConfig) {
    await (await open(config.file, 'r')).close();
  },
  async partitions(config: CsvConfig) {
    return [{ filename: config.file }];
  },
  async *read(config: CsvConfig, from: ReadFrom<CsvPosition>, ctx) {
    const file = await openFile(config, ctx);
    if (file === undefined) return;
    const reading = new CsvReading(config, csvRules(config), ctx, file);
    try {
      yield* reading.batches(from.position);
    } finally {
      await reading.close();
    }
  },
  alterOffsets(_config, offsets) {
    const problems = offsets.flatMap(({ partition, position }) => {
      const offset =
        typeof position === 'object' && position !== null && 'position' in position
          ? (position as { readonly position: unknown }).position
          : undefined;
      const isValid = position === null || (Number.isSafeInteger(offset) && Number(offset) >= 0);
      return [
        ...(typeof partition['filename'] === 'string'
          ? []
          : [{ key: 'partition', message: 'A partition is {"filename": path}.' }]),
        ...(isValid
          ? []
          : [{ key: 'offset', message: 'An offset is {"position": bytes}, at the begin of a row.' }]),
      ];
    });
    if (problems.length > 0) throw new ConfigError(problems);
  },
});

/** Following, a file may come later; undefined when the task is stopped before it does. */
async function openFile(config: CsvConfig, ctx: SourceContext): Promise<CsvFile | undefined> {
  for (let isFirst = true; !ctx.signal.aborted; isFirst = false) {
    try {
      return await CsvFile.open(config.file);
    } catch (cause) {
      if (!config.follow) throw unreadable(config.file, cause);
      if (isFirst) ctx.log.warn({ file: config.file, err: cause }, 'waiting for the file');
      await ctx.sleep(config['poll.interval.ms']);
    }
  }
  return undefined;
}

/** With the whole path: a relative one may have been meant from another folder. */
function unreadable(file: string, cause: unknown): FatalError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = isMissing
    ? `there is no file ${resolve(file)}`
    : `${resolve(file)} cannot be read: ${reason}`;
  return new FatalError(message, { cause });
}
