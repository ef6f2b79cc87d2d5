import { isJsonArray, type JsonObject, type JsonTree } from './tree.ts';

/** The member by which Avro and JSON schemas tag what it stands in. */
const tagsKey = 'confluent:tags';

/** The texts under `confluent:tags`. */
export function inlineTags(tree: JsonObject): readonly string[] {
  const tags = tree.get(tagsKey);
  return isJsonArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** The object with these tags, where they were or at its end; without the member when there are none. */
export function withInlineTags(tree: JsonObject, tags: readonly string[]): JsonObject {
  const copy = new Map<string, JsonTree>(tree);
  if (tags.length === 0) copy.delete(tagsKey);
  else copy.set(tagsKey, tags);
  return copy;
}
