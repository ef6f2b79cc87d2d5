import {
  DataError,
  logicalNames,
  makeSchema,
  type Schema,
  type SchemaOptions,
  type SchemaType,
  schemas,
  withOptions,
} from '../data/index.ts';
import type { Json } from './exact-json.ts';
import { readJsonValue } from './json-reader.ts';
import type { JsonSchema } from './json-schema-writer.ts';
import { jsonUnionSchema } from './json-union.ts';

/** The settings of Confluent's converter that change schemas. */
export interface JsonSchemaReading {
  /** `use.optional.for.nonrequired`: fields that `required` does not list are optional. */
  readonly optionalForNonRequired: boolean;
  /** Other schemas by the URI that `$ref` names them by. */
  readonly references: ReadonlyMap<string, JsonSchema>;
}

/** A JSON Schema as Connect schema. Throws {@link DataError} for what Connect cannot hold. */
export function readJsonSchemaOf(root: JsonSchema, reading: JsonSchemaReading): Schema {
  return new JsonSchemaCompiler(reading).compile({ json: root, root });
}

/** A schema with the document that its `#` references are in. */
interface Located {
  readonly json: JsonSchema;
  readonly root: JsonSchema;
}

class JsonSchemaCompiler {
  readonly #reading: JsonSchemaReading;
  /** References being followed: one that comes up again contains itself. */
  readonly #open = new Set<JsonSchema>();

  constructor(reading: JsonSchemaReading) {
    this.#reading = reading;
  }

  compile({ json, root }: Located): Schema {
    if (typeof json['$ref'] === 'string') return this.#reference(json['$ref'], root);
    const choices = listOf(json['oneOf'] ?? json['anyOf']);
    if (choices.length > 0) return this.#choice(choices, json, root);
    const all = listOf(json['allOf']);
    if (all.length > 0)
      return this.compile({
        json: mergeAll(
          json,
          all.map((one) => this.#resolve(one, root)),
        ),
        root,
      });
    return this.#typed(json, root);
  }

  #choice(choices: readonly JsonSchema[], json: JsonSchema, root: JsonSchema): Schema {
    const others = choices.filter((choice) => choice['type'] !== 'null');
    const isOptional = others.length < choices.length;
    const members = others.map((choice) => this.compile({ json: choice, root }));
    const [only] = members;
    if (only === undefined) throw new DataError('A JSON Schema that allows only null has no Connect schema.');
    if (members.length > 1) return jsonUnionSchema(members, isOptional);
    const doc = typeof json['description'] === 'string' ? json['description'] : only.doc;
    return withOptions(only, { optional: isOptional || only.optional, doc });
  }

  #reference(ref: string, root: JsonSchema): Schema {
    const target = this.#locate(ref, root);
    if (this.#open.has(target.json)) {
      throw new DataError(
        `The JSON Schema '${ref}' contains itself, which Connect's schemas cannot: use another converter.`,
      );
    }
    this.#open.add(target.json);
    try {
      return this.compile(target);
    } finally {
      this.#open.delete(target.json);
    }
  }

  #resolve(json: JsonSchema, root: JsonSchema): JsonSchema {
    return typeof json['$ref'] === 'string' ? this.#locate(json['$ref'], root).json : json;
  }

  #locate(ref: string, root: JsonSchema): Located {
    const [uri = '', pointer = ''] = ref.split('#');
    const document = uri === '' ? root : this.#reading.references.get(uri);
    let json: unknown = document;
    for (const step of pointer.split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      json = isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;
    }
    if (document === undefined || !isObject(json))
      throw new DataError(`The JSON Schema refers to '${ref}', which is not there.`);
    return { json, root: document };
  }

  #typed(json: JsonSchema, root: JsonSchema): Schema {
    const types = (Array.isArray(json['type']) ? json['type'] : [json['type']]).filter(
      (type) => type !== 'null',
    );
    const isOptional = Array.isArray(json['type']) && json['type'].includes('null');
    const [type] = types;
    if (types.length > 1) {
      return jsonUnionSchema(
        types.map((each) => this.#typed({ ...json, type: each }, root)),
        isOptional,
      );
    }
    const schema = this.#ofType(typeof type === 'string' ? type : impliedType(json), json, root);
    const optional = isOptional ? schemas.optional(schema) : schema;
    const fallback = json['default'];
    if (fallback === undefined || fallback === null) return optional;
    const value = readJsonValue(optional, fallback as Json, { replaceNullWithDefault: true });
    return withOptions(optional, { default: value });
  }

  #ofType(type: string | undefined, json: JsonSchema, root: JsonSchema): Schema {
    const options = optionsOf(json);
    const connectType = json['connect.type'];
    switch (type) {
      case 'integer':
        return makeSchema(oneOf(connectType, ['int8', 'int16', 'int32', 'int64'], 'int64'), options);
      case 'number':
        return makeSchema(oneOf(connectType, ['float32', 'float64', 'bytes'], 'float64'), options);
      case 'boolean':
        return makeSchema('boolean', options);
      case 'string':
        return connectType === 'bytes'
          ? makeSchema('bytes', options)
          : makeSchema('string', withEnum(options, json));
      case 'array':
        return this.#array(json, root, options);
      case 'object':
        return this.#object(json, root, options);
      default:
        throw new DataError('A part of the JSON Schema does not say its type, so it has no Connect schema.');
    }
  }

  #array(json: JsonSchema, root: JsonSchema, options: SchemaOptions): Schema {
    const items = json['items'];
    if (!isObject(items)) throw new DataError('An array in the JSON Schema does not say what its items are.');
    if (json['connect.type'] !== 'map') {
      return makeSchema('array', options, { valueSchema: this.compile({ json: items, root }) });
    }
    const { key, value } = isObject(items['properties']) ? items['properties'] : {};
    if (!isObject(key) || !isObject(value))
      throw new DataError('A map in the JSON Schema has no key or value.');
    return makeSchema('map', options, {
      keySchema: this.compile({ json: key, root }),
      valueSchema: this.compile({ json: value, root }),
    });
  }

  #object(json: JsonSchema, root: JsonSchema, options: SchemaOptions): Schema {
    const { properties, additionalProperties } = json;
    const isMap =
      json['connect.type'] === 'map' || (properties === undefined && isObject(additionalProperties));
    if (isMap && isObject(additionalProperties)) {
      const valueSchema = this.compile({ json: additionalProperties, root });
      return makeSchema('map', options, { keySchema: schemas.string(), valueSchema });
    }
    const required = new Set(Array.isArray(json['required']) ? json['required'] : []);
    const fields = sortedProperties(isObject(properties) ? properties : {}).map(([name, property]) => {
      const schema = this.compile({ json: property, root });
      const isOptional = this.#reading.optionalForNonRequired && !required.has(name);
      return [name, isOptional ? schemas.optional(schema) : schema] as const;
    });
    return makeSchema('struct', options, { fields });
  }
}

