import type { SchemaContent, SchemaDefinition, SchemaVersion } from './entity.ts';
import { schemaGuid } from './guid.ts';
import type { LogRecord } from './log.ts';
import { contextOf, matchesPrefix, qualifiedSubject } from './qualified-subject.ts';
import { keyText, parseKey, parseRecord, type RecordKey } from './record-key.ts';
import {
  readConfigValue,
  readDeletedVersion,
  readHighWater,
  readModeValue,
  readSchemaValue,
} from './record-value.ts';
import { type RegistryState, referenceKey } from './state.ts';

/** What became of a record: `skipped` says why it has no effect, which is normal for records of other products. */
export type ReplayOutcome = {
  readonly skipped: string | undefined;
  /**
   * The record lost against an earlier one. It must not come back when compaction has taken that away: the primary writes
   * the version of this key anew.
   */
  readonly repair?: Pick<SchemaVersion, 'subject' | 'version'>;
};

type SchemaKey = Extract<RecordKey, { keytype: 'SCHEMA' }>;

/** Folds one record of the topic into the state. Never throws, whatever the bytes are. */
export function replay(
  state: RegistryState,
  { key: keyBytes, value, timestampMs }: Omit<LogRecord, 'offset'>,
): ReplayOutcome {
  const key = keyBytes === null ? undefined : parseKey(keyBytes);
  if (keyBytes === null || key === undefined) return { skipped: 'unknown key' };
  noteSpelling(state, key, keyBytes, value !== null);
  if (value === null) return replayTombstone(state, key);
  const fields = parseRecord(value);
  if (fields === undefined) return { skipped: 'value is not a JSON object' };
  switch (key.keytype) {
    case 'SCHEMA':
      return replaySchema(state, key, fields, timestampMs);
    case 'CONFIG':
      state.configs.set(key.subject, readConfigValue(fields));
      return applied;
    case 'MODE':
      return setOrSkip(readModeValue(fields), 'unknown mode', (mode) => state.modes.set(key.subject, mode));
    case 'DELETE_SUBJECT':
      return setOrSkip(readDeletedVersion(fields), 'no version', (last) =>
        softDelete(state, key.subject, last),
      );
    case 'CLEAR_SUBJECT':
      clearDeleted(state, key.subject);
      return applied;
    case 'NOOP':
      return replayHighWater(state, fields);
    case 'CONTEXT':
      state.contextRecords.add(key.context);
      return applied;
  }
}

/** Makes sure that `id` is not given out again in the context. */
export function reserveId(state: RegistryState, contextName: string, id: number): void {
  const context = state.contextNamed(contextName);
  context.idMax = Math.max(context.idMax, id);
}

const applied: ReplayOutcome = { skipped: undefined };

function setOrSkip<T>(value: T | undefined, skipped: string, apply: (value: T) => void): ReplayOutcome {
  if (value === undefined) return { skipped };
  apply(value);
  return applied;
}

function replayHighWater(state: RegistryState, fields: Readonly<Record<string, unknown>>): ReplayOutcome {
  const known = readHighWater(fields);
  for (const [context, id] of known) reserveId(state, context, id);
  return known.length > 0 ? applied : { skipped: 'nothing to do' };
}

function replayTombstone(state: RegistryState, key: RecordKey): ReplayOutcome {
  if (key.keytype === 'SCHEMA') removeVersion(state, key.subject, key.version);
  else if (key.keytype === 'CONFIG') state.configs.delete(key.subject);
  else if (key.keytype === 'MODE') state.modes.delete(key.subject);
  else if (key.keytype === 'CONTEXT') state.contextRecords.delete(key.context);
  return applied;
}

