import type { DatabaseSync } from 'node:sqlite';
import { DataError, FatalError, type SinkRecord } from '../../runtime/plugin/index.ts';
import type { ShapeColumn } from './record-shape.ts';
import { quoteName } from './sql-text.ts';
import { type Affinity, affinityOf, columnTypeOf, columnTypeOfValue } from './sql-values.ts';
import { configuredTypes, type SqliteConfig } from './sqlite-config.ts';

/** The affinities of a table's columns, by name in lower case. */
export type TableColumns = ReadonlyMap<string, Affinity>;

/** The tables of a database, made to fit records as far as the config allows. */
export class Tables {
  readonly #database: DatabaseSync;
  readonly #config: SqliteConfig;
  readonly #known = new Map<string, TableColumns>();
  readonly #types: ReadonlyMap<string, string>;

  constructor(database: DatabaseSync, config: SqliteConfig) {
    this.#database = database;
    this.#config = config;
    this.#types = configuredTypes(config);
  }

  /** Forgets what is known: a transaction was rolled back, or someone else changed a table. */
  forget(): void {
    this.#known.clear();
  }

  /** Undefined when there is no such table. */
  find(table: string): TableColumns | undefined {
    const known = this.#known.get(table);
    if (known !== undefined) return known;
    const rows = this.#database.prepare(`PRAGMA table_info(${quoteName(table)})`).all();
    if (rows.length === 0) return undefined;
    const columns = new Map(
      rows.map((row) => [String(row['name']).toLowerCase(), affinityOf(String(row['type']))]),
    );
    this.#known.set(table, columns);
    return columns;
  }

  /**
   * A table with all columns of `shape`, created or extended within the current transaction. Throws {@link FatalError} when
   * there is no table and none may be created, {@link DataError} when a column is missing.
   */
  require(table: string, shape: readonly ShapeColumn[], record: SinkRecord): TableColumns {
    const columns = this.find(table) ?? this.#create(table, shape, record);
    const missing = shape.filter(({ name }) => !columns.has(name.toLowerCase()));
    if (missing.length === 0) return columns;
    if (!this.#config['auto.evolve']) {
      throw new DataError(
        `the table "${table}" has no column ${missing.map(({ name }) => `"${name}"`).join(', ')}: add it, set auto.evolve to true, or choose fields with fields.whitelist`,
      );
    }
    for (const column of missing) {
      // Rows that are there already have no value for it, so it may be null.
      const type = this.#typeOf(column, record);
      this.#database.exec(`ALTER TABLE ${quoteName(table)} ADD COLUMN ${quoteName(column.name)} ${type}`);
    }
    this.#known.delete(table);
    return this.find(table) ?? columns;
  }

  #create(table: string, shape: readonly ShapeColumn[], record: SinkRecord): TableColumns {
    if (!this.#config['auto.create']) {
      throw new FatalError(
        `The table "${table}" does not exist in ${this.#config.file}: create it, or set auto.create to true.`,
      );
    }
    const parts = shape.map((column) => {
      const isRequired = column.isKey || (column.schema !== undefined && !column.schema.optional);
      return `${quoteName(column.name)} ${this.#typeOf(column, record)}${isRequired ? ' NOT NULL' : ''}`;
    });
    const names = new Set(shape.map(({ name }) => name));
    for (const [name, type] of this.#types) if (!names.has(name)) parts.push(`${quoteName(name)} ${type}`);
    const keys = shape.filter(({ isKey }) => isKey).map(({ name }) => quoteName(name));
    if (keys.length > 0) parts.push(`PRIMARY KEY (${keys.join(', ')})`);
    this.#database.exec(`CREATE TABLE ${quoteName(table)} (${parts.join(', ')})`);
    return this.find(table) ?? new Map();
  }

  #typeOf(column: ShapeColumn, record: SinkRecord): string {
    const configured = this.#types.get(column.name);
    if (configured !== undefined) return configured;
    if (column.schema !== undefined) return columnTypeOf(column.schema);
    const value = column.read(record);
    // A column without type takes every value as it is.
    return value === null || value === undefined ? '' : columnTypeOfValue(value);
  }
}
