import {
  DataError,
  type Fields,
  getField,
  isPlainObject,
  makeSchema,
  type Schema,
  type SchemaOptions,
  type SchemaType,
  schemas,
  setField,
  type Value,
  withOptions,
} from '../data/index.ts';
import { readDefault } from './avro-default.ts';
import { type AvroJson, type AvroObject, avroNames, defaultPrecision, splitName } from './avro-names.ts';
import { toLogicalDate, toLogicalDecimal } from './logical-types.ts';

/** An Avro schema as Connect schema, and how Avro data becomes its values. */
export interface AvroReading {
  readonly schema: Schema;
  /** Avro datum to Connect value; unions come as `{branch: value}`. */
  read(datum: unknown): Value;
}

/** The settings of Confluent's converter that change schemas. */
export interface AvroReadingOptions {
  /** `connect.meta.data`: whether enums leave a trace in the schema's parameters. */
  readonly hasMetadata: boolean;
  /** `enhanced.avro.schema.support`: whether union fields have full names. */
  readonly isEnhanced: boolean;
  /** `discard.type.doc.default`: whether what a type says about itself is dropped where a field has the type. */
  readonly discardsTypeDocDefault: boolean;
}

/**
 * Translates a schema, with everything it refers to inside, once. Throws {@link DataError} for what Connect cannot hold:
 * types that contain themselves, and null alone.
 */
export function compileAvroReading(json: unknown, options: AvroReadingOptions): AvroReading {
  return new AvroReaderCompiler(options).compile(json as AvroJson, undefined, noPlace);
}

/** What the place of a type adds to it. */
interface Place {
  readonly isOptional: boolean;
  /** Of the field, in Avro's JSON; undefined: none. */
  readonly fallback: unknown;
  readonly doc: string | undefined;
  /** Whether documentation and default are those of the place alone. */
  readonly isAlone: boolean;
}

const noPlace: Place = { isOptional: false, fallback: undefined, doc: undefined, isAlone: false };

interface Typed {
  readonly schema: Schema;
  readonly branch: string;
  read(datum: unknown): Value;
}

const primitives: Readonly<Record<string, SchemaType>> = {
  int: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
};

class AvroReaderCompiler {
  readonly #options: AvroReadingOptions;
  /** Undefined while the type's fields are being read. */
  readonly #named = new Map<string, Typed | undefined>();

  constructor(options: AvroReadingOptions) {
    this.#options = options;
  }

  compile(json: AvroJson, namespace: string | undefined, place: Place): AvroReading {
    if (isUnion(json)) return this.#union(json, namespace, place);
    const { schema, read } = this.#typed(json, namespace);
    return { schema: placed(schema, place), read };
  }

  #union(types: readonly AvroJson[], namespace: string | undefined, place: Place): AvroReading {
    const others = types.filter((type) => !isNullType(type));
    const hasNull = others.length < types.length;
    const [only] = others;
    if (others.length === 1 && hasNull && only !== undefined) {
      const typed = this.#typed(only, namespace);
      const schema = placed(typed.schema, { ...place, isOptional: true });
      return { schema, read: (datum) => (datum === null ? null : typed.read(unwrap(datum, typed.branch))) };
    }
    const members = others.map((type) => this.#member(type, namespace));
    const schema = makeSchema(
      'struct',
      { name: avroNames.union, optional: hasNull || place.isOptional, doc: place.doc },
      { fields: members.map(({ name, typed }) => [name, schemas.optional(typed.schema)] as const) },
    );
    return { schema, read: (datum) => readUnion(members, datum) };
  }

  #member(type: AvroJson, namespace: string | undefined) {
    const typed = this.#typed(type, namespace);
    return { name: this.#options.isEnhanced ? typed.branch : splitName(typed.branch).name, typed };
  }