function replaySchema(
  state: RegistryState,
  { subject, version }: SchemaKey,
  fields: Readonly<Record<string, unknown>>,
  timestampMs: number,
): ReplayOutcome {
  const value = readSchemaValue(fields);
  if (value === undefined) return { skipped: 'not a schema' };
  const guid = schemaGuid(value.definition);
  const known = state.context(subject).ids.get(value.id);
  const old = state.version(subject, version);
  if (old !== undefined && old.content.id === value.id && old.content.guid !== guid && value.isDeleted) {
    // Some registries spell the schema differently when they delete it.
    old.isDeleted = true;
    return applied;
  }
  if (known !== undefined && known.guid !== guid)
    return { skipped: 'the id has another schema', repair: { subject, version } };
  if (old !== undefined && old.content.guid !== guid)
    return { skipped: 'the version has another schema', repair: { subject, version } };
  removeVersion(state, subject, version);
  const content = contentOf(state, subject, value.id, value.definition, guid);
  addVersion(state, { subject, version, content, isDeleted: value.isDeleted, timestampMs });
  return applied;
}

function contentOf(
  state: RegistryState,
  subject: string,
  id: number,
  definition: SchemaDefinition,
  guid: string,
): SchemaContent {
  const context = state.context(subject);
  const known = context.ids.get(id);
  if (known !== undefined) return known;
  const content: SchemaContent = { ...definition, id, guid, versions: new Set() };
  context.ids.set(id, content);
  // A schema that was imported under two ids keeps the lower one for new versions.
  const other = context.guids.get(guid);
  if (other === undefined || other.id > id) context.guids.set(guid, content);
  reserveId(state, contextOf(subject), id);
  return content;
}

function addVersion(state: RegistryState, added: SchemaVersion): void {
  const { subject, version, content } = added;
  const versions = state.subjects.get(subject) ?? new Map<number, SchemaVersion>();
  state.subjects.set(subject, versions);
  versions.set(version, added);
  content.versions.add(added);
  for (const reference of content.references) {
    const key = referenceKey(qualifiedSubject(contextOf(subject), reference.subject), reference.version);
    const referrers = state.referrers.get(key) ?? new Set();
    state.referrers.set(key, referrers.add(added));
  }
}

function removeVersion(state: RegistryState, subject: string, version: number): void {
  const removed = state.version(subject, version);
  if (removed === undefined) return;
  const versions = state.subjects.get(subject);
  versions?.delete(version);
  if (versions?.size === 0) state.subjects.delete(subject);
  for (const reference of removed.content.references) {
    const key = referenceKey(qualifiedSubject(contextOf(subject), reference.subject), reference.version);
    state.referrers.get(key)?.delete(removed);
    if (state.referrers.get(key)?.size === 0) state.referrers.delete(key);
  }
  const { content } = removed;
  content.versions.delete(removed);
  if (content.versions.size === 0) forgetContent(state, subject, content);
}

function forgetContent(state: RegistryState, subject: string, content: SchemaContent): void {
  const context = state.context(subject);
  context.ids.delete(content.id);
  if (context.guids.get(content.guid) === content) context.guids.delete(content.guid);
}

/** Versions that compaction has taken away are passed over. */
function softDelete(state: RegistryState, subject: string, last: number): void {
  for (const version of state.versions(subject, false)) if (version.version <= last) version.isDeleted = true;
}

function clearDeleted(state: RegistryState, subject: string | null): void {
  const isScope = (name: string) =>
    subject === null || name === subject || (/^:\.[^:]*:$/.test(subject) && matchesPrefix(name, subject));
  for (const name of [...state.subjects.keys()].filter(isScope)) {
    for (const { version, isDeleted } of state.versions(name, true)) {
      if (isDeleted) removeVersion(state, name, version);
    }
  }
}

function noteSpelling(state: RegistryState, key: RecordKey, bytes: Buffer, isAlive: boolean): void {
  const canonical = keyText(key);
  if (bytes.equals(Buffer.from(canonical))) return;
  const spelling = bytes.toString('latin1');
  const spellings = state.foreignKeys.get(canonical) ?? new Set();
  if (isAlive) state.foreignKeys.set(canonical, spellings.add(spelling));
  else if (spellings.delete(spelling) && spellings.size === 0) state.foreignKeys.delete(canonical);
}
