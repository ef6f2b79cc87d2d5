import type { RegistryConfig, SchemaVersion } from './entity.ts';
import { contextOf, defaultContext } from './qualified-subject.ts';
import { keyBytes, keyText, type RecordKey } from './record-key.ts';
import { configValue, contextValue, schemaValue } from './record-value.ts';
import type { RegistryState } from './state.ts';

/** A record to append. */
export interface LogEntry {
  readonly key: Buffer;
  readonly value: Buffer | null;
  /** What the record gives out: the id must not be given again even when the append fails. */
  readonly spends?: {
    readonly subject: string;
    readonly version: number;
    readonly id: number;
    readonly guid: string;
  };
}

/** What a request leads to: the records to append in this order, and the answer once they have been replayed. */
export interface Decision<R> {
  readonly records: readonly LogEntry[];
  readonly response: R;
  /** A new version and nothing else: other subjects' registrations may be on their way to the log at the same time. */
  readonly isRegistration?: boolean;
}

/** The record, after tombstones for other spellings of its key: left alone they would come back on replay. */
export function write(state: RegistryState, key: RecordKey, value: Buffer | null): LogEntry[] {
  const foreign = [...(state.foreignKeys.get(keyText(key)) ?? [])];
  const tombstones = foreign.map((spelling) => ({ key: Buffer.from(spelling, 'latin1'), value: null }));
  return [...tombstones, { key: keyBytes(key), value }];
}

export function writeVersion(
  state: RegistryState,
  version: Pick<SchemaVersion, 'subject' | 'version' | 'content'>,
  isDeleted: boolean,
): LogEntry[] {
  const key = { keytype: 'SCHEMA', subject: version.subject, version: version.version } as const;
  const { id, guid } = version.content;
  const spends = { subject: version.subject, version: version.version, id, guid };
  const record = write(state, key, schemaValue(version, isDeleted)).map((entry) => ({ ...entry, spends }));
  return [...announceContext(state, contextOf(version.subject)), ...record];
}

export function removeVersion(state: RegistryState, { subject, version }: SchemaVersion): LogEntry[] {
  return write(state, { keytype: 'SCHEMA', subject, version }, null);
}

export function writeConfig(
  state: RegistryState,
  subject: string | null,
  config: RegistryConfig,
): LogEntry[] {
  return write(state, { keytype: 'CONFIG', subject }, configValue(subject, config));
}

/** A context is written down before its first schema. */
function announceContext(state: RegistryState, context: string): LogEntry[] {
  if (context === defaultContext || state.contextRecords.has(context)) return [];
  return write(state, { keytype: 'CONTEXT', context }, contextValue(context));
}

/** The version as it is, or its absence, written again over a record that had no effect. */
export function repairVersion(
  state: RegistryState,
  { subject, version }: Pick<SchemaVersion, 'subject' | 'version'>,
): LogEntry[] {
  const known = state.version(subject, version);
  if (known !== undefined) return writeVersion(state, known, known.isDeleted);
  return write(state, { keytype: 'SCHEMA', subject, version }, null);
}
