import { SchemaParseError } from '../errors.ts';
import type { ParsedSchema, SchemaLanguage, TaggedEntity } from '../language.ts';

/** Tags of a field or type, as the REST interface spells them. */
export interface SchemaTags {
  readonly schemaEntity: { readonly entityPath: string; readonly entityType: TaggedEntity['type'] };
  readonly tags: readonly string[];
}

/** What a registration does to the tags in its schema's text. */
export interface TagChange {
  readonly add: readonly SchemaTags[];
  readonly remove: readonly SchemaTags[];
  /** Take over the tags that the latest version has on what is still there. */
  readonly propagates: boolean;
}

/** The tags in the schema's text: those of entities with one of `wanted`, `*` for all. */
export function findTags<S extends ParsedSchema>(
  language: SchemaLanguage<S>,
  schema: S,
  wanted: readonly string[],
): readonly SchemaTags[] {
  const isWanted = ({ tags }: TaggedEntity) =>
    tags.length > 0 && (wanted.includes('*') || tags.some((tag) => wanted.includes(tag)));
  return entitiesOf(language, schema)
    .filter(isWanted)
    .map(({ type, path, tags }) => ({ schemaEntity: { entityPath: path, entityType: type }, tags }));
}

/** The text after the change. Throws `SchemaParseError` for a path that is not in the schema. */
export function changedTags<S extends ParsedSchema>(
  language: SchemaLanguage<S>,
  schema: S,
  { add, remove, propagates }: TagChange,
  latest: S | undefined,
): string {
  const entities = entitiesOf(language, schema);
  for (const { schemaEntity } of [...add, ...remove]) {
    if (!entities.some((entity) => isEntity(entity, schemaEntity)))
      throw new SchemaParseError(`No matching path '${schemaEntity.entityPath}' found in the schema`);
  }
  const inherited = propagates && latest !== undefined ? findTags(language, latest, ['*']) : [];
  return language.editTags(schema, (entity) => {
    const listed = (changes: readonly SchemaTags[]) =>
      changes.filter(({ schemaEntity }) => isEntity(entity, schemaEntity)).flatMap(({ tags }) => tags);
    const removed = new Set(listed(remove));
    const tags = new Set([...entity.tags, ...listed(inherited), ...listed(add)]);
    return [...tags].filter((tag) => !removed.has(tag));
  });
}

function entitiesOf<S extends ParsedSchema>(language: SchemaLanguage<S>, schema: S): TaggedEntity[] {
  const entities: TaggedEntity[] = [];
  language.editTags(schema, (entity) => {
    entities.push(entity);
    return entity.tags;
  });
  return entities;
}

/** A spelling other than the answer's may be of a field that is an object, and so a record: both are meant. */
function isEntity({ path, type, otherPaths }: TaggedEntity, wanted: SchemaTags['schemaEntity']): boolean {
  return (path === wanted.entityPath && type === wanted.entityType) || otherPaths.includes(wanted.entityPath);
}
