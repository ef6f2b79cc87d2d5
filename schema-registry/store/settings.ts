import type { CompatibilityLevel } from '../compatibility.ts';
import type { RegistryConfig, RegistryMode } from './entity.ts';
import { rejection } from './rejection.ts';
import type { RegistryState } from './state.ts';

/** The level of a registry that has none configured. */
const defaultLevel: CompatibilityLevel = 'BACKWARD';

/** The settings that hold for a subject (null: for the registry): its own, else the registry's, else the default. */
export function configInScope(
  state: RegistryState,
  subject: string | null,
): RegistryConfig & { readonly compatibilityLevel: CompatibilityLevel } {
  const own = subject === null ? undefined : state.configs.get(subject);
  const merged = { ...state.configs.get(null), ...own };
  return { ...merged, compatibilityLevel: merged.compatibilityLevel ?? defaultLevel };
}

/** The mode that holds for a subject (null: for the registry). A registry's READONLY_OVERRIDE beats every subject. */
export function modeInScope(state: RegistryState, subject: string | null): RegistryMode {
  const global = state.modes.get(null) ?? 'READWRITE';
  if (global === 'READONLY_OVERRIDE' || subject === null) return global;
  return state.modes.get(subject) ?? global;
}

/** Throws 42205 when nothing may be written. */
export function checkNotReadOnly(state: RegistryState, subject: string | null): void {
  if (modeInScope(state, subject).startsWith('READONLY'))
    throw rejection.wrongMode(subject, 'in read-only mode');
}

/**
 * Throws 42208 for a subject that cannot be: control characters, the reserved names, and qualified subjects
 * (`:.context:subject`), whose contexts this registry reads from the topic but does not write.
 */
export function checkSubject(subject: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const isControl = /[\u0000-\u001f\u007f]/.test(subject);
  const isReserved = subject === '__GLOBAL' || subject === '__EMPTY';
  if (isControl || isReserved || subject.startsWith(':.')) throw rejection.invalidSubject(subject);
}
