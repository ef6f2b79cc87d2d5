import {
  type ConnectRecord,
  DataError,
  type Field,
  type Fields,
  fieldOf,
  logicalNames,
  type Schema,
  schemasEqual,
  setField,
  type Value,
  validateValue,
} from '../data/index.ts';
import { defineTransform } from '../plugin/index.ts';
import { oldName, parseRenames } from './renames.ts';
import { fieldsOf, requireMap, requireStruct } from './requirements.ts';
import { putField, readField, replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';
import { StructCopy } from './struct-copy.ts';

const purpose = 'field replacement';

/** Drops and renames fields. */
export const replaceField = sides.map((side) =>
  defineTransform({
    ...namesOf('ReplaceField', side),
    version: '1.0.0',
    description: `Keeps, drops and renames fields of the record's ${side.name.toLowerCase()}.`,
    config: {
      type: 'object',
      properties: {
        exclude: {
          type: 'array',
          items: { type: 'string' },
          uniqueItems: true,
          default: [],
          importance: 'MEDIUM',
          description: 'Fields to drop. Counts more than include.',
        },
        include: {
          type: 'array',
          items: { type: 'string' },
          uniqueItems: true,
          default: [],
          importance: 'MEDIUM',
          description: 'Fields to keep; all when empty.',
        },
        renames: {
          type: 'array',
          items: { type: 'string' },
          default: [],
          importance: 'MEDIUM',
          description: 'Renames as old:new.',
          check: (value) => parseRenames(value as readonly string[]).problem,
        },
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    open: (config) => {
      const keep: Choice = {
        excluded: new Set(config.exclude),
        included: new Set(config.include),
        names: parseRenames(config.renames).names,
      };
      const replaceNull = config['replace.null.with.default'];
      return { keep, copyingOf: schemaCache((schema) => copyingFor(schema, keep, replaceNull)) };
    },
    map: (record, handle) => replace(record, handle, side),
  }),
);

interface Choice {
  readonly excluded: ReadonlySet<string>;
  readonly included: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
}

/** How structs of one schema are copied. */
interface Copying {
  readonly schema: Schema;
  make(struct: Fields): Fields;
}

interface Handle {
  readonly keep: Choice;
  readonly copyingOf: (schema: Schema) => Copying;
}

function isKept({ excluded, included }: Choice, name: string): boolean {
  return !excluded.has(name) && (included.size === 0 || included.has(name));
}

function copyingFor(schema: Schema, keep: Choice, replaceNull: boolean): Copying {
  const source = fieldsOf(schema).filter(({ name }) => isKept(keep, name));
  const fields = source.map((field) => [keep.names.get(field.name) ?? field.name, field.schema] as const);
  const target = structLike(schema, fields);
  const oldNames = fields.map(([name]) => oldName(keep.names, name));
  if (!source.every(({ name }, index) => name === oldNames[index])) {
    return {
      schema: target,
      make: (struct) => copyByOldNames(schema, target, oldNames, struct, replaceNull),
    };
  }
  const copy = new StructCopy({ source, target, replaceNull });
  return { schema: target, make: (struct) => copy.make(copy.read(struct)) };
}

/** Kafka goes back from the new name to the old one, even when another field has that name or none. */
function copyByOldNames(
  source: Schema,
  { fields }: Schema,
  oldNames: readonly string[],
  struct: Fields,
  replaceNull: boolean,
): Fields {
  const target: Fields = {};
  for (const { name, schema, index } of fields) {
    const old = oldNames[index] ?? '';
    const field = fieldOf(source, old);
    if (field === undefined) throw new DataError(`${old} is not a valid field name`);
    const item = readField(struct, field, replaceNull);
    putField(target, name, schema, item);
    if (item !== null) requireFitting(schema, field, item);
  }
  return target;
}

/** The new field has the schema of the field that was renamed, and its value may be another's. */
function requireFitting(wanted: Schema, { schema, name }: Field, value: Value): void {
  if (schema === wanted) return;
  if (wanted.type === 'struct' && schema.type === 'struct' && !schemasEqual(wanted, schema))
    throw new DataError('Struct schemas do not match.');
  if (schema.type !== wanted.type || logicalName(schema) !== logicalName(wanted))
    throw new DataError(`What ${name} has does not fit its new name's type.`);
  validateValue(wanted, value);
}

function logicalName({ name }: Schema): string | undefined {
  return Object.values<string | undefined>(logicalNames).find((logical) => logical === name);
}

function replace(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (value === null || value === undefined) return record;
  if (schema === undefined) {
    const target: Fields = {};
    for (const [name, item] of Object.entries(requireMap(value, purpose))) {
      if (isKept(handle.keep, name)) setField(target, handle.keep.names.get(name) ?? name, item);
    }
    return side.replace(record, undefined, target);
  }
  const struct = requireStruct(schema, value, purpose);
  const copying = handle.copyingOf(schema);
  return side.replace(record, copying.schema, copying.make(struct));
}
