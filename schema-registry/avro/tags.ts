import { parseJson } from '../json-text/parser.ts';
import { printJson } from '../json-text/printer.ts';
import { inlineTags, withInlineTags } from '../json-text/tags.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonTree } from '../json-text/tree.ts';
import type { TaggedEntity } from '../language.ts';
import { avroName } from './names.ts';

type Edit = (entity: TaggedEntity) => readonly string[];

/** The stored text with the tags that `edit` gives to records (`ns.Record`) and fields (`ns.Record.field`). */
export function editAvroTags(text: string, edit: Edit): string {
  return printJson(walk(parseJson(text), undefined, edit), 'double');
}

function walk(tree: JsonTree, namespace: string | undefined, edit: Edit): JsonTree {
  if (isJsonArray(tree)) return tree.map((branch) => walk(branch, namespace, edit));
  if (!isJsonObject(tree)) return tree;
  const type = tree.get('type');
  if (type === 'record' || type === 'error') return record(tree, namespace, edit);
  const parts = type === 'array' ? 'items' : type === 'map' ? 'values' : 'type';
  const part = tree.get(parts);
  if (part === undefined || typeof part === 'string') return tree;
  return new Map([...tree, [parts, walk(part, namespace, edit)]]);
}

function record(tree: JsonObject, enclosing: string | undefined, edit: Edit): JsonTree {
  const space = tree.get('namespace');
  const { full, namespace } = avroName(
    String(tree.get('name')),
    space === undefined ? enclosing : String(space),
  );
  const fields = tree.get('fields');
  const edited = (isJsonArray(fields) ? fields : []).map((field) => {
    if (!isJsonObject(field)) return field;
    const path = `${full}.${String(field.get('name'))}`;
    const tags = edit({ type: 'sr_field', path, otherPaths: [], tags: inlineTags(field) });
    return withInlineTags(
      new Map([...field, ['type', walk(field.get('type') ?? null, namespace, edit)]]),
      tags,
    );
  });
  const tags = edit({ type: 'sr_record', path: full, otherPaths: [], tags: inlineTags(tree) });
  return withInlineTags(new Map([...tree, ['fields', edited]]), tags);
}
