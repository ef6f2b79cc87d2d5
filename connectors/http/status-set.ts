/** Whether a status is in a set. */
export type StatusSet = (status: number) => boolean;

/** Reads statuses and ranges such as `429`, `500-599`, `500-` (up to 599); undefined when one is not from 400 to 599. */
export function parseStatusSet(texts: readonly string[]): StatusSet | undefined {
  const ranges: [first: number, last: number][] = [];
  for (const text of texts) {
    const match = /^([45]\d\d)(?:\s*(-)\s*([45]\d\d)?)?$/.exec(text.trim());
    if (match === null) return undefined;
    const [, first, dash, last] = match;
    ranges.push([Number(first), Number(dash === undefined ? first : (last ?? 599))]);
  }
  if (ranges.some(([first, last]) => first > last)) return undefined;
  return (status) => ranges.some(([first, last]) => status >= first && status <= last);
}

/**
 * The wait that a Retry-After header asks for, in milliseconds: seconds, or a date after `nowMs`. Undefined when there is none, or
 * it makes no sense.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
