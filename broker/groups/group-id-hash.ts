/**
 * The partition of `__consumer_offsets` whose leader coordinates the group: Java's String.hashCode over UTF-16
 * units, made positive (the smallest int becomes 0), modulo `partitions`. The same rule places transactional ids.
 */
export function partitionFor(groupId: string, partitions: number): number {
  let hash = 0;
  for (let index = 0; index < groupId.length; index += 1) {
    hash = (Math.imul(31, hash) + groupId.charCodeAt(index)) | 0;
  }
  const positive = hash === -2_147_483_648 ? 0 : Math.abs(hash);
  return positive % partitions;
}
