/** The key of a record in `_schemas`, read. `subject` is null for what concerns the whole registry. */
export type RecordKey =
  | { readonly keytype: 'SCHEMA'; readonly subject: string; readonly version: number }
  | { readonly keytype: 'CONFIG' | 'MODE' | 'CLEAR_SUBJECT'; readonly subject: string | null }
  | { readonly keytype: 'DELETE_SUBJECT'; readonly subject: string }
  | { readonly keytype: 'CONTEXT'; readonly context: string }
  | { readonly keytype: 'NOOP' };

/**
 * The bytes of a key as Confluent writes them: compact JSON with members in one fixed order. Compaction works on
 * bytes, so there must be no second spelling.
 */
export function keyBytes(key: RecordKey): Buffer {
  return Buffer.from(keyText(key));
}

/** {@link keyBytes} as text. */
export function keyText(key: RecordKey): string {
  if (key.keytype === 'NOOP') return JSON.stringify({ keytype: key.keytype, magic: 0 });
  if (key.keytype === 'CONTEXT') {
    return JSON.stringify({ keytype: key.keytype, tenant, context: key.context, magic: 0 });
  }
  const { keytype, subject } = key;
  if (keytype === 'SCHEMA') return JSON.stringify({ keytype, subject, version: key.version, magic: 1 });
  return subject === null
    ? JSON.stringify({ keytype, magic: 0 })
    : JSON.stringify({ keytype, subject, magic: 0 });
}

/** There is one tenant; Confluent's own records call it so. */
export const tenant = 'default';

/** Reads a key in any spelling; undefined when it is of no use here: other kinds, other formats, garbage. */
export function parseKey(bytes: Buffer): RecordKey | undefined {
  const key = parseRecord(bytes);
  if (key === undefined || (key['magic'] !== 0 && key['magic'] !== 1)) return undefined;
  const { keytype, subject, version } = key;
  if (keytype === 'NOOP') return { keytype };
  if (keytype === 'CONTEXT') {
    const { context } = key;
    return typeof context === 'string' && context.startsWith('.') ? { keytype, context } : undefined;
  }
  if (keytype === 'CONFIG' || keytype === 'MODE' || keytype === 'CLEAR_SUBJECT') {
    if (subject === undefined || subject === null) return { keytype, subject: null };
    return typeof subject === 'string' ? { keytype, subject } : undefined;
  }
  if (typeof subject !== 'string') return undefined;
  if (keytype === 'DELETE_SUBJECT') return { keytype, subject };
  return keytype === 'SCHEMA' && isPositive32(version) ? { keytype, subject, version } : undefined;
}

/** The JSON object that the bytes hold, or undefined. Never throws. */
export function parseRecord(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** An integer from 1 to 2^31-1: a version or an id. */
export function isPositive32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0x7fff_ffff;
}
