import type { AvroSchema } from '../schema.ts';
import { ownField } from './record-field.ts';
import { branchName, familyOf, familyOfValue, isWrapped, type UnionShape } from './union-shape.ts';

/** Whether a value could be one of this schema, without looking into arrays, maps and records. */
function fitsShallow(schema: AvroSchema, value: unknown): boolean {
  switch (schema.kind) {
    case 'int':
      return isInteger(value) && Number(value) === (Number(value) | 0);
    case 'long':
      return isInteger(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value);
    case 'enum':
      return typeof value === 'string' && schema.symbols.includes(value);
    case 'fixed':
      return value instanceof Uint8Array && value.length === schema.size;
    case 'record':
      return familyOfValue(value) === 'object' && schema.fields.every((field) => isPresent(field, value));
    case 'union':
      return schema.branches.some((branch) => fitsShallow(branch, value));
    default:
      return familyOfValue(value) === familyOf(schema);
  }
}

/** The branch that an unwrapped value of an ambiguous union belongs to: the first that fits. */
export function branchIndex(branches: readonly AvroSchema[], value: unknown): number {
  return branches.findIndex((branch) => fitsShallow(branch, value));
}

/** The branch and value of `{ branch: value }`; undefined when the value is not of this form. */
export function unwrapped(
  branches: readonly AvroSchema[],
  value: unknown,
): { readonly index: number; readonly value: unknown } | undefined {
  if (familyOfValue(value) !== 'object') return undefined;
  const entries = Object.entries(value as object);
  const [name, inner] = entries[0] ?? [];
  const index = entries.length === 1 ? branches.findIndex((branch) => branchName(branch) === name) : -1;
  return index < 0 ? undefined : { index, value: inner };
}

/** Says where and why a value does not fit: for the message of an error that has happened already. */
export function describeMismatch(schema: AvroSchema, value: unknown, shape: UnionShape): string {
  return mismatch(schema, value, shape, '', 0) ?? 'the value does not fit the schema';
}

const depthMax = 100;

function mismatch(
  schema: AvroSchema,
  value: unknown,
  shape: UnionShape,
  path: string,
  depth: number,
): string | undefined {
  const inside = (inner: AvroSchema, part: unknown, step: string | number) =>
    depth > depthMax
      ? undefined
      : mismatch(inner, part, shape, path === '' ? String(step) : `${path}.${step}`, depth + 1);
  if (!fitsShallow(schema, value) && !(schema.kind === 'union' || schema.kind === 'record')) {
    return complaint(schema, value, path);
  }
  switch (schema.kind) {
    case 'array':
      return firstOf(value as unknown[], (item, index) => inside(schema.items, item, index));
    case 'map':
      return firstOf(Object.entries(value as object), ([key, item]) => inside(schema.values, item, key));
    case 'record': {
      if (familyOfValue(value) !== 'object') return complaint(schema, value, path);
      const fieldOf = (name: string) => ownField(value as object, name);
      return firstOf(schema.fields, ({ name, type, default: fallback }) =>
        fieldOf(name) === undefined && fallback !== undefined ? undefined : inside(type, fieldOf(name), name),
      );
    }
    case 'union': {
      const wrapped = isWrapped(schema, shape) ? unwrapped(schema.branches, value) : undefined;
      const index =
        wrapped?.index ?? schema.branches.findIndex((each) => familyOf(each) === familyOfValue(value));
      const branch = schema.branches[index];
      if (branch === undefined) return complaint(schema, value, path);
      return mismatch(branch, wrapped ? wrapped.value : value, shape, path, depth + 1);
    }
    default:
      return undefined;
  }
}

function firstOf<T>(
  items: readonly T[],
  find: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function complaint(schema: AvroSchema, value: unknown, path: string): string {
  const wanted =
    schema.kind === 'union' ? `one of ${schema.branches.map(branchName).join(', ')}` : branchName(schema);
  const shown =
    typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value)?.slice(0, 100) ?? typeof value);
  return `${path === '' ? 'the value' : `the field "${path}"`} is ${shown}, but must be ${wanted}`;
}

function isPresent(
  field: { readonly name: string; readonly default: unknown; readonly type: AvroSchema },
  value: unknown,
): boolean {
  return ownField(value as object, field.name) !== undefined || field.default !== undefined;
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
}
