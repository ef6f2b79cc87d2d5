import {
  DataError,
  type Fields,
  getField,
  logicalNames,
  type Schema,
  schemasEqual,
  type Value,
} from '../data/index.ts';
import { protobufLogicals } from './protobuf-logical.ts';
import {
  isUnionName,
  logicalMessages,
  oneofName,
  protobufName,
  protobufNames,
  wrappers,
  wrappersPath,
} from './protobuf-names.ts';
import type { ProtobufTranslation } from './protobuf-options.ts';
import { annotation, enumText, fieldMeta, indentedLines, messageMeta } from './protobuf-text.ts';
import { entriesOf, mismatch, requireFields, requirePart } from './value-parts.ts';

/** A Connect schema as Protobuf, and how its values become messages. */
export interface ProtobufWriting {
  /** The file. Undefined: the message is of the built-in file `path`. */
  readonly text: string | undefined;
  readonly path: string | undefined;
  /** Full name of the message that values are. */
  readonly message: string;
  /** Connect value to message. Throws {@link DataError}. */
  write(value: Value): unknown;
}

/** Translates a schema once; use the result for all of its values. Throws {@link DataError} for what Protobuf cannot hold. */
export function compileProtobufWriting(schema: Schema, translation: ProtobufTranslation): ProtobufWriting {
  return new ProtobufWriterCompiler(translation).file(schema);
}

/** A type as a field names it, with what has to be true of its values. */
interface Typed {
  readonly type: string;
  write(value: Value): unknown;
}

interface Message {
  readonly lines: readonly string[];
  write(value: Value): unknown;
}

/** What a message is being made of. */
interface Body {
  readonly name: string;
  readonly nested: Map<
    string,
    { readonly schema: Schema; readonly lines: readonly string[]; readonly typed: Typed }
  >;
  readonly tags: Set<number>;
}

/** Puts a field's value where it belongs in the message. */
type Put = (source: Fields, target: Record<string, unknown>) => void;

class ProtobufWriterCompiler {
  readonly #options: ProtobufTranslation;
  readonly #imports = new Set<string>();
  #unnamed = 0;

  constructor(options: ProtobufTranslation) {
    this.#options = options;
  }

