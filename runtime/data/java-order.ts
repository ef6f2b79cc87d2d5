/**
 * The items in the order in which a `java.util.HashMap` with these names as keys would give them: that is how Kafka's
 * tools come to print configs.
 */
export function javaHashOrder<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  let buckets = 16;
  while (items.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (item: T) => {
    const hash = stringHash(nameOf(item));
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  // Stable: within a bucket in order of insertion.
  return items.toSorted((a, b) => bucketOf(a) - bucketOf(b));
}

/** `String.hashCode()` */
function stringHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
