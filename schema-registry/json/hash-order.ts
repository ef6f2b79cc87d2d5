/**
 * The distinct texts in the order in which a Java `HashSet`, made of `first` and filled up with `second`, gives them
 * out. Confluent's findings come in this order, and people compare messages.
 */
export function hashOrder(first: Iterable<string>, second: Iterable<string>): string[] {
  const initial = new Set(first);
  const texts = [...new Set([...initial, ...second])];
  let buckets = 16;
  while (buckets < Math.trunc(initial.size / 0.75) + 1) buckets *= 2;
  while (texts.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (text: string) => spreadHash(text) & (buckets - 1);
  return texts
    .map((text) => ({ text, bucket: bucketOf(text) }))
    .sort((left, right) => left.bucket - right.bucket)
    .map(({ text }) => text);
}

/** `String.hashCode` as `HashMap` spreads it. */
function spreadHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
