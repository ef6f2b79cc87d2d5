import { ConfigError, type ConfigOf, type ConfigProblem } from '../../runtime/plugin/index.ts';

/** The keys of the sqlite sink: those of Kafka Connect's JDBC sinks, and a few of SQLite. */
export const sqliteConfig = {
  type: 'object',
  required: ['file'],
  properties: {
    file: { type: 'string', minLength: 1, description: 'Path of the database. Created when it is missing.' },
    'table.name.format': {
      type: 'string',
      minLength: 1,
      default: '${topic}',
      description: 'Name of the table; ${topic} stands for the topic of the record.',
    },
    'insert.mode': {
      enum: ['insert', 'upsert', 'update'],
      ignoreCase: true,
      default: 'insert',
      description:
        'insert: add a row for each record. upsert: replace the row with the same primary key. update: change it if it exists.',
    },
    'pk.mode': {
      enum: ['none', 'kafka', 'record_key', 'record_value'],
      ignoreCase: true,
      default: 'none',
      importance: 'HIGH',
      description:
        'Where the primary key comes from: none, the place in Kafka (topic, partition, offset), the record key or the value.',
    },
    'pk.fields': {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description:
        'Names of the primary key columns. kafka: three, default __connect_topic, __connect_partition, __connect_offset. ' +
        'record_key: the column of a primitive key, or the fields of a struct (default all). record_value: fields (default all).',
    },
    'delete.enabled': {
      type: 'boolean',
      default: false,
      description: 'Let records without value delete the row with their key. Needs pk.mode record_key.',
    },
    'auto.create': { type: 'boolean', default: false, description: 'Create tables that are missing.' },
    'auto.evolve': { type: 'boolean', default: false, description: 'Add columns that are missing.' },
    'fields.whitelist': {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Fields of the value to write. Empty: all.',
    },
    columns: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      importance: 'LOW',
      description:
        'Types of columns that auto.create and auto.evolve make, as name:TYPE with INTEGER, REAL, TEXT, BLOB or NUMERIC. ' +
        'Otherwise the schema says it, and without schema the first value.',
    },
    'journal.mode': {
      enum: ['WAL', 'DELETE', 'TRUNCATE'],
      ignoreCase: true,
      default: 'WAL',
      importance: 'LOW',
      description: "SQLite's journal mode. WAL lets others read while rows are written.",
    },
    synchronous: {
      enum: ['FULL', 'NORMAL', 'OFF'],
      ignoreCase: true,
      default: 'FULL',
      importance: 'LOW',
      description:
        'FULL: a batch survives a power failure once its offsets are committed. Others are faster and do not.',
    },
    'busy.timeout.ms': {
      type: 'string',
      format: 'duration',
      default: '5s',
      importance: 'LOW',
      description: 'How long to wait for another writer of the database before the batch is tried again.',
    },
  },
} as const;

export type SqliteConfig = ConfigOf<typeof sqliteConfig>;

/** Rules between keys. Throws {@link ConfigError} with every problem. */
export function checkSqliteConfig(config: SqliteConfig): void {
  const problems: ConfigProblem[] = [];
  const mode = config['pk.mode'];
  const fields = config['pk.fields'];
  const report = (key: string, message: string) => problems.push({ key, message });
  if (config['insert.mode'] !== 'insert' && mode === 'none') {
    report(
      'pk.mode',
      `insert.mode ${config['insert.mode']} needs a primary key: set pk.mode to kafka, record_key or record_value.`,
    );
  }
  if (config['delete.enabled'] && mode !== 'record_key') {
    report('delete.enabled', 'delete.enabled needs pk.mode record_key: the key says which row to delete.');
  }
  if (mode === 'none' && fields.length > 0)
    report('pk.fields', 'pk.fields has no effect with pk.mode none: remove it or set pk.mode.');
  if (mode === 'kafka' && fields.length !== 0 && fields.length !== 3) {
    report(
      'pk.fields',
      'With pk.mode kafka, pk.fields names three columns: for topic, partition and offset.',
    );
  }
  if (new Set(fields).size < fields.length) report('pk.fields', 'pk.fields names a column twice.');
  for (const spec of config.columns) {
    if (!columnSpec.test(spec)) {
      report(
        'columns',
        `Invalid value ${spec} for configuration columns: Expected name:TYPE with INTEGER, REAL, TEXT, BLOB or NUMERIC.`,
      );
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

const columnSpec = /^.+:(INTEGER|REAL|TEXT|BLOB|NUMERIC)$/;

/** The configured column types by name. */
export function configuredTypes(config: SqliteConfig): ReadonlyMap<string, string> {
  return new Map(
    config.columns.map((spec) => [
      spec.slice(0, spec.lastIndexOf(':')),
      spec.slice(spec.lastIndexOf(':') + 1),
    ]),
  );
}
