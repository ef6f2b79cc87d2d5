import { firstLine } from './http-errors.ts';

/** What became of one record. */
export interface RecordResult {
  readonly isOk: boolean;
  /** Of the record alone; undefined when the response gives none. */
  readonly status: number | undefined;
  /** Why it was refused. */
  readonly message: string;
}

/**
 * Reads the body of a 207 response: a list, or an object with a list under `results`, `items` or `responses`, that has one entry
 * for each record in order. An entry says `ok` or `success` (boolean), or `status` (number), or has an `error`. Undefined when
 * the body is anything else.
 */
export function readMultiStatus(body: string, count: number): readonly RecordResult[] | undefined {
  const list = listOf(parse(body));
  if (list === undefined || list.length !== count) return undefined;
  const results = list.map(readResult);
  return results.every((result) => result !== undefined) ? results : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  return [fields['results'], fields['items'], fields['responses']].find((list) => Array.isArray(list));
}

function readResult(entry: unknown): RecordResult | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { ok, success = ok, status, error, message = error } = entry as Readonly<Record<string, unknown>>;
  const code = Number.isInteger(Number(status)) && typeof status !== 'object' ? Number(status) : undefined;
  const text = firstLine(
    typeof message === 'string' ? message : message === undefined ? '' : JSON.stringify(message),
  );
  const hasError = error !== undefined && error !== null && error !== false;
  if (typeof success === 'boolean') return { isOk: success, status: code, message: text };
  if (code !== undefined) return { isOk: code >= 200 && code < 300, status: code, message: text };
  return hasError ? { isOk: false, status: undefined, message: text } : undefined;
}
