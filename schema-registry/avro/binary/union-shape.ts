import type { AvroSchema, AvroUnion } from '../schema.ts';
import { isNamed } from '../schema.ts';

/**
 * How values of a union look. `auto`: the value itself, unless two branches have the same JavaScript type; then, as
 * with `wrapped` always, `{ branch: value }` with the branch's full name. `null` is always `null`.
 */
export type UnionShape = 'auto' | 'wrapped';

/** Whether values of this union carry the name of their branch. */
export function isWrapped({ branches }: AvroUnion, shape: UnionShape): boolean {
  if (shape === 'wrapped') return true;
  const families = branches.map(familyOf);
  return new Set(families).size < families.length;
}

/** The name of a branch: the full name of a named type, else the kind. */
export function branchName(schema: AvroSchema): string {
  return isNamed(schema) ? schema.name.full : schema.kind;
}

/** The JavaScript type of a schema's values, as far as one can tell them apart. */
export type Family = 'null' | 'boolean' | 'number' | 'string' | 'bytes' | 'array' | 'object';

export function familyOf(schema: AvroSchema): Family {
  switch (schema.kind) {
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number';
    case 'enum':
      return 'string';
    case 'fixed':
      return 'bytes';
    case 'map':
    case 'record':
    case 'union':
      return 'object';
    default:
      return schema.kind;
  }
}

/** The family of a value; undefined when no schema has such values. */
export function familyOfValue(value: unknown): Family | undefined {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'string';
    case 'object':
      if (value instanceof Uint8Array) return 'bytes';
      return Array.isArray(value) ? 'array' : 'object';
    default:
      return undefined;
  }
}
