import { canonicalDefinition, versionlessGuid, withGuid } from './definition.ts';
import type { SchemaContent, SchemaDefinition, SchemaVersion } from './entity.ts';
import { versionProperty } from './metadata.ts';
import { contextOf, defaultContext, matchesPrefix } from './qualified-subject.ts';
import { rejection } from './rejection.ts';
import type { SchemaReader } from './schema-reader.ts';
import { configInScope } from './settings.ts';
import { type RegistryState, referenceKey } from './state.ts';

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

/** Subjects in Java's string order; `:*:` in front of the prefix means in every context. */
export function listSubjects(state: RegistryState, prefix: string, filter: DeletedFilter): string[] {
  const isShown = (subject: string) =>
    matchesPrefix(subject, prefix) && shownVersions(state, subject, filter).length > 0;
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

/** The schema with this id in the context of `subject`; for the default context, else in the first other that has it. */
export function findById(state: RegistryState, id: number, subject = ''): SchemaContent | undefined {
  const context = contextOf(subject);
  const own = state.contexts.get(context)?.ids.get(id);
  if (own !== undefined || context !== defaultContext) return own;
  for (const { ids } of state.contexts.values()) {
    const content = ids.get(id);
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

/** The ids that refer to the version, by context and then ascending. */
export function referencingIds(state: RegistryState, target: SchemaVersion, deleted: boolean): number[] {
  const referrers = [...(state.referrers.get(referenceKey(target.subject, target.version)) ?? [])];
  const shown = referrers.filter(({ isDeleted }) => deleted || !isDeleted);
  const contents = new Map(shown.map(({ subject, content }) => [content, contextOf(subject)]));
  return [...contents]
    .sort(([left, from], [right, to]) => (from === to ? left.id - right.id : from < to ? -1 : 1))
    .map(([{ id }]) => id);
}

/**
 * The version of the subject that has this very schema, the newest of several. Metadata and rules that the request
 * leaves out may come from the latest version; the version's number in the metadata does not matter, nor what
 * references are called when they stand for the same.
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
  const latest = versions.at(-1)?.content;
  const metadata = request.metadata ?? latest?.metadata;
  const ruleSet = request.ruleSet ?? latest?.ruleSet;
  const inherited = withGuid({ ...definition, metadata, ruleSet });
  return find(definition.guid) ?? find(inherited.guid) ?? findEqual(state, reader, versions, inherited);
}

/** A version that is equal although its GUID is another one. */
export function findEqual(
  state: RegistryState,
  reader: SchemaReader,
  versions: readonly SchemaVersion[],
  definition: SchemaDefinition & { readonly guid: string },
): SchemaVersion | undefined {
  const hasNumbers = [definition, ...versions.map(({ content }) => content)].some(
    ({ metadata }) => metadata?.properties?.[versionProperty] !== undefined,
  );
  if (hasNumbers) {
    const guid = versionlessGuid(definition);
    const found = versions.findLast(({ content }) => versionlessGuid(content) === guid);
    if (found !== undefined) return found;
  }
  return findResolved(state, reader, versions, definition);
}

/** A version with the same text once its references have been put in. */
function findResolved(
  state: RegistryState,
  reader: SchemaReader,
  versions: readonly SchemaVersion[],
  definition: SchemaDefinition,
): SchemaVersion | undefined {
  const isOther = ({ content }: SchemaVersion) =>
    content.schemaType === definition.schemaType &&
    content.references.length + definition.references.length > 0 &&
    versionlessGuid({ ...content, schema: '', references: [] }) ===
      versionlessGuid({ ...definition, schema: '', references: [] });
  const candidates = versions.filter(isOther);
  const [first] = candidates;
  if (first === undefined) return undefined;
  const language = reader.language(definition.schemaType);
  const own = language.formatted(
    reader.parse(state, definition, { subject: first.subject, strict: false }),
    'resolved',
  );
  if (own === undefined) return undefined;
  return candidates.findLast((each) => language.formatted(reader.stored(state, each), 'resolved') === own);
}

function shownVersions(state: RegistryState, subject: string, filter: DeletedFilter): SchemaVersion[] {
  const versions = state.versions(subject, filter.deleted || filter.deletedOnly);
  return filter.deletedOnly ? versions.filter(({ isDeleted }) => isDeleted) : versions;
}
