import { defaultOf, emptyBytes } from '../codec/defaults.ts';
import { type Layout, type LayoutField, layoutOf, structLayout } from '../codec/layout.ts';
import type { MessageDefinition } from '../schema/index.ts';
import { ProtocolJsonError } from './errors.ts';

/**
 * Reads Kafka's JSON form, as {@link parseJson} gives it, into a value for `encodeExact`: int64 as bigint.
 * Tagged fields may be left out, all others of the version are required, and no other fields are allowed.
 * Throws {@link ProtocolJsonError}.
 */
export function fromJson(definition: MessageDefinition, version: number, json: unknown): object {
  return structFrom(layoutOf(definition, version), json, '');
}

function structFrom(layout: Layout, json: unknown, path: string): object {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return wrong(path, 'has to be an object');
  const given = new Map<string, unknown>(Object.entries(json));
  const fields = layout.all.map((field) => {
    const isAbsent = !given.has(field.name) || layout.absent.includes(field);
    return [field.name, isAbsent ? absent(field, layout, path) : present(field, layout, given, path)];
  });
  rejectUnknown(layout, given, path);
  return Object.fromEntries(fields);
}

function absent(field: LayoutField, layout: Layout, path: string): unknown {
  if (layout.plain.includes(field)) return wrong(join(path, field.name), 'is missing');
  return defaultOf(field.field, 'exact');
}

function present(
  field: LayoutField,
  layout: Layout,
  given: ReadonlyMap<string, unknown>,
  path: string,
): unknown {
  return fieldFrom(field, given.get(field.name), layout.version, join(path, field.name));
}

function rejectUnknown(layout: Layout, given: ReadonlyMap<string, unknown>, path: string): void {
  const known = new Set([...layout.plain, ...layout.tagged].map(({ name }) => name));
  for (const name of given.keys()) {
    if (!known.has(name)) wrong(join(path, name), `is not a field of version ${layout.version}`);
  }
}

function fieldFrom(layoutField: LayoutField, json: unknown, version: number, path: string): unknown {
  const { field, isNullable, isFlexible } = layoutField;
  if (json === null) return isNullable ? null : wrong(path, `may not be null in version ${version}`);
  switch (field.type) {
    case 'bool':
      return typeof json === 'boolean' ? json : wrong(path, 'has to be true or false');
    case 'int64':
      return int64From(json, path);
    case 'float64':
      return float64From(json, path);
    case 'string':
    case 'uuid':
      return typeof json === 'string' ? json : wrong(path, 'has to be a string');
    case 'bytes':
    case 'records':
      return bytesFrom(json, path);
    case 'struct':
      return structFrom(structLayout(field.fields ?? {}, version, isFlexible), json, path);
    case 'array':
      return arrayFrom(layoutField, json, version, path);
    default:
      return Number.isSafeInteger(json) ? json : wrong(path, `has to be an ${field.type}`);
  }
}

function int64From(json: unknown, path: string): bigint {
  if (typeof json === 'bigint') return json;
  return typeof json === 'number' && Number.isSafeInteger(json)
    ? BigInt(json)
    : wrong(path, 'has to be an integer of 64 bits, parsed without loss');
}

const notFinite = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function float64From(json: unknown, path: string): number {
  if (typeof json === 'bigint') return Number(json);
  if (typeof json === 'number' && Number.isFinite(json)) return json;
  const special = typeof json === 'string' ? notFinite.get(json) : undefined;
  return special ?? wrong(path, 'has to be a number');
}

function bytesFrom(json: unknown, path: string): Buffer {
  if (typeof json !== 'string' || json.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(json)) {
    return wrong(path, 'has to be a string of base64');
  }
  return json === '' ? emptyBytes : Buffer.from(json, 'base64');
}

function arrayFrom(
  layoutField: LayoutField,
  json: unknown,
  version: number,
  path: string,
): readonly unknown[] {
  if (!Array.isArray(json)) return wrong(path, 'has to be an array');
  const element = {
    ...layoutField,
    isNullable: false,
    field: layoutField.field.element ?? layoutField.field,
  };
  return json.map((each: unknown, i) => fieldFrom(element, each, version, `${path}[${i}]`));
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function wrong(path: string, reason: string): never {
  throw new ProtocolJsonError(path, reason);
}
