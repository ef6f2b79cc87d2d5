import { FatalError } from '../../runtime/plugin/index.ts';
import { cellTypeOf } from './cell-types.ts';
import { type ColumnSpec, RowBuilder } from './columns.ts';
import type { CsvConfig, CsvRules } from './csv-config.ts';
import { nullTextsOf } from './csv-config.ts';
import type { CsvFile } from './csv-file.ts';
import { RowReader } from './row-reader.ts';

/** What stands before the first row of data. */
export interface FileHead {
  readonly builder: RowBuilder;
  /** Where the first row of data begins, in bytes and in lines before it. */
  readonly position: number;
  readonly line: number;
}

/**
 * Reads byte order mark, skipped lines and header. Undefined when the file ends before that is complete; `isWhole`: nothing
 * will be appended. Throws {@link FatalError} when the header does not fit the config.
 */
export async function readHead(
  file: CsvFile,
  config: CsvConfig,
  rules: CsvRules,
  isWhole: boolean,
): Promise<FileHead | undefined> {
  const bytes = Buffer.alloc(Math.min(await file.size(), config['row.max.bytes'] + 64 * 1024));
  const length = await file.read(bytes, 0);
  const isComplete = isWhole && length >= (await file.size());
  const mark = byteOrderMark(bytes.subarray(0, length), config);
  const reader = new RowReader(rules.dialect);
  reader.load(bytes.subarray(mark, length), isComplete);
  let line = 0;
  for (; line < config['skip.lines']; line++) if (!reader.takeLine('')) return undefined;
  if (!config.header)
    return { builder: builderOf(rules.columns, config), position: mark + reader.position, line };
  for (;;) {
    const cells = reader.next();
    if (cells === undefined) return incomplete(config, length, reader.hasOpenQuote && isComplete);
    line += reader.lines;
    if (cells.length === 0 || reader.end === reader.start) continue;
    if (reader.problem !== undefined) {
      throw new FatalError(`The header in line ${line} of ${config.file} cannot be read: ${reader.problem}.`);
    }
    return {
      builder: builderOf(columnsOf(cells, config, rules), config),
      position: mark + reader.position,
      line,
    };
  }
}

function incomplete(config: CsvConfig, length: number, isBroken: boolean): undefined {
  if (length <= config['row.max.bytes'] && !isBroken) return undefined;
  throw new FatalError(
    `The header of ${config.file} does not end: a quote in it is not closed, or it is longer than row.max.bytes.`,
  );
}

function byteOrderMark(bytes: Buffer, config: CsvConfig): number {
  const [first = 0, second = 0] = bytes;
  if (first + second === 0xfe + 0xff && (first === 0xfe || second === 0xfe)) {
    throw new FatalError(`${config.file} is in UTF-16: convert it to UTF-8 first.`);
  }
  return config.charset === 'UTF-8' && bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0;
}

/** The header's columns in its order, with the configured types. */
function columnsOf(names: readonly string[], config: CsvConfig, rules: CsvRules): ColumnSpec[] {
  const string = cellTypeOf('string', rules.cells);
  const configured = new Map(rules.columns.map((column) => [column.name, column]));
  const columns = names.map((text, index): ColumnSpec => {
    const name = text === '' ? `column_${index + 1}` : text;
    const column = configured.get(name);
    if (column !== undefined || string === undefined) return column as ColumnSpec;
    return { name, type: string, typeName: 'string', isOptional: false };
  });
  const found = new Set<string>();
  for (const { name } of columns) {
    if (found.has(name)) throw headerError(config, `names the column "${name}" twice`);
    found.add(name);
  }
  for (const name of [...configured.keys(), ...config['key.columns']]) {
    if (!found.has(name)) {
      throw headerError(
        config,
        `has no column "${name}", which the config names; it has ${[...found].join(', ')}`,
      );
    }
  }
  return columns;
}

function headerError(config: CsvConfig, reason: string): FatalError {
  return new FatalError(
    `The header of ${config.file} ${reason}. Correct the file, or columns and key.columns.`,
  );
}

function builderOf(columns: readonly ColumnSpec[], config: CsvConfig): RowBuilder {
  return new RowBuilder({
    columns,
    nullTexts: nullTextsOf(config),
    keyColumns: config['key.columns'],
    schemaName: config['value.schema.name'],
    topic: config.topic,
  });
}
