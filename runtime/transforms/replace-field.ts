import { type ConnectRecord, type Field, type Fields, type Schema, setField } from '../data/index.ts';
import { defineTransform } from '../plugin/index.ts';
import { parseRenames } from './renames.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { putField, readField, replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';

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
          default: [],
          importance: 'MEDIUM',
          description: 'Fields to drop. Counts more than include.',
        },
        include: {
          type: 'array',
          items: { type: 'string' },
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
      return {
        keep,
        replaceNull: config['replace.null.with.default'],
        planOf: schemaCache((schema) => planFor(schema, keep)),
      };
    },
    map: (record, handle) => replace(record, handle, side),
  }),
);

interface Choice {
  readonly excluded: ReadonlySet<string>;
  readonly included: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
}

/** The new schema, and the old field that each new one comes from. */
interface Plan {
  readonly schema: Schema;
  readonly sources: readonly Field[];
}

interface Handle {
  readonly keep: Choice;
  readonly replaceNull: boolean;
  readonly planOf: (schema: Schema) => Plan;
}

function isKept({ excluded, included }: Choice, name: string): boolean {
  return !excluded.has(name) && (included.size === 0 || included.has(name));
}

function planFor(schema: Schema, keep: Choice): Plan {
  const sources = schema.fields.filter(({ name }) => isKept(keep, name));
  const fields = sources.map(({ name, schema }) => [keep.names.get(name) ?? name, schema] as const);
  return { schema: structLike(schema, fields), sources };
}

function replace(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (value === null || value === undefined) return record;
  const target: Fields = {};
  if (schema === undefined) {
    for (const [name, item] of Object.entries(requireMap(value, purpose))) {
      if (isKept(handle.keep, name)) setField(target, handle.keep.names.get(name) ?? name, item);
    }
    return side.replace(record, undefined, target);
  }
  const struct = requireStruct(schema, value, purpose);
  const plan = handle.planOf(schema);
  for (const [index, { name, schema: fieldSchema }] of plan.schema.fields.entries()) {
    const source = plan.sources[index];
    if (source !== undefined)
      putField(target, name, fieldSchema, readField(struct, source, handle.replaceNull));
  }
  return side.replace(record, plan.schema, target);
}
