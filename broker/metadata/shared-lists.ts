/** Lists that are kept: more of them than any cluster has ways to place its replicas are rare, and then they begin anew. */
const LISTS_MAX = 1024;

type List = readonly number[] | readonly string[];

const known = new Map<string, List>();

/**
 * The list, or one with the same items that was given before: an image of thousands of partitions has few different ones.
 * It must not be changed afterwards.
 */
export function shared<T extends List>(list: T): T {
  const key = `${typeof list[0]} ${list.join()}`;
  const found = known.get(key);
  if (found !== undefined) return found as T;
  if (known.size === LISTS_MAX) known.clear();
  known.set(key, list);
  return list;
}
