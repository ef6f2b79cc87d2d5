import {
  DataError,
  type Fields,
  getField,
  logicalNames,
  type Schema,
  schemasEqual,
  setField,
  type Value,
} from '../data/index.ts';
import { type AvroNaming, avroDefault, defaultJson } from './avro-default.ts';
import { type AvroJson, type AvroObject, avroNames, defaultPrecision, splitName } from './avro-names.ts';
import { fromLogical } from './logical-types.ts';
import { scrubbedName } from './scrubbed-name.ts';
import { entriesOf, mismatch, requireFields, requirePart } from './value-parts.ts';

/** A Connect schema as Avro, and how its values become Avro data. */
export interface AvroWriting {
  readonly json: AvroJson;
  /** Connect value to Avro datum; unions as `{branch: value}`. Throws {@link DataError}. */
  write(value: Value): unknown;
}

/** The settings of Confluent's converter that change schemas. */
export interface AvroWritingOptions {
  /** `connect.meta.data`: whether names, versions, defaults, ... that Avro has no place for are kept as properties. */
  readonly hasMetadata: boolean;
  /** `enhanced.avro.schema.support`: whether enums stay enums. */
  readonly isEnhanced: boolean;
  /** `scrub.invalid.names`: whether names that Avro cannot hold are changed. */
  readonly scrubsNames: boolean;
  /** `allow.optional.map.keys`: whether maps whose keys are optional strings are maps in Avro. */
  readonly allowsOptionalMapKeys: boolean;
  /** `ignore.default.for.nullables`: whether null stays null where there is a default. */
  readonly ignoresDefaults: boolean;
}

/** Translates a schema once; use the result for all of its values. Throws {@link DataError} for what Avro cannot hold. */
export function compileAvroWriting(schema: Schema, options: AvroWritingOptions): AvroWriting {
  return new AvroWriterCompiler(options).compile(schema);
}

/** A type that is not a union: `branch` is its name in one. */
interface Branch {
  readonly json: AvroJson;
  readonly branch: string;
  write(value: Value): unknown;
}

class AvroWriterCompiler implements AvroNaming {
  readonly #options: AvroWritingOptions;
  /** Named types by full name: a second use is only the name. */
  readonly #named = new Map<string, { readonly schema: Schema; readonly branch: Branch }>();

  constructor(options: AvroWritingOptions) {
    this.#options = options;
  }

  name(name: string): string {
    return this.#options.scrubsNames ? scrubbedName(name) : name;
  }

  isMapKey({ type, optional }: Schema): boolean {
    return type === 'string' && (!optional || this.#options.allowsOptionalMapKeys);
  }

  compile(schema: Schema): AvroWriting {
    if (schema.name === avroNames.union) return this.#union(schema);
    const branch = this.#branch(schema);
    if (!schema.optional)
      return { json: branch.json, write: (value) => branch.write(orDefault(schema, value)) };
    const json = schema.default === undefined ? ['null', branch.json] : [branch.json, 'null'];
    return {
      json,
      write: (value) => {
        const fallback = this.#options.ignoresDefaults ? null : schema.default;
        const present = value ?? fallback ?? null;
        return present === null ? null : { [branch.branch]: branch.write(present) };
      },
    };
  }

  /** Confluent's struct for a union of several types: one field per type, all but one null. */
  #union(schema: Schema): AvroWriting {
    const members = schema.fields.map(({ name, schema: member }) => ({ name, branch: this.#branch(member) }));
    const json = members.map(({ branch }) => branch.json);
    return {
      json: schema.optional ? ['null', ...json] : json,
      write: (value) => {
        if (value === null || value === undefined) {
          if (schema.optional) return null;
          throw nullValue(schema);
        }
        const fields = requireFields(schema, value);
        const member = members.find(({ name }) => getField(fields, name) !== null);
        if (member === undefined) throw new DataError('A union value must have one field that is not null.');
        return { [member.branch.branch]: member.branch.write(getField(fields, member.name)) };
      },
    };
  }

  #branch(schema: Schema): Branch {
    switch (schema.type) {
      case 'int8':
      case 'int16':
        return this.#plain(schema, 'int', { 'connect.type': schema.type });
      case 'int32':
        return this.#moment(schema, 'int', {
          [logicalNames.date]: 'date',
          [logicalNames.time]: 'time-millis',
        });
      case 'int64':
        return this.#moment(schema, 'long', { [logicalNames.timestamp]: 'timestamp-millis' });
      case 'float32':
        return this.#plain(schema, 'float');
      case 'float64':
        return this.#plain(schema, 'double');
      case 'boolean':
        return this.#plain(schema, 'boolean');
      case 'string':
        return this.#string(schema);
      case 'bytes':
        return this.#bytes(schema);
      case 'array':
        return this.#array(schema);
      case 'map':
        return this.#map(schema);
      case 'struct':
        return this.#record(schema);
    }
  }

