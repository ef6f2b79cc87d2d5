import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { DataError, FatalError, type SinkRecord, type Value } from '../../runtime/plugin/index.ts';
import { keyShapeOf, type ShapeColumn, shapeOf, signatureOf } from './record-shape.ts';
import { deleteStatement, tableNameOf, writeStatement } from './sql-text.ts';
import { type Bind, bindOf } from './sql-values.ts';
import type { SqliteConfig } from './sqlite-config.ts';
import { type TableColumns, Tables } from './tables.ts';

/** How the records of one shape are written to one table. */
interface Plan {
  readonly statement: StatementSync;
  readonly reads: readonly ((record: SinkRecord) => Value)[];
  readonly binds: readonly Bind[];
  readonly names: readonly string[];
}

/** Beyond this many shapes of records, plans are made again. */
const plansMax = 500;

const noSchema = {};

/** Writes records to the rows of their tables, within the caller's transaction. */
export class RowWriter {
  readonly #database: DatabaseSync;
  readonly #config: SqliteConfig;
  readonly #tables: Tables;
  readonly #tableNames = new Map<string, string>();
  #plans = new Map<string, Map<object, Map<object, Map<string, Plan>>>>();
  #planCount = 0;

  constructor(database: DatabaseSync, config: SqliteConfig) {
    this.#database = database;
    this.#config = config;
    this.#tables = new Tables(database, config);
  }

  /** Throws {@link DataError} when the record is at fault, SQLite's error, or {@link FatalError}. */
  write(record: SinkRecord): void {
    if (record.value === null || record.value === undefined) this.#delete(record);
    else run(this.#planOf(record), record);
  }

  /** To be called when the transaction was rolled back: tables may be gone again. */
  forget(): void {
    this.#tables.forget();
    this.#plans = new Map();
    this.#planCount = 0;
  }

  #delete(record: SinkRecord): void {
    if (!this.#config['delete.enabled']) {
      throw new DataError(
        'the record has no value: set delete.enabled to true to let it delete its row, or drop it with a filter',
      );
    }
    const table = this.#tableOf(record.topic);
    const columns = this.#tables.find(table);
    if (columns === undefined) return;
    const keys = keyShapeOf(this.#config, record);
    const statement = this.#prepare(
      table,
      deleteStatement(
        table,
        keys.map(({ name }) => name),
      ),
    );
    const binds = keys.map((column) => bindColumn(column, columns));
    run(
      { statement, binds, reads: keys.map(({ read }) => read), names: keys.map(({ name }) => name) },
      record,
    );
  }

  #planOf(record: SinkRecord): Plan {
    const byTable = getOrAdd(this.#plans, record.topic);
    const byKey = getOrAdd(byTable, record.keySchema ?? noSchema);
    const bySchema = getOrAdd(byKey, record.valueSchema ?? noSchema);
    const isLoose = record.valueSchema === undefined || record.keySchema === undefined;
    const signature = isLoose ? signatureOf(record) : '';
    const known = bySchema.get(signature);
    if (known !== undefined) return known;
    const plan = this.#makePlan(record);
    if (++this.#planCount > plansMax) this.forget();
    else bySchema.set(signature, plan);
    return plan;
  }

  #makePlan(record: SinkRecord): Plan {
    const table = this.#tableOf(record.topic);
    const shape = shapeOf(this.#config, record);
    const columns = this.#tables.require(table, shape, record);
    const mode = this.#config['insert.mode'];
    const ordered = mode === 'update' ? forUpdate(shape) : shape;
    return {
      statement: this.#prepare(table, writeStatement(mode, table, shape)),
      reads: ordered.map(({ read }) => read),
      binds: ordered.map((column) => bindColumn(column, columns)),
      names: ordered.map(({ name }) => name),
    };
  }

  #tableOf(topic: string): string {
    const known = this.#tableNames.get(topic) ?? tableNameOf(this.#config['table.name.format'], topic);
    if (this.#tableNames.size < plansMax) this.#tableNames.set(topic, known);
    return known;
  }

  #prepare(table: string, sql: string): StatementSync {
    try {
      return this.#database.prepare(sql);
    } catch (cause) {
      throw new FatalError(
        `Rows cannot be written to the table "${table}": ${String(cause)}. The statement was: ${sql}`,
        { cause },
      );
    }
  }
}

function bindColumn({ name, schema, isKey }: ShapeColumn, columns: TableColumns): Bind {
  const bind = bindOf(schema, columns.get(name.toLowerCase()) ?? 'BLOB');
  if (!isKey) return bind;
  return (value) => {
    const bound = bind(value);
    // SQLite would invent a number for an INTEGER PRIMARY KEY that is null.
    if (bound === null) throw new DataError('a primary key cannot be null');
    return bound;
  };
}

function run({ statement, reads, binds, names }: Plan, record: SinkRecord): void {
  const row = new Array<SQLInputValue>(binds.length);
  for (let index = 0; index < binds.length; index++) {
    try {
      row[index] = (binds[index] as Bind)((reads[index] as (record: SinkRecord) => Value)(record));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DataError(`the field "${names[index]}" cannot be stored: ${reason}`, { cause });
    }
  }
  statement.run(...row);
}

function forUpdate(shape: readonly ShapeColumn[]): ShapeColumn[] {
  return [...shape.filter(({ isKey }) => !isKey), ...shape.filter(({ isKey }) => isKey)];
}

function getOrAdd<K, K2, V>(map: Map<K, Map<K2, V>>, key: K): Map<K2, V> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}
