import {
  type ConfigProblem,
  type Fields,
  type Schema,
  type SourceRecord,
  schemas,
  setField,
  type Value,
} from '../../runtime/plugin/index.ts';
import { type BooleanTexts, type CellType, cellTypeNames, cellTypeOf, type ParseCell } from './cell-types.ts';

/** A column as the config describes it. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: CellType;
  readonly typeName: string;
  readonly isOptional: boolean;
}

/** How cells are read beside their types. */
export interface CellRules extends BooleanTexts {
  /** Texts that mean null in an optional column. */
  readonly nullTexts: ReadonlySet<string>;
}

/** What {@link RowBuilder} needs to know. */
export interface RowLayout {
  /** One for each cell of a row, in order. */
  readonly columns: readonly ColumnSpec[];
  readonly nullTexts: ReadonlySet<string>;
  readonly keyColumns: readonly string[];
  readonly schemaName: string | undefined;
  readonly topic: string;
}

/** Reads `name`, `name:type` or `name:type?`; the last colon counts. */
export function readColumns(
  specs: readonly string[],
  rules: CellRules,
): { readonly columns: ColumnSpec[]; readonly problems: ConfigProblem[] } {
  const columns: ColumnSpec[] = [];
  const problems: ConfigProblem[] = [];
  for (const spec of specs) {
    const colon = spec.lastIndexOf(':');
    const name = colon < 0 ? spec : spec.slice(0, colon);
    const text = colon < 0 ? 'string' : spec.slice(colon + 1).trim();
    const isOptional = text.endsWith('?');
    const typeName = isOptional ? text.slice(0, -1) : text;
    const type = cellTypeOf(typeName, rules);
    const report = (reason: string) =>
      problems.push({
        key: 'columns',
        message: `Invalid value ${spec} for configuration columns: ${reason}`,
      });
    if (name === '') report('a column needs a name.');
    else if (columns.some((column) => column.name === name)) report(`the column "${name}" is there twice.`);
    else if (type === undefined)
      report(`no such type; known are ${cellTypeNames}, each with ? when it may be null.`);
    else columns.push({ name, type, typeName, isOptional });
  }
  return { columns, problems };
}

/** Makes records of rows. All records share their schema objects. */
export class RowBuilder {
  readonly #names: readonly string[];
  readonly #parsers: readonly ParseCell[];
  readonly #layout: RowLayout;
  readonly #keyNames: readonly string[];
  readonly #keySchema: Schema | undefined;
  readonly #valueSchema: Schema;
  readonly #set: (target: Fields, name: string, value: Value) => void;
  /** Why the last row could not be built. */
  problem = '';

  constructor(layout: RowLayout) {
    this.#layout = layout;
    this.#names = layout.columns.map(({ name }) => name);
    this.#parsers = layout.columns.map(({ type }) => type.parse);
    this.#keyNames = layout.keyColumns;
    this.#valueSchema = structOf(layout.columns, layout.schemaName);
    this.#keySchema = keySchemaOf(layout);
    this.#set = this.#names.includes('__proto__') ? setField : setPlainField;
  }

  /** The record of a row; undefined when a cell does not fit, and then `problem` says which. */
  build(cells: readonly string[]): SourceRecord | undefined {
    const names = this.#names;
    if (cells.length !== names.length) {
      this.problem = `${count(cells.length, 'cell')} where ${count(names.length, 'column')} are expected`;
      return undefined;
    }
    const value: Fields = {};
    for (let index = 0; index < names.length; index++) {
      const cell = this.#read(cells[index] as string, index);
      if (cell === undefined) return undefined;
      this.#set(value, names[index] as string, cell);
    }
    return {
      topic: this.#layout.topic,
      keySchema: this.#keySchema,
      key: this.#keyOf(value),
      valueSchema: this.#valueSchema,
      value,
    };
  }

  #read(text: string, index: number): Value {
    const column = this.#layout.columns[index] as ColumnSpec;
    if (column.isOptional && this.#layout.nullTexts.has(text)) return null;
    const value = (this.#parsers[index] as ParseCell)(text);
    if (value === undefined) {
      const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
      this.problem = `the column "${column.name}" holds ${JSON.stringify(shown)}, which is not of type ${column.typeName}`;
    }
    return value;
  }

  #keyOf(value: Fields): Value {
    const [name] = this.#keyNames;
    if (name === undefined) return null;
    if (this.#keyNames.length === 1) return value[name];
    const key: Fields = {};
    for (const part of this.#keyNames) this.#set(key, part, value[part]);
    return key;
  }
}

function setPlainField(target: Fields, name: string, value: Value): void {
  target[name] = value;
}

function structOf(columns: readonly ColumnSpec[], name: string | undefined): Schema {
  return schemas.struct(
    columns.map((column) => [column.name, schemaOf(column)] as const),
    { name },
  );
}

function schemaOf({ type, isOptional }: ColumnSpec): Schema {
  return isOptional ? schemas.optional(type.schema) : type.schema;
}

function keySchemaOf({ columns, keyColumns }: RowLayout): Schema | undefined {
  const parts = keyColumns.flatMap((name) => columns.filter((column) => column.name === name));
  const [first] = parts;
  if (first === undefined) return undefined;
  return parts.length === 1 ? schemaOf(first) : structOf(parts, undefined);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
