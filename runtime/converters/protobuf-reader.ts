import {
  type FieldPlan,
  type MessageDefinition,
  metaIn,
  type OptionValue,
  optionNamed,
  type ProtobufMessages,
} from '../../schema-registry/index.ts';
import {
  DataError,
  type Fields,
  int64,
  makeSchema,
  type Schema,
  type SchemaOptions,
  type SchemaType,
  schemas,
  setField,
  type Value,
  withOptions,
} from '../data/index.ts';
import { protobufLogicals } from './protobuf-logical.ts';
import { logicalMessages, metaKeys, protobufNames, wrappers } from './protobuf-names.ts';
import type { ProtobufTranslation } from './protobuf-options.ts';

type Message = Readonly<Record<string, unknown>>;

/** A message as Connect schema, and how its values become Connect's. */
export interface ProtobufReading {
  readonly schema: Schema;
  read(value: unknown): Value;
}

/** Translates a message once. Throws {@link DataError} for what Connect cannot hold: messages that contain themselves. */
export function compileProtobufReading(
  messages: ProtobufMessages,
  message: MessageDefinition,
  translation: ProtobufTranslation,
): ProtobufReading {
  return new ProtobufReaderCompiler(messages, translation).root(message);
}

/** A field of a message with what its declaration adds. */
interface Declared {
  readonly plan: FieldPlan;
  readonly label: string | undefined;
  readonly doc: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** What proto2 says an absent field is. */
  readonly fallback: OptionValue | undefined;
}

class ProtobufReaderCompiler {
  readonly #messages: ProtobufMessages;
  readonly #options: ProtobufTranslation;
  /** Messages being translated: one that comes up again contains itself. */
  readonly #open = new Set<string>();

  constructor(messages: ProtobufMessages, options: ProtobufTranslation) {
    this.#messages = messages;
    this.#options = options;
  }

  root(message: MessageDefinition): ProtobufReading {
    const logical = logicalReading(message, {});
    if (logical !== undefined) return logical;
    if (this.#options.wrapperForRawPrimitives && isWrapper(message)) return this.#unwrapped(message);
    return this.#message(message);
  }

  /** A wrapper message as the value in it. */
  #unwrapped(message: MessageDefinition): ProtobufReading {
    const [field] = this.#messages.plan(message).fields;
    if (field === undefined) throw new DataError(`The message ${message.name} has no value.`);
    const { schema, read } = this.#single(field, {});
    return { schema, read: (value) => read((value as Message)['value']) };
  }

  #message(message: MessageDefinition): ProtobufReading {
    const { name, element } = message;
    if (this.#open.has(name))
      throw new DataError(
        `The Protobuf message ${name} contains itself, which Connect's schemas cannot: use another converter.`,
      );
    this.#open.add(name);
    const members = this.#members(message);
    this.#open.delete(name);
    const { doc, params } = metaIn(element.options, 'message_meta');
    const options = { ...optionsOf(params), doc, name: this.#shownName(name) };
    const schema = makeSchema('struct', options, { fields: members.map((each) => [each.name, each.schema]) });
    const read = (value: unknown): Value => {
      const target: Fields = {};
      for (const member of members) setField(target, member.name, member.read(value as Message));
      return target;
    };
    return { schema, read };
  }

  /** Oneofs first, as Confluent's converter has it. */
  #members(message: MessageDefinition) {
    const { element } = message;
    const declared = this.#declared(message);
    const oneofs = this.#options.flattensUnions
      ? []
      : element.oneofs.map(({ name }, index) =>
          this.#union(
            name,
            index,
            declared.filter(({ plan }) => plan.oneof === name),
          ),
        );
    const isField = ({ plan }: Declared) => plan.oneof === undefined || this.#options.flattensUnions;
    return [...oneofs, ...declared.filter(isField).map((field) => this.#field(field))];
  }

  /** In the order of the text; fields of types that nothing defines are left out. */
  #declared(message: MessageDefinition): Declared[] {
    const { element } = message;
    const { byTag } = this.#messages.plan(message);
    const fields = [...element.fields, ...element.oneofs.flatMap((oneof) => oneof.fields)].map(
      ({ tag, label, options }) => ({ tag, label, options }),
    );
    const groups = [...element.groups, ...element.oneofs.flatMap((oneof) => oneof.groups)].map(
      ({ tag, label, fieldOptions }) => ({ tag, label, options: fieldOptions }),
    );
    return [...fields, ...groups].flatMap(({ tag, label, options }) => {
      const plan = byTag.get(tag);
      return plan === undefined
        ? []
        : [{ plan, label, fallback: optionNamed(options, 'default'), ...metaIn(options, 'field_meta') }];
    });
  }

