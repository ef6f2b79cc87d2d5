import { type ConnectRecord, type Fields, type Schema, setField } from '../data/index.ts';
import { defineTransform } from '../plugin/index.ts';
import { parseRenames } from './renames.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
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
      const replaceNull = config['replace.null.with.default'];
      return { keep, copyOf: schemaCache((schema) => copyFor(schema, keep, replaceNull)) };
    },
    map: (record, handle) => replace(record, handle, side),
  }),
);

interface Choice {
  readonly excluded: ReadonlySet<string>;
  readonly included: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
}

interface Handle {
  readonly keep: Choice;
  readonly copyOf: (schema: Schema) => StructCopy;
}

function isKept({ excluded, included }: Choice, name: string): boolean {
  return !excluded.has(name) && (included.size === 0 || included.has(name));
}

function copyFor(schema: Schema, keep: Choice, replaceNull: boolean): StructCopy {
  const source = schema.fields.filter(({ name }) => isKept(keep, name));
  const fields = source.map(({ name, schema }) => [keep.names.get(name) ?? name, schema] as const);
  return new StructCopy({ source, target: structLike(schema, fields), replaceNull });
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
  const copy = handle.copyOf(schema);
  return side.replace(record, copy.schema, copy.make(copy.read(struct)));
}