  #typed(json: AvroJson, namespace: string | undefined): Typed {
    if (typeof json === 'string') return this.#byName(json, namespace);
    if (isUnion(json)) throw new DataError('A union inside a union is not Avro.');
    if (typeof json.type !== 'string') return this.#typed(json.type, namespace);
    switch (json.type) {
      case 'array':
        return this.#array(json, namespace);
      case 'map':
        return this.#map(json, namespace);
      case 'record':
      case 'error':
        return this.#define(json, namespace, (fullName) => this.#record(json, fullName));
      case 'enum':
        return this.#define(json, namespace, (fullName) => this.#enum(json, fullName));
      case 'fixed':
        return this.#define(json, namespace, (fullName) => this.#fixed(json, fullName));
      default:
        return Object.hasOwn(primitives, json.type)
          ? primitive(json, json.type)
          : this.#byName(json.type, namespace);
    }
  }

  #byName(name: string, namespace: string | undefined): Typed {
    if (name === 'null') throw new DataError('Standalone null schemas are not supported by this converter');
    if (Object.hasOwn(primitives, name)) return primitive({ type: name }, name);
    const fullName = name.includes('.') || namespace === undefined ? name : `${namespace}.${name}`;
    const found = this.#named.has(fullName) ? fullName : name;
    const typed = this.#named.get(found);
    if (typed !== undefined) return typed;
    throw new DataError(
      this.#named.has(found)
        ? `The Avro type '${found}' contains itself, which Connect's schemas cannot: use another converter.`
        : `The Avro type '${name}' is not defined.`,
    );
  }

  #define(
    json: AvroObject,
    enclosing: string | undefined,
    make: (fullName: string) => Omit<Typed, 'branch'>,
  ): Typed {
    const name = String(json['name']);
    const namespace = typeof json['namespace'] === 'string' ? json['namespace'] : enclosing;
    const fullName =
      name.includes('.') || namespace === undefined || namespace === '' ? name : `${namespace}.${name}`;
    this.#named.set(fullName, undefined);
    const typed = { ...make(fullName), branch: fullName };
    this.#named.set(fullName, typed);
    return typed;
  }

  #record(json: AvroObject, fullName: string): Omit<Typed, 'branch'> {
    const { namespace } = splitName(fullName);
    const fields = listOf(json['fields']).map((field) => {
      const { name, type, doc } = field;
      const place = {
        isOptional: false,
        fallback: field['default'],
        doc: typeof doc === 'string' ? doc : undefined,
        isAlone: this.#options.discardsTypeDocDefault,
      };
      return { name: String(name), reading: this.compile(type, namespace, place) };
    });
    const isNameless = fullName.startsWith(`${avroNames.namespace}.${avroNames.record}`);
    const schema = makeSchema('struct', optionsOf(json, isNameless ? undefined : fullName), {
      fields: fields.map(({ name, reading }) => [name, reading.schema] as const),
    });
    const read = (datum: unknown): Value => {
      const source = datum as Fields;
      const target: Fields = {};
      for (const { name, reading } of fields) setField(target, name, reading.read(getField(source, name)));
      return target;
    };
    return { schema: withConnectDefault(schema, json), read };
  }

  #enum(json: AvroObject, fullName: string): Omit<Typed, 'branch'> {
    const symbols = Array.isArray(json['symbols']) ? json['symbols'].map(String) : [];
    const parameters = {
      [avroNames.enumParameter]: fullName,
      ...Object.fromEntries(symbols.map((symbol) => [`${avroNames.enumParameter}.${symbol}`, symbol])),
    };
    const options = optionsOf(json, undefined);
    const merged = this.#options.hasMetadata ? { ...parameters, ...options.parameters } : options.parameters;
    const schema = makeSchema('string', { ...options, parameters: merged });
    return { schema: withConnectDefault(schema, json), read: readPlain };
  }

  #fixed(json: AvroObject, fullName: string): Omit<Typed, 'branch'> {
    if (isDecimal(json)) return decimalType(json);
    const options = optionsOf(json, fullName);
    const parameters = { ...options.parameters, [avroNames.fixedSize]: String(json['size']) };
    return { schema: makeSchema('bytes', { ...options, parameters }), read: readPlain };
  }

  #array(json: AvroObject, namespace: string | undefined): Typed {
    const items = json['items'] as AvroJson;
    if (isMapEntry(items)) return this.#entries(json, items, namespace);
    const reading = this.compile(items, namespace, noPlace);
    const schema = makeSchema('array', optionsOf(json, undefined), { valueSchema: reading.schema });
    const read = (datum: unknown): Value => (datum as unknown[]).map((item) => reading.read(item));
    return { schema: withConnectDefault(schema, json), branch: 'array', read };
  }

  #entries(json: AvroObject, entry: AvroObject, namespace: string | undefined): Typed {
    const record = this.#typed(entry, namespace);
    const [keySchema, valueSchema] = record.schema.fields.map((field) => field.schema);
    const schema = makeSchema('map', optionsOf(json, undefined), { keySchema, valueSchema });
    const read = (datum: unknown): Value =>
      new Map(
        (datum as unknown[]).map((pair) => {
          const fields = record.read(pair) as Fields;
          return [getField(fields, 'key'), getField(fields, 'value')] as const;
        }),
      );
    return { schema, branch: 'array', read };
  }

  #map(json: AvroObject, namespace: string | undefined): Typed {
    const reading = this.compile(json['values'] as AvroJson, namespace, noPlace);
    const parts = { keySchema: schemas.string(), valueSchema: reading.schema };
    const schema = makeSchema('map', optionsOf(json, undefined), parts);
    const read = (datum: unknown): Value => {
      const target: Fields = {};
      for (const [key, item] of Object.entries(datum as object)) setField(target, key, reading.read(item));
      return target;
    };
    return { schema: withConnectDefault(schema, json), branch: 'map', read };
  }
}

