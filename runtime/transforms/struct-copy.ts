import {
  DataError,
  type Field,
  type Fields,
  type Schema,
  type StructShape,
  structShape,
  type Value,
  withDefault,
} from '../data/index.ts';

/** How the structs of one schema are copied. */
export interface StructCopyPlan {
  /** What is read, in order. */
  readonly source: readonly Field[];
  /** What is written, in order: first what was read, under these names, then what is added. */
  readonly target: Schema;
  /** Whether a field's default stands in for null. */
  readonly replaceNull: boolean;
  /** Called before null at `index` is refused: it may throw what is wrong with the values that come first. */
  readonly beforeNull?: (values: Value[], index: number) => void;
}

/** Copies structs of one schema, for transforms that change some of their fields. Made once per schema. */
export class StructCopy {
  readonly schema: Schema;
  readonly #plan: StructCopyPlan;
  readonly #source: StructShape;
  readonly #target: StructShape;
  readonly #values: Value[] = [];

  constructor(plan: StructCopyPlan) {
    this.schema = plan.target;
    this.#plan = plan;
    this.#source = structShape(plan.source.map(({ name }) => name));
    this.#target = structShape(plan.target.fields.map(({ name }) => name));
  }

  /**
   * The values of a struct, to be changed in place and then given to {@link make}, before the next call. Throws
   * {@link DataError} for null where the schema that was read does not allow it.
   */
  read(struct: Fields): Value[] {
    const values = this.#values;
    const count = this.#plan.source.length;
    this.#source.read(struct, values);
    for (let index = 0; index < count; index++) {
      if (values[index] === null) values[index] = this.#absent(index);
    }
    return values;
  }

  /** The copy. */
  make(values: readonly Value[]): Fields {
    return this.#target.make(values);
  }

  #absent(index: number): Value {
    const { source, target, replaceNull, beforeNull } = this.#plan;
    const schema = source[index]?.schema;
    if (schema === undefined) return null;
    const value = replaceNull ? withDefault(schema, null) : null;
    const field = target.fields[index];
    if (value !== null || field === undefined || field.schema.optional) return value;
    beforeNull?.(this.#values, index);
    requireNullable(field.name, field.schema);
    return null;
  }
}

/** Throws {@link DataError} when null is no value of a field. */
export function requireNullable(name: string, schema: Schema): void {
  if (schema.optional) return;
  throw new DataError(
    `Invalid value: null used for required field: "${name}", schema type: ${schema.type.toUpperCase()}`,
  );
}
