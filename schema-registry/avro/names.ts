import { SchemaParseError } from '../errors.ts';
import { limitedName } from '../limits.ts';

/** The name of a record, enum or fixed. `namespace` is undefined for the null namespace. */
export interface AvroName {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly full: string;
}

const primitiveKinds = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;

export type PrimitiveKind = (typeof primitiveKinds)[number];

const primitives: ReadonlySet<string> = new Set(primitiveKinds);

export function isPrimitive(kind: string): kind is PrimitiveKind {
  return primitives.has(kind);
}

/** A dotted name brings its own namespace; another one takes `namespace`, where empty means none. Throws `SchemaLimitError`. */
export function avroName(name: string, namespace: string | undefined): AvroName {
  const dot = name.lastIndexOf('.');
  const simple = name.slice(dot + 1);
  const space = (dot < 0 ? namespace : name.slice(0, dot)) || undefined;
  return {
    name: simple,
    namespace: space,
    full: limitedName(space === undefined ? simple : `${space}.${simple}`),
  };
}

/** Simple names that would be taken for a type of Avro's own. */
const typeNames: ReadonlySet<string> = new Set([
  ...primitiveKinds,
  'record',
  'enum',
  'array',
  'map',
  'union',
  'fixed',
]);

/** What to write for `name` inside `enclosing`: the simple name where that is enough to find it again. */
export function nameWithin(name: AvroName, enclosing: string | undefined): string {
  return name.namespace === enclosing && !typeNames.has(name.name) ? name.name : name.full;
}

/** Checks one name (no dots) by the specification: a letter or `_`, then letters, digits, `_`. Throws. */
export function checkSimpleName(name: string): void {
  if (name === '') throw new SchemaParseError('a name is empty');
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  const problem = /^[A-Za-z_]/.test(name) ? 'has an illegal character' : 'does not begin with a letter or _';
  throw new SchemaParseError(`the name "${name}" ${problem}: letters, digits and _ are allowed`);
}

/** Checks a full name part by part. Throws. */
export function checkName({ name, namespace }: AvroName): void {
  checkSimpleName(name);
  for (const part of namespace?.split('.') ?? []) checkSimpleName(part);
}