const readPlain = (datum: unknown): Value => datum as Value;

function primitive(json: AvroObject, kind: string): Typed {
  if (kind === 'bytes' && isDecimal(json)) return { ...decimalType(json), branch: kind };
  const logical = momentSchema(kind, json['logicalType']);
  const connectType = json['connect.type'];
  const isSmall = kind === 'int' && (connectType === 'int8' || connectType === 'int16');
  const type = isSmall ? connectType : (primitives[kind] ?? 'string');
  const options = optionsOf(json, undefined);
  const schema =
    logical === undefined
      ? makeSchema(type, options)
      : withOptions(logical, { ...options, name: logical.name, version: options.version ?? logical.version });
  const read =
    logical === undefined ? readPlain : (datum: unknown) => toLogicalDate(schema, datum as number | bigint);
  return { schema: withConnectDefault(schema, json), branch: kind, read };
}

function momentSchema(kind: string, logicalType: unknown): Schema | undefined {
  if (kind === 'int' && logicalType === 'date') return schemas.date();
  if (kind === 'int' && logicalType === 'time-millis') return schemas.time();
  return kind === 'long' && logicalType === 'timestamp-millis' ? schemas.timestamp() : undefined;
}

function isDecimal(json: AvroObject): boolean {
  return json['logicalType'] === 'decimal';
}

function decimalType(json: AvroObject): Omit<Typed, 'branch'> {
  const scale = typeof json['scale'] === 'number' ? json['scale'] : 0;
  const precision = json['precision'];
  const isUsual = precision === undefined || precision === defaultPrecision;
  const options = optionsOf(json, undefined);
  const parameters = { ...options.parameters, ...(!isUsual && { [avroNames.precision]: String(precision) }) };
  const schema = schemas.decimal(scale, { ...options, version: options.version ?? 1, parameters });
  const read = (datum: unknown): Value => toLogicalDecimal(schema, datum as Uint8Array);
  return { schema: withConnectDefault(schema, json), read };
}

function optionsOf(json: AvroObject, fullName: string | undefined): SchemaOptions {
  const { 'connect.name': name, 'connect.version': version, 'connect.doc': connectDoc, doc } = json;
  const parameters = json['connect.parameters'];
  const docs = typeof doc === 'string' ? doc : connectDoc;
  return {
    name: typeof name === 'string' ? name : fullName,
    version: typeof version === 'number' ? version : undefined,
    doc: typeof docs === 'string' ? docs : undefined,
    parameters: isPlainObject(parameters as Value) ? (parameters as Record<string, string>) : undefined,
  };
}

/** Defaults in schemas are Avro's JSON: bytes as Latin-1 text, unions as the bare value. */
function withConnectDefault(schema: Schema, json: AvroObject): Schema {
  const fallback = json['connect.default'];
  return fallback === undefined ? schema : withOptions(schema, { default: readDefault(schema, fallback) });
}

function placed(type: Schema, { isOptional, fallback, doc, isAlone }: Place): Schema {
  const schema = isAlone ? withOptions(type, { doc: undefined, default: undefined }) : type;
  const isGiven = fallback !== undefined && fallback !== null && schema.default === undefined;
  return withOptions(schema, {
    optional: isOptional,
    doc: doc ?? schema.doc,
    default: isGiven ? readDefault(schema, fallback) : schema.default,
  });
}

function readUnion(
  members: readonly { readonly name: string; readonly typed: Typed }[],
  datum: unknown,
): Value {
  if (datum === null) return null;
  const [branch = ''] = Object.keys(datum as object);
  const target: Fields = {};
  for (const { name, typed } of members) {
    setField(target, name, typed.branch === branch ? typed.read(unwrap(datum, branch)) : null);
  }
  return target;
}

function unwrap(datum: unknown, branch: string): unknown {
  return (datum as Readonly<Record<string, unknown>>)[branch];
}

function isUnion(json: AvroJson): json is readonly AvroJson[] {
  return Array.isArray(json);
}

function isNullType(json: AvroJson): boolean {
  return json === 'null' || (typeof json === 'object' && !isUnion(json) && json.type === 'null');
}

function isMapEntry(json: AvroJson): json is AvroObject {
  if (typeof json !== 'object' || isUnion(json) || json.type !== 'record') return false;
  const isByName = json['name'] === avroNames.mapEntry && json['namespace'] === avroNames.namespace;
  return isByName || json[avroNames.internalType] === avroNames.mapEntry;
}

interface AvroFieldJson extends AvroObject {
  readonly type: AvroJson;
}

function listOf(json: unknown): readonly AvroFieldJson[] {
  return Array.isArray(json) ? (json as readonly AvroFieldJson[]) : [];
}