  file(schema: Schema): ProtobufWriting {
    if (schema.type !== 'struct') return this.#bare(schema);
    const segments = (schema.name ?? this.#freeName()).split('.');
    const names = segments.map((segment) => protobufName(segment, this.#options.scrubsNames));
    const name = names.at(-1) ?? '';
    const scope = names.slice(0, -1).join('.');
    const { lines, write } = this.#message(name, schema);
    const head = [
      'syntax = "proto3";',
      ...(scope === '' ? [] : [`package ${scope};`]),
      ...[...this.#imports].map((path) => `import "${path}";`),
    ];
    const text = `${[...head, ...lines].join('\n')}\n`;
    return { text, path: undefined, message: scope === '' ? name : `${scope}.${name}`, write };
  }

  /** A value that is no struct is the built-in message of its type. */
  #bare(schema: Schema): ProtobufWriting {
    const logical = logicalOf(schema);
    if (logical !== undefined) {
      const { path, name: message, write } = logical;
      return { text: undefined, path, message, write: (value) => write(schema, requireValue(schema, value)) };
    }
    const wrapper = wrappers.get(scalarOf(schema) ?? '');
    if (wrapper === undefined)
      throw new DataError('Protobuf needs a struct at the top: lists and maps have to be in a field of one.');
    const write = (value: Value) => ({ value: requireValue(schema, value) });
    return { text: undefined, path: wrappersPath, message: wrapper, write };
  }

  #message(name: string, schema: Schema): Message {
    const body: Body = { name, nested: new Map(), tags: givenTags(schema) };
    const made = schema.fields.map((field) => this.#member(body, field.name, field.schema));
    const lines = [
      `message ${name} {`,
      ...indentedLines(this.#options.hasMetadata ? this.#metaOption(messageMeta(schema)) : []),
      ...indentedLines(made.flatMap((member) => member.lines)),
      ...[...body.nested.values()].flatMap((nested) => indentedLines(nested.lines)),
      '}',
    ];
    const puts = made.map((member) => member.put);
    const write = (value: Value) => {
      const source = requireFields(schema, value);
      const target: Record<string, unknown> = {};
      for (const put of puts) put(source, target);
      return target;
    };
    return { lines, write };
  }

  #metaOption(meta: string | undefined): string[] {
    if (meta === undefined) return [];
    this.#imports.add('confluent/meta.proto');
    return [`option (confluent.message_meta) = ${meta};`];
  }

  #member(
    body: Body,
    name: string,
    schema: Schema,
  ): { readonly lines: readonly string[]; readonly put: Put } {
    if (schema.type === 'struct' && isUnionName(schema.name))
      return this.#oneof(body, name, schema, schema.name);
    return this.#field(body, name, schema, false);
  }

  #oneof(body: Body, name: string, schema: Schema, schemaName: string) {
    const members = schema.fields.map((field) => ({
      name: field.name,
      ...this.#field(body, field.name, { ...field.schema, optional: true }, true),
    }));
    const oneof = protobufName(oneofName(schemaName, name), this.#options.scrubsNames);
    const lines = [`oneof ${oneof} {`, ...members.flatMap((member) => indentedLines(member.lines)), '}'];
    const put: Put = (source, target) => {
      const union = getField(source, name) ?? null;
      if (union === null) return;
      const fields = requireFields(schema, union);
      for (const member of members) member.put(fields, target);
    };
    return { lines, put };
  }

  #field(body: Body, name: string, schema: Schema, isInOneof: boolean) {
    const protoName = protobufName(name, this.#options.scrubsNames);
    const { label, typed } = this.#labelled(body, name, schema, isInOneof);
    const meta = fieldMeta(schema, this.#options.hasMetadata);
    if (meta !== undefined) this.#imports.add('confluent/meta.proto');
    const lines = [`${label}${typed.type} ${protoName} = ${takeTag(body, schema)}${annotation(meta)};`];
    const put: Put = (source, target) => {
      const keepsNull = schema.optional && this.#options.ignoresDefaults;
      const value = getField(source, name) ?? (keepsNull ? null : schema.default) ?? null;
      if (value !== null) target[protoName] = typed.write(value);
      else if (!schema.optional) throw missing(schema, name);
    };
    return { lines, put };
  }

  #labelled(body: Body, name: string, schema: Schema, isInOneof: boolean): { label: string; typed: Typed } {
    if (schema.type === 'array') return { label: 'repeated ', typed: this.#items(body, name, schema) };
    if (schema.type === 'map') return { label: '', typed: this.#map(body, name, schema) };
    const typed = this.#type(body, name, schema);
    if (!schema.optional || isInOneof) return { label: '', typed };
    const { optionalForNullables, wrapperForNullables } = this.#options;
    const wrapper = wrapperForNullables ? wrappers.get(typed.type) : undefined;
    if (wrapper === undefined) return { label: optionalForNullables ? 'optional ' : '', typed };
    this.#imports.add(wrappersPath);
    return { label: '', typed: { type: wrapper, write: (value) => ({ value: typed.write(value) }) } };
  }

  #items(body: Body, name: string, schema: Schema): Typed {
    const items = requirePart(schema.valueSchema, 'items of an array');
    const typed = this.#single(body, name, items);
    const write = (value: Value) => {
      if (!Array.isArray(value)) throw mismatch(schema, value);
      return value.map((item) => typed.write(requireItem(name, items, item)));
    };
    return { type: typed.type, write };
  }

  #map(body: Body, name: string, schema: Schema): Typed {
    const keys = requirePart(schema.keySchema, 'keys of a map');
    const values = requirePart(schema.valueSchema, 'values of a map');
    const key = scalarOf(keys);
    if (key === undefined || key === 'bytes' || key === 'float' || key === 'double')
      throw new DataError(
        `The map '${name}' has keys that Protobuf cannot hold: texts, integers and booleans are.`,
      );
    const typed = this.#single(body, name, values);
    const write = (value: Value) =>
      new Map(
        entriesOf(schema, value).map(([each, item]) => [each, typed.write(requireItem(name, values, item))]),
      );
    return { type: `map<${key}, ${typed.type}>`, write };
  }

  #single(body: Body, name: string, schema: Schema): Typed {
    if (schema.type !== 'array' && schema.type !== 'map') return this.#type(body, name, schema);
    throw new DataError(
      `The field '${name}' is a list or map of lists or maps, which Protobuf cannot hold: put them into a struct.`,
    );
  }

  #type(body: Body, name: string, schema: Schema): Typed {
    const logical = logicalOf(schema);
    if (logical !== undefined) {
      this.#imports.add(logical.path);
      return { type: `.${logical.name}`, write: (value) => logical.write(schema, value) };
    }
    if (schema.parameters?.[protobufNames.enum] !== undefined && isEnumType(schema))
      return this.#enum(body, schema, schema.parameters[protobufNames.enum] ?? '');
    if (schema.type === 'struct') return this.#nested(body, name, schema);
    return { type: scalarOf(schema) ?? 'bytes', write: (value) => value };
  }

