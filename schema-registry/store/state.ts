import type { RegistryConfig, RegistryMode, SchemaContent, SchemaVersion } from './entity.ts';
import { contextOf, qualifiedSubject } from './qualified-subject.ts';

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
  /** Contexts that have a record of their own. */
  readonly contextRecords = new Set<string>();
  /** Other spellings of a key that the topic holds: a write has to remove them, or they come back. */
  readonly foreignKeys = new Map<string, Set<string>>();

  /** Where the subject's ids are; made when it is asked for first. */
  context(subject: string): ContextState {
    return this.contextNamed(contextOf(subject));
  }

  contextNamed(name: string): ContextState {
    const known = this.contexts.get(name);
    if (known !== undefined) return known;
    const created: ContextState = { ids: new Map(), guids: new Map(), idMax: 0 };
    this.contexts.set(name, created);
    return created;
  }

  /** The subject as a client named it, or the one of that name in the first other context that has it. */
  inAnyContext(subject: string): string {
    if (subject.startsWith(':.') || this.subjects.has(subject)) return subject;
    for (const context of this.contexts.keys()) {
      const other = qualifiedSubject(context, subject);
      if (this.subjects.has(other)) return other;
    }
    return subject;
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

/** The key of {@link RegistryState.referrers}. */
export function referenceKey(subject: string, version: number): string {
  return `${version}:${subject}`;
}
