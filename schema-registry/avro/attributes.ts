import { SchemaParseError } from '../errors.ts';
import { printJson } from '../json-text/printer.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonTree } from '../json-text/tree.ts';
import type { AvroField, AvroRecord, AvroSchema, FieldOrder } from './schema.ts';

const schemaAttributes: readonly string[] = [
  'aliases',
  'doc',
  'fields',
  'items',
  'name',
  'namespace',
  'size',
  'symbols',
  'type',
  'values',
];

const ownAttributes = {
  schema: new Set(schemaAttributes),
  enum: new Set([...schemaAttributes, 'default']),
  field: new Set(['aliases', 'default', 'doc', 'name', 'order', 'type']),
} as const;

/** What Avro itself does not know, in order. */
export function propsOf(tree: JsonObject, owner: keyof typeof ownAttributes): JsonObject {
  return new Map([...tree].filter(([key]) => !ownAttributes[owner].has(key)));
}

/**
 * The properties of a record, array or map. Avro makes these types a second time when all names are known, and fails
 * then on integers beyond 64 bits. Throws {@link SchemaParseError} on them.
 */
export function compoundPropsOf(tree: JsonObject): JsonObject {
  const props = propsOf(tree, 'schema');
  for (const [key, value] of props) checkPropNumbers(key, value);
  return props;
}

/** The member when it is text; any other value counts as absent. */
export function textOf(tree: JsonObject, key: string): string | undefined {
  const value = tree.get(key);
  return typeof value === 'string' ? value : undefined;
}

export function parseAliases(tree: JsonObject): string[] {
  const aliases = tree.get('aliases');
  if (aliases === undefined) return [];
  if (!isJsonArray(aliases)) throw new SchemaParseError('aliases is not an array');
  const texts = aliases.map((alias) => {
    if (typeof alias !== 'string') throw new SchemaParseError('an alias is not text');
    return alias;
  });
  return [...new Set(texts)];
}

/** A record's field, and the tree of its type, which is not parsed yet: `placeholder` stands in. */
export function parseField(
  tree: JsonTree,
  record: AvroRecord,
  placeholder: AvroSchema,
): readonly [field: AvroField, type: JsonTree] {
  const owner = record.name.full;
  if (!isJsonObject(tree)) throw new SchemaParseError(`a field of "${owner}" is not an object`);
  const name = textOf(tree, 'name');
  if (name === undefined) throw new SchemaParseError(`a field of "${owner}" has no name`);
  const type = tree.get('type');
  if (type === undefined || type === null) throw new SchemaParseError(`the field "${name}" has no type`);
  const field: AvroField = {
    name,
    type: placeholder,
    doc: textOf(tree, 'doc'),
    default: defaultOf(tree, type),
    order: orderOf(tree, name),
    aliases: parseAliases(tree),
    props: propsOf(tree, 'field'),
  };
  return [field, type];
}

/** Not-a-number and the infinities have no JSON number: Avro takes text for a float's default. */
function defaultOf(tree: JsonObject, type: JsonTree): JsonTree | undefined {
  const value = tree.get('default');
  const kind = isJsonObject(type) ? type.get('type') : type;
  if (typeof value !== 'string' || (kind !== 'float' && kind !== 'double')) return value;
  const text = value.trim().replace(/(?<=[\d.])[dDfF]$/, '');
  if (!/^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/.test(text)) {
    throw new SchemaParseError(`the default ${printJson(value, 'double')} is not a number`);
  }
  const number = Number(text.replace(/^\+/, ''));
  return new JsonNumber(decimalText(number));
}

function decimalText(number: number): string {
  const text = Object.is(number, -0) ? '-0' : String(number);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function orderOf(tree: JsonObject, name: string): FieldOrder {
  const value = tree.get('order');
  if (value === undefined) return 'ascending';
  const order = typeof value === 'string' ? orders.get(value.toLowerCase()) : undefined;
  if (order !== undefined) return order;
  throw new SchemaParseError(`the order of the field "${name}" is not ascending, descending or ignore`);
}

const orders: ReadonlyMap<string, FieldOrder> = new Map([
  ['ascending', 'ascending'],
  ['descending', 'descending'],
  ['ignore', 'ignore'],
]);

function checkPropNumbers(key: string, value: JsonTree): void {
  if (value instanceof JsonNumber && value.isInteger) {
    const integer = value.text.length > 20 ? undefined : BigInt(value.text);
    if (integer === undefined || BigInt.asIntN(64, integer) !== integer) {
      throw new SchemaParseError(
        `the property "${key}" has an integer of more than 64 bits: write it as text`,
      );
    }
  } else if (isJsonArray(value)) {
    for (const item of value) checkPropNumbers(key, item);
  } else if (isJsonObject(value)) {
    for (const item of value.values()) checkPropNumbers(key, item);
  }
}
