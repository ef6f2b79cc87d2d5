import type { SchemaContent, SchemaDefinition, SchemaVersion } from './entity.ts';
import { sortedMetadata } from './entity.ts';
import { schemaGuid } from './guid.ts';
import { rejection } from './rejection.ts';
import type { SchemaReader } from './schema-reader.ts';
import { configInScope } from './settings.ts';
import { defaultContext, type RegistryState, referenceKey } from './state.ts';

/** Which versions a question is about. `deletedOnly` wins. */
export interface DeletedFilter {
  readonly deleted: boolean;
  readonly deletedOnly: boolean;
}

/** `{v}` of a path: a number from 1, or the latest. Throws 42202. */
export function parseVersion(text: string): number | 'latest' {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'latest' || trimmed === '-1') return 'latest';
  const version = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : 0;
  if (version < 1 || version > 0x7fff_ffff) throw rejection.invalidVersion(text);
  return version;
}

/** Subjects in Java's string order. */
export function listSubjects(state: RegistryState, prefix: string, filter: DeletedFilter): string[] {
  const isShown = (subject: string) =>
    subject.startsWith(prefix) &&
    !subject.startsWith(':.') &&
    shownVersions(state, subject, filter).length > 0;
  return [...state.subjects.keys()].filter(isShown).sort();
}

/** Throws 40401 when there is none to show. */
export function listVersions(state: RegistryState, subject: string, filter: DeletedFilter): SchemaVersion[] {
  const versions = shownVersions(state, subject, filter);
  if (versions.length === 0) throw rejection.subjectNotFound(subject);
  return versions;
}

/** One version. Throws 40401 when the subject is not there, 40402 when the version is not. */
export function findVersion(
  state: RegistryState,
  subject: string,
  version: number | 'latest',
  deleted: boolean,
): SchemaVersion {
  const versions = state.versions(subject, deleted);
  if (versions.length === 0) throw rejection.subjectNotFound(subject);
  const found = version === 'latest' ? versions.at(-1) : versions.find((each) => each.version === version);
  if (found === undefined) throw rejection.versionNotFound(version === 'latest' ? -1 : version);
  return found;
}

/** The latest version whose metadata has all the properties. Throws 40401, 40403. */
export function findByMetadata(
  state: RegistryState,
  subject: string,
  properties: ReadonlyMap<string, string>,
  deleted: boolean,
): SchemaVersion {
  const versions = listVersions(state, subject, { deleted, deletedOnly: false });
  const hasAll = ({ content }: SchemaVersion) =>
    [...properties].every(([key, value]) => content.metadata?.properties?.[key] === value);
  const found = versions.findLast(hasAll);
  if (found === undefined) throw rejection.schemaNotFound();
  return found;
}

/** The schema with this id: in the default context, else in the first other one that has it. */
export function findById(state: RegistryState, id: number): SchemaContent | undefined {
  const own = state.contexts.get(defaultContext)?.ids.get(id);
  if (own !== undefined) return own;
  for (const context of state.contexts.values()) {
    const content = context.ids.get(id);
    if (content !== undefined) return content;
  }
  return undefined;
}

export function findByGuid(state: RegistryState, guid: string): SchemaContent | undefined {
  for (const { guids } of state.contexts.values()) {
    const content = guids.get(guid.toLowerCase());
    if (content !== undefined) return content;
  }
  return undefined;
}

/** The ids that refer to the version, ascending. */
export function referencingIds(state: RegistryState, target: SchemaVersion, deleted: boolean): number[] {
  const referrers = [...(state.referrers.get(referenceKey(target.subject, target.version)) ?? [])];
  const shown = referrers.filter(({ isDeleted }) => deleted || !isDeleted);
  return [...new Set(shown.map(({ content }) => content.id))].sort((left, right) => left - right);
}

/** A definition with stored text, references that name a version, and its GUID. */
export interface CanonicalDefinition extends SchemaDefinition {
  readonly guid: string;
}

/** The definition as it would be stored. Throws 42201. */
export function canonicalDefinition(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  request: SchemaDefinition,
  options: { readonly normalize: boolean; readonly strict: boolean },
): CanonicalDefinition {
  const fixed = { ...request, references: fixedReferences(state, request.references) };
  const parsed = reader.parse(state, fixed, { subject, strict: options.strict });
  const references = options.normalize ? sortedReferences(fixed.references) : fixed.references;
  const schema = reader.language(request.schemaType).canonical(parsed, { normalize: options.normalize });
  return withGuid({ ...fixed, references, schema, metadata: sortedMetadata(request.metadata) });
}

export function withGuid(definition: SchemaDefinition): CanonicalDefinition {
  return { ...definition, guid: schemaGuid(definition) };
}

/**
 * The version of the subject that has this very schema, the newest of several. Metadata that the request leaves out
 * may come from the latest version.
 */
export function lookUp(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  request: SchemaDefinition,
  options: { readonly normalize: boolean; readonly deleted: boolean },
): SchemaVersion | undefined {
  const versions = state.versions(subject, options.deleted);
  const normalize = options.normalize || configInScope(state, subject).normalize === true;
  const definition = canonicalDefinition(state, reader, subject, request, { normalize, strict: false });
  const find = (guid: string) => versions.findLast(({ content }) => content.guid === guid);
  const found = find(definition.guid);
  const inherited = versions.at(-1)?.content.metadata;
  if (found !== undefined || request.metadata !== undefined || inherited === undefined) return found;
  return find(withGuid({ ...definition, metadata: inherited }).guid);
}

function shownVersions(state: RegistryState, subject: string, filter: DeletedFilter): SchemaVersion[] {
  const versions = state.versions(subject, filter.deleted || filter.deletedOnly);
  return filter.deletedOnly ? versions.filter(({ isDeleted }) => isDeleted) : versions;
}

/** A reference to version -1 means the latest one; what is stored names it. */
function fixedReferences(
  state: RegistryState,
  references: SchemaDefinition['references'],
): SchemaDefinition['references'] {
  return references.map((reference) => {
    if (reference.version !== -1) return reference;
    const latest = state.versions(reference.subject, false).at(-1);
    return latest === undefined ? reference : { ...reference, version: latest.version };
  });
}

function sortedReferences(references: SchemaDefinition['references']): SchemaDefinition['references'] {
  const distinct = new Map(references.map((reference) => [JSON.stringify(reference), reference]));
  return [...distinct.values()].sort((left, right) =>
    left.subject === right.subject ? left.version - right.version : left.subject < right.subject ? -1 : 1,
  );
}
