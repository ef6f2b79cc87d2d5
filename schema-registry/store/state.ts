import type { RegistryConfig, RegistryMode, SchemaContent, SchemaVersion } from './entity.ts';

/** The name of the context that unqualified subjects live in. */
export const defaultContext = '.';

/** Ids are given per context, and a schema has one id per context. */
export interface ContextState {
  readonly ids: Map<number, SchemaContent>;
  readonly guids: Map<string, SchemaContent>;
  /** The highest id ever seen or given out, also of schemas that are gone. */
  idMax: number;
}

/**
 * What the log says. Only `replay` and `reserveId` change it; everybody else reads.
 * Settings of the whole registry have the key null.
 */
export class RegistryState {
  /** Versions by number, of every subject that has at least one (soft-deleted ones count). */
  readonly subjects = new Map<string, Map<number, SchemaVersion>>();
  readonly contexts = new Map<string, ContextState>();
  readonly configs = new Map<string | null, RegistryConfig>();
  readonly modes = new Map<string | null, RegistryMode>();
  /** The versions that refer to a version, by {@link referenceKey}. */
  readonly referrers = new Map<string, Set<SchemaVersion>>();
  /** Other spellings of a key that the topic holds: a write has to remove them, or they come back. */
  readonly foreignKeys = new Map<string, Set<string>>();

  context(subject: string): ContextState {
    const name = contextOf(subject);
    const known = this.contexts.get(name);
    if (known !== undefined) return known;
    const created: ContextState = { ids: new Map(), guids: new Map(), idMax: 0 };
    this.contexts.set(name, created);
    return created;
  }

  /** Versions of the subject, ascending; with `deleted` the soft-deleted ones too. */
  versions(subject: string, deleted: boolean): SchemaVersion[] {
    const all = [...(this.subjects.get(subject)?.values() ?? [])];
    const shown = deleted ? all : all.filter(({ isDeleted }) => !isDeleted);
    return shown.sort((left, right) => left.version - right.version);
  }

  version(subject: string, version: number): SchemaVersion | undefined {
    return this.subjects.get(subject)?.get(version);
  }
}

/** The context of a subject: `:.name:subject` is qualified, all others live in the default context. */
export function contextOf(subject: string): string {
  return /^:(\.[^:]*):/.exec(subject)?.[1] ?? defaultContext;
}

/** The key of {@link RegistryState.referrers}. */
export function referenceKey(subject: string, version: number): string {
  return `${version}:${subject}`;
}