  #enum(body: Body, schema: Schema, fullName: string): Typed {
    const name = this.#nestedName(fullName);
    const known = body.nested.get(name);
    const typed: Typed = { type: name, write: (value) => value };
    if (known === undefined) body.nested.set(name, { schema, lines: enumText(name, schema), typed });
    return typed;
  }

  #nested(body: Body, field: string, schema: Schema): Typed {
    const name = this.#nestedName(schema.name ?? this.#freeName());
    const known = body.nested.get(name);
    if (known !== undefined && isSameStruct(known.schema, schema)) return known.typed;
    if (known !== undefined)
      throw new DataError(
        `Protobuf cannot hold two different types of the name '${name}' in one message: rename that of '${field}'.`,
      );
    const { lines, write } = this.#message(name, schema);
    const typed: Typed = { type: name, write };
    body.nested.set(name, { schema, lines, typed });
    return typed;
  }

  #nestedName(fullName: string): string {
    return protobufName(fullName.slice(fullName.lastIndexOf('.') + 1), this.#options.scrubsNames);
  }

  /** Confluent numbers the types that have no name: ConnectDefault1, ConnectDefault2, ... */
  #freeName(): string {
    this.#unnamed += 1;
    return `${protobufNames.record}${this.#unnamed}`;
  }
}

/** Where a struct is used matters not for what it is. */
function isSameStruct(known: Schema, schema: Schema): boolean {
  const plain = { optional: false, default: undefined, doc: undefined, parameters: undefined };
  return schemasEqual({ ...known, ...plain }, { ...schema, ...plain });
}

const scalars: Partial<Readonly<Record<Schema['type'], string>>> = {
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  int64: 'int64',
  float32: 'float',
  float64: 'double',
  boolean: 'bool',
  string: 'string',
  bytes: 'bytes',
};

function scalarOf({ type }: Schema): string | undefined {
  return scalars[type];
}

function isEnumType({ type }: Schema): boolean {
  return type === 'string' || type === 'int32';
}

function logicalOf({ name }: Schema) {
  for (const kind of ['decimal', 'date', 'time', 'timestamp'] as const) {
    if (name === logicalNames[kind]) return { ...logicalMessages[kind], write: protobufLogicals[kind].write };
  }
  return undefined;
}

/** The numbers that fields of the message, those of its oneofs too, say themselves. */
function givenTags(schema: Schema): Set<number> {
  const own = schema.fields.flatMap(({ schema: field }) =>
    isUnionName(field.name) ? field.fields.map((member) => member.schema) : [field],
  );
  return new Set(own.map(tagOf).filter((tag) => tag !== undefined));
}

function tagOf({ parameters }: Schema): number | undefined {
  const tag = Number(parameters?.[protobufNames.tag] ?? Number.NaN);
  return Number.isInteger(tag) && tag > 0 ? tag : undefined;
}

function takeTag({ tags }: Body, schema: Schema): number {
  const given = tagOf(schema);
  if (given !== undefined) return given;
  let tag = 1;
  // Numbers that Protobuf keeps for itself.
  while (tags.has(tag) || (tag >= 19_000 && tag < 20_000)) tag++;
  tags.add(tag);
  return tag;
}

function requireValue(schema: Schema, value: Value): Value {
  const present = value ?? schema.default ?? null;
  if (present === null) throw missing(schema, 'value');
  return present;
}

function requireItem(name: string, schema: Schema, item: Value): Value {
  const present = item ?? schema.default ?? null;
  if (present !== null) return present;
  throw new DataError(`The field '${name}' has a null in it, which Protobuf's lists and maps cannot hold.`);
}

function missing(schema: Schema, name: string): DataError {
  return new DataError(
    `Invalid value: null used for required field '${name}' of type ${schema.type.toUpperCase()}`,
  );
}