  #union(oneof: string, index: number, declared: readonly Declared[]) {
    const members = declared.map((field) => this.#field(field));
    const name = this.#options.hasUnionIndex ? `${oneof}_${index}` : oneof;
    const schema = makeSchema(
      'struct',
      { name: `${protobufNames.union}.${oneof}`, optional: true },
      { fields: members.map((member) => [member.name, schemas.optional(member.schema)]) },
    );
    const isSet = (message: Message) => declared.some(({ plan }) => Object.hasOwn(message, plan.name));
    const read = (message: Message): Value => {
      if (!isSet(message)) return null;
      const target: Fields = {};
      for (const member of members) setField(target, member.name, member.read(message));
      return target;
    };
    return { name, schema, read };
  }

  #field(declared: Declared) {
    const { plan, doc, params, fallback } = declared;
    const { name, tag } = plan;
    const typed = this.#typed(plan, params);
    const { parameters } = typed.schema;
    const schema = withOptions(typed.schema, {
      optional: this.#isOptional(declared, typed.schema),
      doc: doc ?? typed.schema.doc,
      parameters: { ...parameters, [protobufNames.tag]: String(tag) },
      default: fallback === undefined ? undefined : typed.read(defaultDatum(plan, fallback)),
    });
    const isMessage = plan.type.kind === 'message' && !plan.isRepeated && plan.mapKey === undefined;
    const absent = isMessage && schema.type === 'struct' && this.#options.structForNulls;
    const read = (message: Message): Value => {
      if (Object.hasOwn(message, name)) return typed.read(message[name]);
      return absent ? emptyStruct(schema) : null;
    };
    return { name, schema, read };
  }

  #isOptional({ plan, label }: Declared, schema: Schema): boolean {
    if (plan.isRequired) return false;
    const isMessage = plan.type.kind === 'message' && !plan.isRepeated && plan.mapKey === undefined;
    const isAbsentNull = isMessage || plan.oneof !== undefined;
    if (this.#options.wrapperForNullables) return schema.optional || isAbsentNull || label === 'optional';
    if (!this.#options.optionalForNullables) return true;
    const hasPresence = this.#options.optionalForProto2 ? plan.hasPresence : label === 'optional';
    return hasPresence || isAbsentNull;
  }

  #typed(plan: FieldPlan, params: Readonly<Record<string, string>>): ProtobufReading {
    const single = this.#single(plan, params);
    if (plan.mapKey !== undefined) return mapReading(plan.mapKey, single);
    if (!plan.isRepeated) return single;
    const schema = makeSchema('array', {}, { valueSchema: single.schema });
    return { schema, read: (value) => (value as readonly unknown[]).map((item) => single.read(item)) };
  }

  #single({ type }: FieldPlan, params: Readonly<Record<string, string>>): ProtobufReading {
    if (type.kind === 'scalar') return scalarReading(type.scalar, params);
    if (type.kind === 'enum') return this.#enum(type.definition.name, type.definition.element.constants);
    const logical = logicalReading(type.definition, params);
    if (logical !== undefined) return logical;
    if (!this.#options.wrapperForNullables || !isWrapper(type.definition))
      return this.#message(type.definition);
    const { schema, read } = this.#unwrapped(type.definition);
    return { schema: withOptions(schema, { optional: true }), read };
  }

  #enum(
    fullName: string,
    constants: readonly { readonly name: string; readonly tag: number }[],
  ): ProtobufReading {
    const parameters = {
      [protobufNames.enum]: this.#shownName(fullName),
      ...Object.fromEntries(constants.map(({ name, tag }) => [`${protobufNames.enum}.${name}`, String(tag)])),
    };
    if (!this.#options.hasIntEnums)
      return { schema: makeSchema('string', { parameters }), read: (value) => String(value) };
    const numbers = new Map(constants.map(({ name, tag }) => [name, tag]));
    const read = (value: unknown): Value =>
      typeof value === 'number' ? value : (numbers.get(String(value)) ?? 0);
    return { schema: makeSchema('int32', { parameters }), read };
  }

  #shownName(fullName: string): string {
    return this.#options.isEnhanced ? fullName : fullName.slice(fullName.lastIndexOf('.') + 1);
  }
}

