import { type Decision, type LogEntry, removeVersion, write, writeVersion } from './decision.ts';
import type { SchemaVersion } from './entity.ts';
import { contextOf } from './qualified-subject.ts';
import { findVersion } from './query.ts';
import { deleteSubjectValue, highWaterValue } from './record-value.ts';
import { rejection } from './rejection.ts';
import { checkNotReadOnly } from './settings.ts';
import { type RegistryState, referenceKey } from './state.ts';

/** Forgets a context without subjects. Throws 42211. */
export function decideDeleteContext(state: RegistryState, context: string): Decision<null> {
  const isUsed = [...state.subjects.keys()].some((subject) => contextOf(subject) === context);
  if (isUsed) throw rejection.contextNotEmpty(context);
  if (!state.contextRecords.has(context)) return { records: [], response: null };
  const records = [...keepHighWater(state), ...write(state, { keytype: 'CONTEXT', context }, null)];
  return { records, response: null };
}

/** What to delete. A soft delete hides, a permanent one must follow a soft one. */
export interface DeleteRequest {
  readonly subject: string;
  readonly permanent: boolean;
}

/**
 * Deletes all versions; answers with their numbers, ascending. Throws 40401, 40404, 40405, 42205, and 42206 while
 * another subject refers to one of them.
 */
export function decideDeleteSubject(
  state: RegistryState,
  { subject, permanent }: DeleteRequest,
): Decision<readonly number[]> {
  checkNotReadOnly(state, subject);
  const all = state.versions(subject, true);
  const alive = state.versions(subject, false);
  if (all.length === 0) throw rejection.subjectNotFound(subject);
  if (!permanent && alive.length === 0) throw rejection.subjectSoftDeleted(subject);
  if (permanent && alive.length > 0) throw rejection.subjectNotSoftDeleted(subject);
  const doomed = permanent ? all : alive;
  for (const version of doomed) checkUnreferenced(state, version, { permanent, ignoreOwn: true });
  const records = permanent ? removeAll(state, subject, all) : hideAll(state, subject, alive);
  return { records, response: doomed.map(({ version }) => version) };
}

/** Deletes one version; answers with its number. Throws 40401, 40402, 40406, 40407, 42205, 42206. */
export function decideDeleteVersion(
  state: RegistryState,
  { subject, permanent, version }: DeleteRequest & { readonly version: number | 'latest' },
): Decision<number> {
  checkNotReadOnly(state, subject);
  const isLatestAlive = version === 'latest' && !permanent;
  const doomed = findVersion(state, subject, version, !isLatestAlive);
  if (permanent && !doomed.isDeleted) throw rejection.versionNotSoftDeleted(subject, doomed.version);
  if (!permanent && doomed.isDeleted) throw rejection.versionSoftDeleted(subject, doomed.version);
  checkUnreferenced(state, doomed, { permanent, ignoreOwn: false });
  if (!permanent) return { records: writeVersion(state, doomed, true), response: doomed.version };
  const isLast = state.versions(subject, true).length === 1;
  const records = isLast
    ? removeAll(state, subject, [doomed])
    : [...keepHighWater(state), ...removeVersion(state, doomed)];
  return { records, response: doomed.version };
}

/** Tombstones for soft-deleted versions of the subjects, for a change to IMPORT mode. */
export function clearDeleted(state: RegistryState, subjects: readonly string[]): LogEntry[] {
  return subjects.flatMap((subject) => {
    const doomed = state.versions(subject, true).filter(({ isDeleted }) => isDeleted);
    if (doomed.length === 0) return [];
    const tombstones = doomed.toReversed().flatMap((version) => removeVersion(state, version));
    const clear = write(
      state,
      { keytype: 'CLEAR_SUBJECT', subject },
      Buffer.from(JSON.stringify({ subject })),
    );
    return [...keepHighWater(state), ...tombstones, ...clear];
  });
}

function hideAll(state: RegistryState, subject: string, alive: readonly SchemaVersion[]): LogEntry[] {
  const last = alive.at(-1)?.version ?? 0;
  return write(state, { keytype: 'DELETE_SUBJECT', subject }, deleteSubjectValue(subject, last));
}

/** With its last version a subject loses its settings too. */
function removeAll(state: RegistryState, subject: string, all: readonly SchemaVersion[]): LogEntry[] {
  const settings: LogEntry[] = [];
  if (state.modes.has(subject)) settings.push(...write(state, { keytype: 'MODE', subject }, null));
  if (state.configs.has(subject)) settings.push(...write(state, { keytype: 'CONFIG', subject }, null));
  const tombstones = all.toReversed().flatMap((version) => removeVersion(state, version));
  return [...keepHighWater(state), ...tombstones, ...settings];
}

/** Compaction forgets what is removed: the highest ids are written down first. */
function keepHighWater(state: RegistryState): LogEntry[] {
  const idMaxes = new Map([...state.contexts].map(([name, { idMax }]) => [name, idMax]));
  return write(state, { keytype: 'NOOP' }, highWaterValue(idMaxes));
}

function checkUnreferenced(
  state: RegistryState,
  { subject, version }: SchemaVersion,
  { permanent, ignoreOwn }: { readonly permanent: boolean; readonly ignoreOwn: boolean },
): void {
  const referrers = [...(state.referrers.get(referenceKey(subject, version)) ?? [])];
  const counts = (referrer: SchemaVersion) =>
    (permanent || !referrer.isDeleted) && !(ignoreOwn && referrer.subject === subject);
  if (referrers.some(counts)) throw rejection.referencesExist(subject, version);
}
