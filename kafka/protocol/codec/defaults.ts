import type { Field, Fields } from '../schema/index.ts';

/** How int64 fields look: `typed` as number, `exact` as bigint. */
export type Mode = 'typed' | 'exact';

/** The uuid of sixteen zero bytes: Kafka's "no id". */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Shared by every empty byte field; nothing can be written to it. */
export const emptyBytes = Buffer.alloc(0);

/** A fresh value of the field's default, explicit or implicit. */
export function defaultOf(field: Field, mode: Mode): unknown {
  if (field.default !== undefined) return explicitDefault(field, field.default, mode);
  switch (field.type) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'uuid':
      return zeroUuid;
    case 'bytes':
      return emptyBytes;
    case 'records':
      return null;
    case 'array':
      return [];
    case 'struct':
      return structDefault(field.fields ?? {}, mode);
    case 'int64':
      return mode === 'exact' ? 0n : 0;
    default:
      return 0;
  }
}

function explicitDefault(field: Field, value: unknown, mode: Mode): unknown {
  if (field.type !== 'int64' || value === null) return value;
  return mode === 'exact' ? BigInt(value as number | bigint) : Number(value);
}

function structDefault(fields: Fields, mode: Mode): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, defaultOf(field, mode)]));
}

/** Whether `value` is the field's default; a struct is when all its fields are. `undefined` always is. */
export function isDefault(field: Field, value: unknown, mode: Mode): boolean {
  if (value === undefined) return true;
  if (value === null || field.default === null) return value === defaultOf(field, mode);
  switch (field.type) {
    case 'array':
    case 'bytes':
      return (value as { readonly length: number }).length === 0;
    case 'records':
      return false;
    case 'struct':
      return Object.entries(field.fields ?? {}).every(([name, nested]) =>
        isDefault(nested, (value as Record<string, unknown>)[name], mode),
      );
    default:
      return value === defaultOf(field, mode);
  }
}
