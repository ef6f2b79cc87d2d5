import { ConfigError, type ConfigOf, type ConfigProblem } from '../../runtime/plugin/index.ts';
import { type CellRules, type ColumnSpec, readColumns } from './columns.ts';
import type { Dialect } from './row-reader.ts';

/** The keys of the csv source. */
export const csvConfig = {
  type: 'object',
  required: ['file', 'topic'],
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description: 'Path of the CSV file.',
      examples: ['data/orders.csv'],
    },
    topic: { type: 'string', minLength: 1, description: 'Topic that the rows are written to.' },
    header: {
      type: 'boolean',
      default: true,
      description: 'The first row names the columns. If false, columns must be configured.',
    },
    columns: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description:
        'Types of the columns as name:type, with a ? when empty cells mean null: id:int, name, price:decimal(2)?. ' +
        'Types: string, int, long, float, double, boolean, decimal(scale), date, time, timestamp (ISO 8601), ' +
        'timestamp(s), timestamp(ms). With a header, columns that are not listed are strings; without, all columns in order.',
    },
    'key.columns': {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Columns that make the record key: one gives its value, several a struct.',
    },
    delimiter: {
      type: 'string',
      minLength: 1,
      keepsBlanks: true,
      default: ',',
      description: 'Character between cells; \\t for a tab.',
    },
    quote: {
      type: 'string',
      default: '"',
      description: 'Character around quoted cells; empty: cells are never quoted.',
    },
    escape: {
      type: 'string',
      default: '',
      description: 'Character that makes a quote ordinary. Default: the quote.',
    },
    comment: {
      type: 'string',
      default: '',
      description: 'Lines that begin with this character are skipped.',
    },
    charset: {
      enum: ['UTF-8', 'ISO-8859-1'],
      ignoreCase: true,
      default: 'UTF-8',
      description: 'Encoding of the file. A byte order mark of UTF-8 is skipped.',
    },
    trim: { type: 'boolean', default: false, description: 'Remove blanks at both ends of every cell.' },
    'skip.lines': {
      type: 'integer',
      minimum: 0,
      default: 0,
      description: 'Lines to skip at the start of the file.',
    },
    'skip.empty.lines': { type: 'boolean', default: true, description: 'Skip lines without any character.' },
    'null.values': {
      type: 'array',
      items: { type: 'string' },
      // No default: the list with the empty text is, written as text, the empty list.
      description:
        'Texts that mean null in columns whose type ends with ?. Unless this is set, the empty text; if it is empty, none.',
    },
    'true.values': {
      type: 'array',
      items: { type: 'string' },
      default: ['true', 't', 'yes', 'y', '1'],
      description: 'Texts that are true in boolean columns, in any case.',
    },
    'false.values': {
      type: 'array',
      items: { type: 'string' },
      default: ['false', 'f', 'no', 'n', '0'],
      description: 'Texts that are false in boolean columns, in any case.',
    },
    'value.schema.name': { type: 'string', description: "Name of the values' schema, for Avro say." },
    follow: {
      type: 'boolean',
      default: false,
      description: 'Wait for rows that are appended later, instead of ending with the file.',
    },
    'poll.interval.ms': {
      type: 'string',
      format: 'duration',
      default: 1000,
      importance: 'LOW',
      description: 'With follow: how often to look for more rows.',
    },
    'batch.size': {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 2000,
      importance: 'LOW',
      description: 'How many rows make a batch, at most. Reading can resume after each batch.',
    },
    'row.max.bytes': {
      type: 'string',
      format: 'bytes',
      default: '1MiB',
      importance: 'LOW',
      description: 'Longest row. A quote that is not closed within it makes its line a bad row.',
    },
  },
} as const;

export type CsvConfig = ConfigOf<typeof csvConfig>;

/** What the config says about the rows, ready to use. */
export interface CsvRules {
  readonly dialect: Dialect;
  readonly cells: CellRules;
  readonly columns: readonly ColumnSpec[];
}

/** Reads the rules of a config. Throws {@link ConfigError} with every problem. */
export function csvRules(config: CsvConfig): CsvRules {
  const problems: ConfigProblem[] = [];
  const dialect = readDialect(config, problems);
  const cells: CellRules = {
    nullTexts: nullTextsOf(config),
    trueTexts: lowerCaseSet(config['true.values']),
    falseTexts: lowerCaseSet(config['false.values']),
  };
  const { columns, problems: columnProblems } = readColumns(config.columns, cells);
  problems.push(...columnProblems);
  if (!config.header && config.columns.length === 0) {
    problems.push({
      key: 'columns',
      message: 'Without a header, columns must name all columns of the file.',
    });
  }
  for (const name of config['key.columns']) {
    const isKnown = config.header || columns.some((column) => column.name === name);
    if (!isKnown && columnProblems.length === 0) {
      problems.push({
        key: 'key.columns',
        message: `key.columns names "${name}", which is not among the columns.`,
      });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { dialect, cells, columns };
}

/** The texts that mean null. */
export function nullTextsOf({ 'null.values': given }: CsvConfig): ReadonlySet<string> {
  return new Set(given ?? ['']);
}

function lowerCaseSet(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}

function readDialect(config: CsvConfig, problems: ConfigProblem[]): Dialect {
  const delimiter = readCharacter('delimiter', config.delimiter, problems);
  const quote = readCharacter('quote', config.quote, problems);
  const escaping = readCharacter('escape', config.escape, problems) ?? quote;
  if (delimiter !== undefined && (delimiter === quote || delimiter === escaping)) {
    problems.push({ key: 'delimiter', message: 'delimiter must differ from quote and escape.' });
  }
  return {
    delimiter: delimiter ?? 44,
    quote,
    escaping: escaping ?? -1,
    comment: readCharacter('comment', config.comment, problems),
    charset: config.charset,
    isTrimmed: config.trim,
  };
}

const spelledOut: ReadonlyMap<string, string> = new Map([
  ['\\t', '\t'],
  ['tab', '\t'],
]);

function readCharacter(key: string, text: string, problems: ConfigProblem[]): number | undefined {
  const character = spelledOut.get(text) ?? text;
  const code = character.charCodeAt(0);
  if (character.length === 1 && code < 128 && code !== 10 && code !== 13) return code;
  if (character !== '' || key === 'delimiter') {
    problems.push({
      key,
      message: `Invalid value ${JSON.stringify(text)} for configuration ${key}: Must be one ASCII character that does not end a line.`,
    });
  }
  return undefined;
}
