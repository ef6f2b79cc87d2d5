import { SchemaProjectorError } from './errors.ts';
import { describeSchema, type Field, fieldOf, type Schema } from './schema.ts';
import { parametersEqual } from './schema-equality.ts';
import { withDefault } from './struct.ts';
import { type Fields, getField, isPlainObject, setField, type Value } from './value.ts';

const promotions = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64'];

/**
 * Carries a value from the schema it was written with to the one it is wanted in: numbers widen, new fields get their
 * default, unknown fields go. Throws {@link SchemaProjectorError} when the schemas do not allow it. Kafka's SchemaProjector.
 */
export function projectValue(source: Schema, value: Value, target: Schema): Value {
  requireCompatible(source, target);
  if (source.optional && !target.optional) {
    if (target.default === undefined) {
      throw new SchemaProjectorError(
        'Writer schema is optional, however, target schema does not provide a default value.',
      );
    }
    return isAbsent(value) ? target.default : projectPresent(source, value, target);
  }
  return isAbsent(value) ? null : projectPresent(source, value, target);
}

function isAbsent(value: Value): boolean {
  return value === null || value === undefined;
}

function requireCompatible(source: Schema, target: Schema): void {
  if (source.type !== target.type && !isPromotion(source, target)) {
    throw mismatch('type', source.type.toUpperCase(), target.type.toUpperCase());
  }
  if (source.name !== target.name) throw mismatch('name', source.name, target.name);
  if (!parametersEqual(source.parameters, target.parameters)) {
    throw new SchemaProjectorError(
      `Schema parameters not equal. source parameters: ${show(source)} and target parameters: ${show(target)}`,
    );
  }
}

function isPromotion(source: Schema, target: Schema): boolean {
  const [from, to] = [promotions.indexOf(source.type), promotions.indexOf(target.type)];
  return from >= 0 && from < to;
}

function mismatch(
  what: string,
  source: string | undefined,
  target: string | undefined,
): SchemaProjectorError {
  return new SchemaProjectorError(
    `Schema ${what} mismatch. source ${what}: ${source ?? 'null'} and target ${what}: ${target ?? 'null'}`,
  );
}

function show({ parameters }: Schema): string {
  if (parameters === undefined) return 'null';
  const entries = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return `{${entries.join(', ')}}`;
}

function projectPresent(source: Schema, value: Value, target: Schema): Value {
  const [sourceItem, targetItem] = [source.valueSchema, target.valueSchema];
  if (target.type === 'struct' && isPlainObject(value)) return projectStruct(source, value, target);
  if (
    target.type === 'array' &&
    Array.isArray(value) &&
    sourceItem !== undefined &&
    targetItem !== undefined
  ) {
    return value.map((item) => projectValue(sourceItem, item, targetItem));
  }
  if (target.type === 'map') return projectMap(source, value, target);
  return typeof value === 'bigint' && target.type.startsWith('float') ? Number(value) : value;
}

function projectStruct(source: Schema, value: Fields, target: Schema): Fields {
  const result: Fields = {};
  for (const field of target.fields) setField(result, field.name, projectField(source, value, field));
  return result;
}

function projectField(source: Schema, value: Fields, { name, schema }: Field): Value {
  const sourceField = fieldOf(source, name);
  if (sourceField !== undefined) {
    try {
      return projectValue(sourceField.schema, withDefault(sourceField.schema, getField(value, name)), schema);
    } catch (cause) {
      throw new SchemaProjectorError(`Error projecting ${name}`, { cause });
    }
  }
  if (schema.optional) return null;
  if (schema.default !== undefined) return schema.default;
  throw new SchemaProjectorError(
    `Required field \`${name}\` is missing from source schema: ${describeSchema(source)}`,
  );
}

function projectMap(source: Schema, value: Value, target: Schema): Value {
  const project = (from: Schema | undefined, item: Value, to: Schema | undefined): Value =>
    from === undefined || to === undefined ? item : projectValue(from, item, to);
  if (value instanceof Map) {
    return new Map(
      [...(value as ReadonlyMap<Value, Value>)].map(([key, item]) => [
        project(source.keySchema, key, target.keySchema),
        project(source.valueSchema, item, target.valueSchema),
      ]),
    );
  }
  const result: Fields = {};
  for (const [key, item] of Object.entries(isPlainObject(value) ? value : {})) {
    const projected = project(source.keySchema, key, target.keySchema);
    setField(result, String(projected), project(source.valueSchema, item, target.valueSchema));
  }
  return result;
}
