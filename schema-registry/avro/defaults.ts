import { SchemaParseError } from '../errors.ts';
import { printJson } from '../json-text/printer.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonTree } from '../json-text/tree.ts';
import type { AvroField, AvroSchema } from './schema.ts';

/**
 * Checks the defaults of all fields of a schema. As in Avro 1.12, none may have a value of a record in it whose own
 * fields are not all known by then. `known` are types that are checked already. Throws {@link SchemaParseError}.
 */
export function checkDefaults(root: AvroSchema, known: Iterable<AvroSchema>): void {
  new DefaultCheck(known).visit(root);
}

/** Goes through the types as Avro makes them: each where it is used first, a record's fields one after the other. */
class DefaultCheck {
  readonly #visited: Set<AvroSchema>;
  readonly #unfinished = new Set<AvroSchema>();

  constructor(known: Iterable<AvroSchema>) {
    this.#visited = new Set(known);
  }

  visit(schema: AvroSchema): void {
    if (schema.kind === 'array') this.visit(schema.items);
    else if (schema.kind === 'map') this.visit(schema.values);
    else if (schema.kind === 'union') for (const branch of schema.branches) this.visit(branch);
    if (schema.kind !== 'record' || this.#visited.has(schema)) return;
    this.#visited.add(schema);
    this.#unfinished.add(schema);
    for (const field of schema.fields) {
      this.visit(field.type);
      this.#check(field);
    }
    this.#unfinished.delete(schema);
  }

  #check({ name, type, default: value }: AvroField): void {
    if (value === undefined) return;
    const problem = () =>
      new SchemaParseError(
        `the default ${printJson(value, 'double')} of the field "${name}" does not fit its type`,
      );
    const isFit = isValidDefault(type, value, (record) => {
      if (this.#unfinished.has(record)) throw problem();
    });
    if (!isFit) throw problem();
  }
}

/**
 * Whether a field of type `schema` may have this default, by Avro 1.12's rules: a union's default may fit any branch;
 * symbols of an enum and the length of bytes and fixed are not looked at. `enter` is told of each record with a value.
 */
export function isValidDefault(
  schema: AvroSchema,
  value: JsonTree | undefined,
  enter: (record: AvroSchema) => void = () => {},
  depth = 0,
): boolean {
  // A record whose own default leaves out a field of its own type would go on for ever.
  if (value === undefined || depth > depthMax) return false;
  const fits = (type: AvroSchema, part: JsonTree | undefined) => isValidDefault(type, part, enter, depth + 1);
  switch (schema.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return isIntegerWithin(value, 31n);
    case 'long':
      return isIntegerWithin(value, 63n);
    case 'float':
    case 'double':
      return value instanceof JsonNumber;
    case 'string':
    case 'bytes':
    case 'enum':
    case 'fixed':
      return typeof value === 'string';
    case 'array':
      return isJsonArray(value) && value.every((item) => fits(schema.items, item));
    case 'map':
      return isJsonObject(value) && [...value.values()].every((item) => fits(schema.values, item));
    case 'union':
      return schema.branches.some((branch) => fits(branch, value));
    case 'record':
      if (!isJsonObject(value)) return false;
      enter(schema);
      return schema.fields.every(({ name, type, default: own }) =>
        fits(type, value.has(name) ? value.get(name) : own),
      );
  }
}

/** Deepest nesting of values that is looked at. */
const depthMax = 500;

function isIntegerWithin(value: JsonTree, bits: bigint): boolean {
  if (!(value instanceof JsonNumber) || !value.isInteger || value.text.length > 20) return false;
  const integer = BigInt(value.text);
  return integer >= -(1n << bits) && integer < 1n << bits;
}
