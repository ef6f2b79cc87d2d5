import { isJsonArray, isJsonObject, JsonNumber, type JsonTree } from '../../json-text/tree.ts';
import { isValidDefault } from '../defaults.ts';
import type { AvroSchema } from '../schema.ts';
import { branchName, isWrapped, type UnionShape } from './union-shape.ts';

/** The value that a field's default stands for, new at every call; undefined when it does not fit the type. */
export function defaultValue(schema: AvroSchema, tree: JsonTree, shape: UnionShape): unknown {
  return isValidDefault(schema, tree) ? converted(schema, tree, shape) : undefined;
}

function converted(schema: AvroSchema, tree: JsonTree, shape: UnionShape): unknown {
  switch (schema.kind) {
    case 'bytes':
    case 'fixed':
      return Buffer.from(String(tree), 'latin1');
    case 'array':
      return isJsonArray(tree) ? tree.map((item) => converted(schema.items, item, shape)) : [];
    case 'map':
      return mapEntries(tree, (_key, item) => converted(schema.values, item, shape));
    case 'record':
      return recordOf(schema, tree, shape);
    case 'union': {
      const branch = schema.branches.find((each) => isValidDefault(each, tree));
      if (branch === undefined) return undefined;
      const value = converted(branch, tree, shape);
      return value !== null && isWrapped(schema, shape) ? { [branchName(branch)]: value } : value;
    }
    default:
      return tree instanceof JsonNumber ? numberOf(schema, tree) : tree;
  }
}

function numberOf(schema: AvroSchema, number: JsonNumber): number | bigint {
  const value = number.toNumber();
  return schema.kind === 'long' && !Number.isSafeInteger(value) ? BigInt(number.text) : value;
}

function recordOf(
  schema: Extract<AvroSchema, { kind: 'record' }>,
  tree: JsonTree,
  shape: UnionShape,
): Record<string, unknown> {
  const given = isJsonObject(tree) ? tree : new Map<string, JsonTree>();
  return Object.fromEntries(
    schema.fields.map(({ name, type, default: own }) => {
      const value = given.has(name) ? given.get(name) : own;
      return [name, converted(type, value ?? null, shape)];
    }),
  );
}

function mapEntries(
  tree: JsonTree,
  convert: (key: string, item: JsonTree) => unknown,
): Record<string, unknown> {
  const entries = isJsonObject(tree) ? [...tree] : [];
  return Object.fromEntries(entries.map(([key, item]) => [key, convert(key, item)]));
}
