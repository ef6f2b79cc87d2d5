import { type Decision, write, writeConfig } from './decision.ts';
import { clearDeleted } from './deletion.ts';
import type { RegistryConfig, RegistryMode } from './entity.ts';
import { modeValue } from './record-value.ts';
import { rejection } from './rejection.ts';
import { checkNotReadOnly, checkSubject, configInScope, modeInScope } from './settings.ts';
import type { RegistryState } from './state.ts';

/** Fields to change: null clears one, one that is absent stays. */
export type ConfigChange = {
  readonly [K in keyof RegistryConfig]?: RegistryConfig[K] | null;
};

/** Changes the settings of a subject, or of the registry (null). Answers with the new ones. Throws 42205, 42208. */
export function decideUpdateConfig(
  state: RegistryState,
  subject: string | null,
  change: ConfigChange,
): Decision<RegistryConfig> {
  if (subject !== null) checkSubject(subject);
  checkNotReadOnly(state, subject);
  const merged = { ...state.configs.get(subject), ...change };
  const config: RegistryConfig = Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null && value !== undefined),
  );
  return { records: writeConfig(state, subject, config), response: config };
}

/** Clears the settings; answers with what they were. Throws 40401 when the subject has none. */
export function decideDeleteConfig(state: RegistryState, subject: string | null): Decision<RegistryConfig> {
  checkNotReadOnly(state, subject);
  if (subject !== null && !state.configs.has(subject)) throw rejection.subjectNotFound(subject);
  const old = subject === null ? configInScope(state, null) : (state.configs.get(subject) ?? {});
  return { records: write(state, { keytype: 'CONFIG', subject }, null), response: old };
}

/** A mode for a subject or the registry (null); a null mode clears it. */
export interface ModeChange {
  readonly mode: RegistryMode | null;
  /** Switch to IMPORT although there are schemas. */
  readonly force: boolean;
}

/** Throws 42205 when schemas stand in the way of IMPORT, 42208. */
export function decideUpdateMode(
  state: RegistryState,
  subject: string | null,
  { mode, force }: ModeChange,
): Decision<RegistryMode | null> {
  if (subject !== null) checkSubject(subject);
  const key = { keytype: 'MODE', subject } as const;
  if (mode === null) return { records: write(state, key, null), response: null };
  const record = write(state, key, modeValue(subject, mode));
  const isSwitch = mode === 'IMPORT' && modeInScope(state, subject) !== 'IMPORT';
  if (!isSwitch || force) return { records: record, response: mode };
  const subjects = subject === null ? [...state.subjects.keys()] : [subject];
  if (subjects.some((name) => state.versions(name, false).length > 0)) {
    throw rejection.notPermitted('Cannot import since found existing subjects');
  }
  return { records: [...clearDeleted(state, subjects), ...record], response: mode };
}

/** Clears the mode; answers with what it was. Throws 40401 when the subject has none. */
export function decideDeleteMode(state: RegistryState, subject: string | null): Decision<RegistryMode> {
  const old = state.modes.get(subject);
  if (subject !== null && old === undefined) throw rejection.subjectNotFound(subject);
  return { records: write(state, { keytype: 'MODE', subject }, null), response: old ?? 'READWRITE' };
}
