/**
 * The partition of a coordinator's topic whose leader coordinates the group or transactional id: its hash code made
 * positive (the smallest int becomes 0), modulo `partitions`.
 */
export function partitionFor(id: string, partitions: number): number {
  const hash = javaHashCode(id);
  const positive = hash === -2_147_483_648 ? 0 : Math.abs(hash);
  return positive % partitions;
}

/** Java's String.hashCode over UTF-16 units, an int32. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return hash;
}