  #plain(schema: Schema, type: string, extra: Readonly<Record<string, unknown>> = {}): Branch {
    return { json: this.#annotated(schema, { type, ...extra }), branch: type, write: (value) => value };
  }

  #moment(schema: Schema, type: string, logicalTypes: Readonly<Record<string, string>>): Branch {
    const logicalType = logicalTypes[schema.name ?? ''];
    if (logicalType === undefined) return this.#plain(schema, type);
    const json = this.#annotated(schema, { type }, { logicalType });
    return { json, branch: type, write: (value) => requireLogical(schema, value) };
  }

  #string(schema: Schema): Branch {
    const enumName = schema.parameters?.[avroNames.enumParameter];
    if (enumName === undefined || !this.#options.isEnhanced) return this.#plain(schema, 'string');
    const prefix = `${avroNames.enumParameter}.`;
    const symbols = Object.entries(schema.parameters ?? {}).flatMap(([key, symbol]) =>
      key.startsWith(prefix) ? [symbol] : [],
    );
    return this.#define(enumName, schema, (names) => ({
      json: this.#annotated(schema, { type: 'enum', ...names, symbols }),
      write: (value) => value,
    }));
  }

  #bytes(schema: Schema): Branch {
    const size = schema.parameters?.[avroNames.fixedSize];
    const isDecimal = schema.name === logicalNames.decimal;
    const precision = Number(schema.parameters?.[avroNames.precision] ?? defaultPrecision);
    const decimal = isDecimal ? { scale: Number(schema.parameters?.['scale']), precision } : {};
    const logicalType = isDecimal ? { logicalType: 'decimal' } : {};
    const write = isDecimal ? (value: Value) => requireLogical(schema, value) : (value: Value) => value;
    if (size === undefined || isDecimal) {
      return {
        json: this.#annotated(schema, { type: 'bytes', ...decimal }, logicalType),
        branch: 'bytes',
        write,
      };
    }
    const fullName = schema.name ?? `${avroNames.namespace}.ConnectFixed${size}`;
    return this.#define(fullName, schema, (names) => ({
      json: this.#annotated(schema, { type: 'fixed', ...names, size: Number(size) }),
      write,
    }));
  }

  #array(schema: Schema): Branch {
    const items = this.compile(requirePart(schema.valueSchema, 'items of an array'));
    return {
      json: this.#annotated(schema, { type: 'array', items: items.json }),
      branch: 'array',
      write: (value) => {
        if (!Array.isArray(value)) throw mismatch(schema, value);
        return value.map((item) => items.write(item));
      },
    };
  }

  #map(schema: Schema): Branch {
    const keySchema = requirePart(schema.keySchema, 'keys of a map');
    const valueSchema = requirePart(schema.valueSchema, 'values of a map');
    if (!this.isMapKey(keySchema)) return this.#entries(schema, keySchema, valueSchema);
    const values = this.compile(valueSchema);
    return {
      json: this.#annotated(schema, { type: 'map', values: values.json }),
      branch: 'map',
      write: (value) => {
        const target: Record<string, unknown> = {};
        for (const [key, item] of entriesOf(schema, value)) setAny(target, String(key), values.write(item));
        return target;
      },
    };
  }

  /** A map with other keys than strings is an array of records with key and value. */
  #entries(schema: Schema, keySchema: Schema, valueSchema: Schema): Branch {
    const [key, value] = [this.compile(keySchema), this.compile(valueSchema)];
    const isNamed = schema.name !== undefined;
    const entryName = schema.name ?? this.#freeName(`${avroNames.namespace}.${avroNames.mapEntry}`);
    const fields = [
      { name: 'key', type: key.json, ...avroDefault(keySchema, this) },
      { name: 'value', type: value.json, ...avroDefault(valueSchema, this) },
    ];
    const mark = isNamed || !entryName.endsWith(`.${avroNames.mapEntry}`);
    const entry = this.#define(entryName, schema, (names) => ({
      json: {
        type: 'record',
        ...names,
        fields,
        ...(mark && { [avroNames.internalType]: avroNames.mapEntry }),
      },
      write: () => null,
    }));
    return {
      json: this.#annotated(schema, { type: 'array', items: entry.json }),
      branch: 'array',
      write: (map) =>
        entriesOf(schema, map).map(([mapKey, item]) => ({
          key: key.write(mapKey),
          value: value.write(item),
        })),
    };
  }

  #record(schema: Schema): Branch {
    const fullName = schema.name ?? this.#freeName(`${avroNames.namespace}.${avroNames.record}`);
    return this.#define(fullName, schema, (names) => {
      const fields = schema.fields.map(({ name, schema: fieldSchema }) => ({
        name,
        avroName: this.name(name),
        fieldSchema,
        writing: this.compile(fieldSchema),
      }));
      const json = this.#annotated(schema, {
        type: 'record',
        ...names,
        fields: fields.map(({ avroName, fieldSchema, writing }) => ({
          name: avroName,
          type: writing.json,
          ...avroDefault(fieldSchema, this),
        })),
      });
      return {
        json,
        write: (value) => {
          const source = requireFields(schema, value);
          const target: Record<string, unknown> = {};
          for (const { name, avroName, writing } of fields)
            setAny(target, avroName, writing.write(getField(source, name)));
          return target;
        },
      };
    });
  }

  /** Confluent numbers the types that have no name: ConnectDefault, ConnectDefault2, ... */
  #freeName(base: string): string {
    let name = base;
    for (let number = 2; this.#named.has(name); number++) name = `${base}${number}`;
    return name;
  }

  #define(
    connectName: string,
    schema: Schema,
    make: (names: { name: string; namespace?: string }) => Omit<Branch, 'branch'>,
  ): Branch {
    const fullName = connectName
      .split('.')
      .map((part) => this.name(part))
      .join('.');
    const known = this.#named.get(fullName);
    if (known !== undefined) {
      if (schemasEqual({ ...known.schema, optional: false }, { ...schema, optional: false })) {
        return { ...known.branch, json: fullName };
      }
      throw new DataError(
        `Avro cannot hold two different types of the name '${fullName}': rename one of the schemas.`,
      );
    }
    const { name, namespace } = splitName(fullName);
    // Registered before its fields are translated, so that a nameless struct inside takes another name.
    const branch: { -readonly [K in keyof Branch]: Branch[K] } = {
      json: fullName,
      branch: fullName,
      write: () => null,
    };
    this.#named.set(fullName, { schema, branch });
    const made = make(namespace === undefined ? { name } : { name, namespace });
    branch.json = made.json;
    branch.write = made.write;
    return branch;
  }

  /** Adds what Avro has no place for as properties. A type without any is just its name. */
  #annotated(schema: Schema, json: AvroObject, last: Readonly<Record<string, unknown>> = {}): AvroJson {
    const { doc, version, parameters, name } = schema;
    const fallback = schema.default === undefined ? undefined : defaultJson(schema, schema.default, this);
    const metadata = this.#options.hasMetadata
      ? {
          ...(doc !== undefined && { 'connect.doc': doc }),
          ...(version !== undefined && { 'connect.version': version }),
          ...(parameters !== undefined && { 'connect.parameters': parameters }),
          ...(fallback !== undefined && { 'connect.default': fallback }),
          ...(name !== undefined && { 'connect.name': name }),
        }
      : {};
    const full = { ...json, ...metadata, ...last };
    return Object.keys(full).length === 1 ? json.type : full;
  }
}

function orDefault(schema: Schema, value: Value): Value {
  const present = value ?? schema.default ?? null;
  if (present === null) throw nullValue(schema);
  return present;
}

function nullValue(schema: Schema): DataError {
  return new DataError(`Invalid value: null used for required field of type ${schema.type.toUpperCase()}`);
}

function requireLogical(schema: Schema, value: Value): unknown {
  const raw = fromLogical(schema, value);
  if (raw === undefined) throw mismatch(schema, value);
  return raw;
}

function setAny(target: Record<string, unknown>, name: string, value: unknown): void {
  setField(target as Fields, name, value as Value);
}
