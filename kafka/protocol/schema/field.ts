import { everyVersion, noVersion, parseVersions, type VersionRange } from './version-range.ts';

declare const inferred: unique symbol;

/** The field types of Kafka's message definitions. */
export type FieldType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float64'
  | 'string'
  | 'bytes'
  | 'records'
  | 'uuid'
  | 'struct'
  | 'array';

/** An explicit default. Fields without one default to 0, false, '', no bytes, [], null for `records`, or a struct of defaults. */
export type FieldDefault = boolean | number | bigint | string | null;

/** The fields of a message or struct, by their name in Kafka's JSON form, in wire order. */
export type Fields = Readonly<Record<string, Field>>;

/**
 * One field of a message definition. `Value` is what decoding gives, `Input` what encoding takes and
 * `Optional` whether encoding may do without; the three exist for the type checker only.
 */
export interface Field<Value = unknown, Input = unknown, Optional extends boolean = boolean> {
  readonly type: FieldType;
  readonly versions: VersionRange;
  readonly nullable: VersionRange;
  readonly default: FieldDefault | undefined;
  readonly tag: number | undefined;
  readonly taggedVersions: VersionRange;
  /** Whether encoding may drop a value at a version that lacks the field. */
  readonly isIgnorable: boolean;
  /** Part of the key when Kafka keeps the enclosing array as a keyed set. No effect on the wire. */
  readonly isMapKey: boolean;
  /** False where a field keeps its old encoding in flexible versions (the client id of a request header). */
  readonly isFlexible: boolean;
  /** Of an array. */
  readonly element: Field | undefined;
  /** Of a struct. */
  readonly fields: Fields | undefined;
  readonly [inferred]?: { readonly value: Value; readonly input: Input; readonly optional: Optional };
}

/** Options of a field. `versions` and `nullable` are written as in Kafka's definitions (`3+`). */
export interface FieldOptions<Default extends FieldDefault = FieldDefault> {
  readonly versions?: string;
  /** The versions that allow null; `true` for all that have the field. */
  readonly nullable?: string | true;
  readonly default?: Default;
  readonly tag?: number;
  /** The versions that carry the field as a tagged one, where these are not all of `versions`. */
  readonly taggedVersions?: string;
  readonly ignorable?: boolean;
  readonly mapKey?: boolean;
  readonly flexible?: 'none';
}

type Inferred<F> = F extends { readonly [inferred]?: infer I } ? NonNullable<I> : never;
type ValueOf<F> = Inferred<F> extends { readonly value: infer V } ? V : never;
type InputOf<F> = Inferred<F> extends { readonly input: infer V } ? V : never;
type OptionalKeys<F> = {
  [K in keyof F]: Inferred<F[K]> extends { readonly optional: true } ? K : never;
}[keyof F];

/** What decoding a struct of these fields gives. */
export type StructOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** What encoding a struct of these fields takes: fields with a default, a tag, only some versions, or ignorable may be left out. */
export type StructInput<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: InputOf<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: InputOf<F[K]> | undefined };

type OrNull<T, O> = O extends { readonly nullable: string | true } ? T | null : T;
type IsOptional<O> = O extends
  | { readonly versions: string }
  | { readonly tag: number }
  | { readonly default: FieldDefault }
  | { readonly ignorable: true }
  ? true
  : false;
type Typed<Value, Input, O> = Field<OrNull<Value, O>, OrNull<Input, O>, IsOptional<O>>;
type None = Readonly<Record<never, never>>;

function define<F extends Field>(
  type: FieldType,
  options: FieldOptions = {},
  nested: Pick<Partial<Field>, 'element' | 'fields'> = {},
): F {
  const versions = options.versions === undefined ? everyVersion : parseVersions(options.versions);
  const tagged = options.taggedVersions === undefined ? versions : parseVersions(options.taggedVersions);
  const field: Field = {
    type,
    versions,
    nullable: nullableVersions(options.nullable),
    default: options.default,
    tag: options.tag,
    taggedVersions: options.tag === undefined ? noVersion : tagged,
    isIgnorable: options.ignorable ?? false,
    isMapKey: options.mapKey ?? false,
    isFlexible: options.flexible !== 'none',
    element: nested.element,
    fields: nested.fields,
  };
  // The type argument only adds what the checker infers; it has no representation.
  return field as F;
}

function nullableVersions(nullable: string | true | undefined): VersionRange {
  if (nullable === undefined) return noVersion;
  return nullable === true ? everyVersion : parseVersions(nullable);
}

function primitive<Value, Default extends FieldDefault>(type: FieldType) {
  return <const O extends FieldOptions<Default> = None>(options?: O): Typed<Value, Value, O> =>
    define(type, options);
}

/** One byte, false when 0. */
export const bool = primitive<boolean, boolean>('bool');
/** One byte. */
export const int8 = primitive<number, number>('int8');
/** Two bytes. */
export const int16 = primitive<number, number>('int16');
/** Two bytes, not negative. */
export const uint16 = primitive<number, number>('uint16');
/** Four bytes. */
export const int32 = primitive<number, number>('int32');
/** Four bytes, not negative. */
export const uint32 = primitive<number, number>('uint32');
/** A `number` in typed code: beyond 2^53 decoding gives the nearest double. */
export const int64 = primitive<number, number | bigint>('int64');
/** A double. */
export const float64 = primitive<number, number>('float64');
/** At most 32767 bytes of UTF-8. */
export const string = primitive<string, string | null>('string');
/** The 22 characters of url-safe base64 without padding. */
export const uuid = primitive<string, never>('uuid');
/** Decoding gives a slice of its input, not a copy. */
export const bytes = primitive<Buffer, null>('bytes');
/** Record batches. Decoding gives a slice of its input, not a copy. */
export const records = primitive<Buffer, null>('records');

/** A struct. Null, where allowed, is one byte -1 instead of 1 and the fields. */
export function struct<const F extends Fields, const O extends FieldOptions<null> = None>(
  fields: F,
  options?: O,
): Typed<StructOf<F>, StructInput<F>, O> {
  return define('struct', options, { fields });
}

/** An array of primitives, `array(int32())`, or of structs, `array({ name: string() })`. */
export function array<const E extends Field | Fields, const O extends FieldOptions<null> = None>(
  element: E,
  options?: O,
): Typed<readonly ElementValue<E>[], readonly ElementInput<E>[], O> {
  return define('array', options, { element: isField(element) ? element : struct(element) });
}

type ElementValue<E> = E extends Field ? ValueOf<E> : E extends Fields ? StructOf<E> : never;
type ElementInput<E> = E extends Field ? InputOf<E> : E extends Fields ? StructInput<E> : never;

function isField(element: Field | Fields): element is Field {
  return typeof element['type'] === 'string';
}