function optionsOf(json: JsonSchema): SchemaOptions {
  const { title, description, 'connect.version': version, 'connect.parameters': parameters } = json;
  const isMoment =
    title === logicalNames.date || title === logicalNames.time || title === logicalNames.timestamp;
  return {
    name: typeof title === 'string' ? title : undefined,
    doc: typeof description === 'string' ? description : undefined,
    version: typeof version === 'number' ? version : isMoment ? 1 : undefined,
    parameters: isObject(parameters) ? (parameters as Record<string, string>) : undefined,
  };
}

const enumParameter = 'io.confluent.connect.json.Enum';

/** The allowed values are kept as parameters. */
function withEnum(options: SchemaOptions, json: JsonSchema): SchemaOptions {
  if (!Array.isArray(json['enum'])) return options;
  const symbols = json['enum'].map((symbol) => [`${enumParameter}.${symbol}`, String(symbol)] as const);
  return {
    ...options,
    parameters: { [enumParameter]: '', ...Object.fromEntries(symbols), ...options.parameters },
  };
}

function impliedType(json: JsonSchema): string | undefined {
  if (Array.isArray(json['enum']) && json['enum'].every((symbol) => typeof symbol === 'string'))
    return 'string';
  if (typeof json['const'] === 'string') return 'string';
  if (isObject(json['properties'])) return 'object';
  return isObject(json['items']) ? 'array' : undefined;
}

/** By `connect.index`; properties without one keep their order, behind the others. */
function sortedProperties(properties: JsonSchema): [string, JsonSchema][] {
  const indexOf = (json: JsonSchema): number =>
    typeof json['connect.index'] === 'number' ? json['connect.index'] : Number.POSITIVE_INFINITY;
  return Object.entries(properties)
    .filter((entry): entry is [string, JsonSchema] => isObject(entry[1]))
    .sort(([, a], [, b]) => (indexOf(a) === indexOf(b) ? 0 : indexOf(a) - indexOf(b)));
}

/** What all parts demand, as one schema: later keywords count, properties and required are collected. */
function mergeAll(json: JsonSchema, parts: readonly JsonSchema[]): JsonSchema {
  const { allOf: _, ...own } = json;
  let merged: JsonSchema = own;
  for (const part of parts) {
    const properties = { ...asObject(merged['properties']), ...asObject(part['properties']) };
    const required = [...asArray(merged['required']), ...asArray(part['required'])];
    merged = {
      ...part,
      ...merged,
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
    };
  }
  return merged;
}

function oneOf<T extends SchemaType>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.find((type) => type === value) ?? otherwise;
}

function listOf(value: unknown): readonly JsonSchema[] {
  return asArray(value).filter(isObject);
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
