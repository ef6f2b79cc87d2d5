/**
 * The partition of a coordinator's topic whose leader coordinates the group or transactional id: Java's
 * String.hashCode over UTF-16 units, made positive (the smallest int becomes 0), modulo `partitions`.
 */
export function partitionFor(id: string, partitions: number): number {
  let hash = 0;
  for (let index = 0; index < id.length; index += 1) {
    hash = (Math.imul(31, hash) + id.charCodeAt(index)) | 0;
  }
  const positive = hash === -2_147_483_648 ? 0 : Math.abs(hash);
  return positive % partitions;
}
