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

interface NamedTopic<P> {
  readonly name: string;
  readonly partitions: readonly P[];
}

/** What a request asks of each topic: Kafka answers about a topic once, and not about one without partitions. */
export function topicsOf<P>(topics: readonly NamedTopic<P>[]): readonly NamedTopic<P>[] {
  const asked = topics.filter(({ partitions }) => partitions.length > 0);
  if (!repeats(asked, ({ name }) => name)) return asked;
  const byName = Map.groupBy(asked, ({ name }) => name);
  return [...byName].map(([name, same]) => ({
    name,
    partitions: same.flatMap(({ partitions }) => partitions),
  }));
}
