import { ConformanceError } from './check.ts';

/** The rows `first` to `first + count - 1`. */
export function rowsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Rows in a short text: `0-9, 12, 15-17`. */
export function showRows(rows: readonly number[]): string {
  if (rows.length === 0) return 'none';
  const spans: string[] = [];
  let first = rows[0] ?? 0;
  for (const [index, row] of rows.entries()) {
    if (rows[index + 1] === row + 1) continue;
    spans.push(first === row ? `${row}` : `${first}-${row}`);
    first = rows[index + 1] ?? 0;
  }
  return spans.length > 12
    ? `${spans.slice(0, 12).join(', ')}, ... (${rows.length} in all)`
    : spans.join(', ');
}

/** Throws unless `actual` has each of `expected` exactly once, in whatever order. `what`: `rows 0-39 in the topic`. */
export function requireOnce(expected: readonly number[], actual: readonly number[], what: string): void {
  const missing = missingFrom(expected, actual);
  const repeated = repeatedIn(actual);
  const known = new Set(expected);
  const foreign = [...new Set(actual)].filter((row) => !known.has(row));
  const problems = [
    ...(missing.length > 0 ? [`missing: ${showRows(missing)}`] : []),
    ...(repeated.length > 0 ? [`more than once: ${showRows(repeated)}`] : []),
    ...(foreign.length > 0 ? [`never written: ${showRows(foreign)}`] : []),
  ];
  if (problems.length === 0) return;
  throw new ConformanceError(`${what} ${showRows(expected)}, each once`, problems.join('; '));
}

/** Those of `expected` that are not among `actual`. */
export function missingFrom(expected: readonly number[], actual: readonly number[]): readonly number[] {
  const found = new Set(actual);
  return expected.filter((row) => !found.has(row));
}

/** Those that are there more than once, ascending. */
export function repeatedIn(rows: readonly number[]): readonly number[] {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  for (const row of rows) {
    if (seen.has(row)) repeated.add(row);
    seen.add(row);
  }
  return [...repeated].sort((a, b) => a - b);
}

/** Throws unless the first arrivals of rows of the same stream ascend. */
export function requireOrder(rows: readonly number[], streamOf: (row: number) => string): void {
  const last = new Map<string, number>();
  for (const row of new Set(rows)) {
    const stream = streamOf(row);
    const before = last.get(stream);
    if (before !== undefined && before > row) {
      throw new ConformanceError(
        'rows in the order in which they were written',
        `row ${row} came after row ${before}`,
      );
    }
    last.set(stream, row);
  }
}
