import {
  type ConnectRecord,
  getField,
  logicalNames,
  makeSchema,
  type Schema,
  SchemaBuilderError,
  setField,
  type Value,
} from '../data/index.ts';
import { ConfigError, defineTransform } from '../plugin/index.ts';
import { type CastSpec, type CastType, parseCastSpec } from './cast-types.ts';
import { castValue } from './cast-value.ts';
import { fieldsOf, requireMap, requireStruct } from './requirements.ts';
import { basicsOf, replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';
import { StructCopy } from './struct-copy.ts';

const noField = 'Must specify at least one field to cast.';

/** Changes the type of the whole key or value, or of some of its fields. */
export const cast = sides.map((side) =>
  defineTransform({
    ...namesOf('Cast', side),
    version: '1.0.0',
    description: `Changes the type of the record's ${side.name.toLowerCase()}, or of fields in it.`,
    config: {
      type: 'object',
      required: ['spec'],
      properties: {
        spec: {
          type: 'array',
          items: { type: 'string' },
          importance: 'HIGH',
          description:
            'One type for the whole, or field:type for fields. int8 to int64, float32, float64, boolean, string.',
          whenMissing: noField,
          check: specReason,
        },
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    open: (config) => {
      const spec = parseCastSpec(config.spec);
      const replaceNull = config['replace.null.with.default'];
      return { spec, castingOf: schemaCache((schema) => castingFor(schema, spec, replaceNull)) };
    },
    map: (record, handle) => castRecord(record, handle, side),
  }),
);

function specReason(value: unknown): { readonly message: string } | undefined {
  if (!Array.isArray(value) || value.length === 0) return { message: noField };
  try {
    parseCastSpec(value.map(String));
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return { message: error.problems[0]?.message ?? error.message };
    throw error;
  }
}

interface Handle {
  readonly spec: CastSpec;
  readonly castingOf: (schema: Schema) => Casting;
}

/** What is done with values of one schema. */
interface Casting {
  readonly schema: Schema;
  readonly copy: StructCopy;
  /** The fields to cast. */
  readonly steps: readonly { readonly index: number; readonly schema: Schema; readonly type: CastType }[];
}

function castingFor(schema: Schema, spec: CastSpec, replaceNull: boolean): Casting {
  const target = castSchema(schema, spec);
  const steps = schema.fields.flatMap(({ name, index, schema }) => {
    const type = spec.fields.get(name);
    return type === undefined ? [] : [{ index, schema, type }];
  });
  // Of two errors Kafka tells that of the first field.
  const beforeNull = (values: Value[], index: number) =>
    castSteps(
      values,
      steps.filter((step) => step.index < index),
    );
  const copy = new StructCopy({ source: schema.fields, target, replaceNull, beforeNull });
  return { schema: target, copy, steps };
}

function castSteps(values: Value[], steps: Casting['steps']): void {
  for (const { index, schema, type } of steps) values[index] = castValue(schema, values[index], type);
}

function castRecord(record: ConnectRecord, { spec, castingOf }: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (value === null || value === undefined) return record;
  const casting = schema === undefined ? undefined : castingOf(schema);
  if (spec.whole !== undefined)
    return side.replace(record, casting?.schema, castValue(schema, value, spec.whole));
  if (schema === undefined || casting === undefined) {
    const map = requireMap(value, 'cast types');
    const changed = { ...map };
    for (const [name, type] of spec.fields)
      setField(changed, name, castValue(undefined, getField(map, name), type));
    return side.replace(record, undefined, changed);
  }
  const struct = requireStruct(schema, value, 'cast types');
  const { copy, steps } = casting;
  const values = copy.read(struct);
  castSteps(values, steps);
  return side.replace(record, copy.schema, copy.make(values));
}

function castSchema(schema: Schema, { whole, fields }: CastSpec): Schema {
  if (whole !== undefined) {
    // The name of a logical type stays, and then a default of another type is wrong.
    if (schema.default !== undefined && isLogical(schema))
      throw new SchemaBuilderError('Invalid default value');
    return makeSchema(whole, {
      ...basicsOf(schema),
      optional: schema.optional,
      default: castValue(schema, schema.default, whole),
    });
  }
  const entries = fieldsOf(schema).map(({ name, schema: fieldSchema }) => {
    const type = fields.get(name);
    return [name, type === undefined ? fieldSchema : castField(fieldSchema, type)] as const;
  });
  return structLike(schema, entries, { optional: schema.optional, default: schema.default });
}

function isLogical({ name }: Schema): boolean {
  return Object.values<string | undefined>(logicalNames).includes(name);
}

function castField(schema: Schema, type: CastType): Schema {
  return makeSchema(type, { optional: schema.optional, default: castValue(schema, schema.default, type) });
}
