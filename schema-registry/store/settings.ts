import type { CompatibilityLevel } from '../compatibility.ts';
import type { RegistryConfig, RegistryMode } from './entity.ts';
import {
  contextOf,
  contextSubject,
  globalContext,
  localSubject,
  qualifiedSubject,
} from './qualified-subject.ts';
import { rejection } from './rejection.ts';
import type { RegistryState } from './state.ts';

/** The level of a registry that has none configured. */
const defaultLevel: CompatibilityLevel = 'BACKWARD';

/**
 * The settings that hold for a subject (null: for the registry), field by field: its own, else its context's, else
 * those of the context `.__GLOBAL`, else the default.
 */
export function configInScope(
  state: RegistryState,
  subject: string | null,
): RegistryConfig & { readonly compatibilityLevel: CompatibilityLevel } {
  const outer = scopesOf(subject).map((scope) => state.configs.get(scope));
  const merged: RegistryConfig = Object.assign({}, ...outer.reverse());
  return { ...merged, compatibilityLevel: merged.compatibilityLevel ?? defaultLevel };
}

/** The mode that holds for a subject (null: for the registry). A READONLY_OVERRIDE of the registry beats all. */
export function modeInScope(state: RegistryState, subject: string | null): RegistryMode {
  const override = state.modes.get(null);
  if (override === 'READONLY_OVERRIDE') return override;
  for (const scope of scopesOf(subject)) {
    const mode = state.modes.get(scope);
    if (mode !== undefined) return mode;
  }
  return 'READWRITE';
}

/** Throws 42205 when nothing may be written. */
export function checkNotReadOnly(state: RegistryState, subject: string | null): void {
  if (modeInScope(state, subject).startsWith('READONLY'))
    throw rejection.wrongMode(subject, 'in read-only mode');
}

/** Throws 42208 for a subject that cannot be: control characters and the reserved names. */
export function checkSubject(subject: string): void {
  if (contextOf(subject) === globalContext) throw rejection.invalidSubject(subject);
  checkSettingSubject(subject);
}

/** {@link checkSubject} for settings, which the context `.__GLOBAL` may have too. */
export function checkSettingSubject(subject: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const isControl = /[\u0000-\u001f\u007f]/.test(subject);
  const local = localSubject(subject);
  if (isControl || local === '__GLOBAL' || local === '__EMPTY') throw rejection.invalidSubject(subject);
}

/** Where settings are looked for, the nearest first. */
function scopesOf(subject: string | null): (string | null)[] {
  const outer = contextSubject(globalContext);
  if (subject === null) return [null, outer];
  return [...new Set([subject, contextSubject(contextOf(subject)), outer])];
}

/** The subject that this one is another name of, or itself. */
export function withoutAlias(state: RegistryState, subject: string): string {
  const alias = state.configs.get(subject)?.alias;
  return alias === undefined || alias === '' ? subject : qualifiedSubject(contextOf(subject), alias);
}
