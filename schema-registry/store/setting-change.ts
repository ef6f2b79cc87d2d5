import { type Decision, type LogEntry, write, writeConfig } from './decision.ts';
import { clearDeleted } from './deletion.ts';
import { configKeys, type RegistryConfig, type RegistryMode } from './entity.ts';
import { matchesPrefix } from './qualified-subject.ts';
import { modeValue } from './record-value.ts';
import { rejection } from './rejection.ts';
import { checkRuleSet } from './rule-check.ts';
import { checkNotReadOnly, checkSettingSubject, configInScope, modeInScope } from './settings.ts';
import type { RegistryState } from './state.ts';

/** Fields to change: null clears one, one that is absent stays. */
export type ConfigChange = {
  readonly [K in keyof RegistryConfig]?: RegistryConfig[K] | null;
};

/**
 * Changes the settings of a subject, a context (`:.name:`) or the registry (null). Answers with the new ones.
 * Throws 42205, 42208, 42210.
 */
export function decideUpdateConfig(
  state: RegistryState,
  subject: string | null,
  change: ConfigChange,
): Decision<RegistryConfig> {
  if (subject !== null) checkSettingSubject(subject);
  checkNotReadOnly(state, subject);
  const merged = { ...state.configs.get(subject), ...change };
  const validateRules = merged.validateRules ?? configInScope(state, subject).validateRules;
  if (validateRules !== false) {
    checkRuleSet(change.defaultRuleSet ?? undefined);
    checkRuleSet(change.overrideRuleSet ?? undefined);
  }
  const known = configKeys.filter((key) => merged[key] !== null && merged[key] !== undefined);
  const config: RegistryConfig = Object.fromEntries(known.map((key) => [key, merged[key]]));
  return { records: writeConfig(state, subject, config), response: config };
}

/** Clears the settings; answers with what they were. Throws 40401 when the subject has none. */
export function decideDeleteConfig(state: RegistryState, subject: string | null): Decision<RegistryConfig> {
  checkNotReadOnly(state, subject);
  if (subject !== null && !state.configs.has(subject)) throw rejection.subjectNotFound(subject);
  const old = subject === null ? configInScope(state, null) : (state.configs.get(subject) ?? {});
  return { records: write(state, { keytype: 'CONFIG', subject }, null), response: old };
}

/** A mode for a subject, a context or the registry (null); a null mode clears it. */
export interface ModeChange {
  readonly mode: RegistryMode | null;
  /** Switch to IMPORT although there are schemas. */
  readonly force: boolean;
}

/** Throws 42204 for FORWARD on less than the registry, 42205 when schemas stand in the way of IMPORT, 42208. */
export function decideUpdateMode(
  state: RegistryState,
  subject: string | null,
  { mode, force }: ModeChange,
): Decision<RegistryMode | null> {
  if (subject !== null) checkSettingSubject(subject);
  const key = { keytype: 'MODE', subject } as const;
  if (mode === null) return { records: write(state, key, null), response: null };
  if (mode === 'FORWARD' && subject !== null) throw rejection.forwardNotGlobal();
  const record = write(state, key, modeValue(subject, mode));
  const isSwitch = mode === 'IMPORT' && modeInScope(state, subject) !== 'IMPORT';
  if (!isSwitch || force) return { records: record, response: mode };
  const subjects = [...state.subjects.keys()].filter((name) => isInScope(name, subject));
  if (subjects.some((name) => state.versions(name, false).length > 0)) {
    throw rejection.notPermitted('Cannot import since found existing subjects');
  }
  return { records: [...clearDeleted(state, subjects), ...record], response: mode };
}

/**
 * Clears the mode; answers with what it was. `recursive` clears those of everything below too. Throws 40401 when the
 * subject has none.
 */
export function decideDeleteMode(
  state: RegistryState,
  subject: string | null,
  recursive = false,
): Decision<RegistryMode> {
  const old = state.modes.get(subject);
  if (subject !== null && old === undefined && !recursive) throw rejection.subjectNotFound(subject);
  const below = recursive
    ? [...state.modes.keys()].filter((name) => name !== null && isInScope(name, subject))
    : [];
  const cleared = new Set<string | null>([subject, ...below]);
  const records: LogEntry[] = [...cleared].flatMap((name) =>
    write(state, { keytype: 'MODE', subject: name }, null),
  );
  return { records, response: old ?? 'READWRITE' };
}

/** Whether the settings of `scope` reach the subject: its own, its context's, or the registry's. */
function isInScope(subject: string, scope: string | null): boolean {
  if (scope === null || subject === scope) return true;
  return /^:\.[^:]*:$/.test(scope) && matchesPrefix(subject, scope);
}