/** A default as the codec would have read it. */
function defaultDatum({ type }: FieldPlan, value: OptionValue): unknown {
  if (value.kind === 'string') {
    const isBytes = type.kind === 'scalar' && type.scalar === 'bytes';
    return isBytes ? value.bytes : value.bytes.toString('utf8');
  }
  if (value.kind !== 'number' && value.kind !== 'word') return undefined;
  if (type.kind !== 'scalar') return value.text;
  if (type.scalar === 'bool') return value.text === 'true';
  const special = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN }[
    value.text
  ];
  if (special !== undefined || type.scalar === 'float' || type.scalar === 'double')
    return special ?? Number(value.text);
  return integerOf(value.text);
}

/** Decimal, hexadecimal or octal, as Protobuf writes integers. */
function integerOf(text: string): number | bigint {
  const [, sign = '', digits = ''] = /^(-?)(.*)$/.exec(text) ?? [];
  const number = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  return int64(sign === '-' ? -number : number);
}

const scalarTypes: Readonly<Record<string, SchemaType>> = {
  int32: 'int32',
  sint32: 'int32',
  sfixed32: 'int32',
  // Unsigned numbers have to fit.
  uint32: 'int64',
  fixed32: 'int64',
  int64: 'int64',
  sint64: 'int64',
  sfixed64: 'int64',
  uint64: 'int64',
  fixed64: 'int64',
  float: 'float32',
  double: 'float64',
  bool: 'boolean',
  string: 'string',
  bytes: 'bytes',
};

function scalarReading(scalar: string, params: Readonly<Record<string, string>>): ProtobufReading {
  const given = params[metaKeys.type];
  const type = given === 'int8' || given === 'int16' ? given : (scalarTypes[scalar] ?? 'bytes');
  const schema = makeSchema(type, optionsOf(params));
  if (scalar !== 'uint64' && scalar !== 'fixed64') return { schema, read: (value) => value as Value };
  return { schema, read: (value) => int64(BigInt.asIntN(64, BigInt(value as number | bigint))) };
}

function logicalReading(
  { name }: MessageDefinition,
  params: Readonly<Record<string, string>>,
): ProtobufReading | undefined {
  for (const kind of ['decimal', 'date', 'time', 'timestamp'] as const) {
    if (logicalMessages[kind].name !== name) continue;
    const schema = kind === 'decimal' ? decimalSchema(params) : schemas[kind](optionsOf(params));
    const { read } = protobufLogicals[kind];
    return { schema, read: (value) => read(schema, value as Message) };
  }
  return undefined;
}

function decimalSchema(params: Readonly<Record<string, string>>): Schema {
  const { [metaKeys.scale]: scale = '0', [metaKeys.precision]: precision, ...rest } = params;
  const options = optionsOf(rest);
  const given = precision === undefined ? {} : { 'connect.decimal.precision': precision };
  return schemas.decimal(Number(scale), { ...options, parameters: { ...options.parameters, ...given } });
}

function optionsOf(params: Readonly<Record<string, string>>): SchemaOptions {
  const { [metaKeys.type]: _type, [metaKeys.version]: version, ...parameters } = params;
  const number = Number(version ?? Number.NaN);
  return {
    ...(Number.isInteger(number) && { version: number }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}

/** Maps with other keys than texts keep the type of their keys. */
function mapReading(key: NonNullable<FieldPlan['mapKey']>, values: ProtobufReading): ProtobufReading {
  const scalar = key.kind === 'scalar' ? key.scalar : 'string';
  const keys = scalarReading(scalar, {});
  const schema = makeSchema('map', {}, { keySchema: keys.schema, valueSchema: values.schema });
  const entries = (value: unknown) => Object.entries(value as Message);
  if (scalar !== 'string') {
    const keyOf = (text: string) => (scalar === 'bool' ? text === 'true' : int64(BigInt(text)));
    return {
      schema,
      read: (value) => new Map(entries(value).map(([name, item]) => [keyOf(name), values.read(item)])),
    };
  }
  const read = (value: unknown): Value => {
    const target: Fields = {};
    for (const [name, item] of entries(value)) setField(target, name, values.read(item));
    return target;
  };
  return { schema, read };
}

const wrapperNames = new Set([
  ...wrappers.values(),
  'google.protobuf.UInt32Value',
  'google.protobuf.UInt64Value',
]);

function isWrapper({ name }: MessageDefinition): boolean {
  return wrapperNames.has(name);
}

/** What a message would be that was written with nothing in it. */
function emptyStruct(schema: Schema): Value {
  const target: Fields = {};
  for (const { name, schema: field } of schema.fields) {
    if (field.type === 'struct') setField(target, name, emptyStruct(field));
    else setField(target, name, field.type === 'array' ? [] : null);
  }
  return target;
}
