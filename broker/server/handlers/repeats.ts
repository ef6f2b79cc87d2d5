/** Whether two values have the same key. */
export function repeats<T>(values: readonly T[], key: (value: T) => unknown): boolean {
  return values.length > 1 && new Set(values.map(key)).size < values.length;
}

/**
 * The values without those that a later one of the same key takes the place of, as in a map: what Kafka makes of most
 * requests. The array itself when there are none.
 */
export function lastOfEach<T>(values: readonly T[], key: (value: T) => unknown): readonly T[] {
  if (!repeats(values, key)) return values;
  return [...new Map(values.map((value) => [key(value), value])).values()];
}

/** The topics that a request names partitions of: Kafka does not answer about others. */
export function withPartitions<T extends { readonly partitions: readonly unknown[] }>(
  topics: readonly T[],
): readonly T[] {
  return topics.filter(({ partitions }) => partitions.length > 0);
}
