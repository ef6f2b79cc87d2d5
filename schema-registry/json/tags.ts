import { inlineTags, withInlineTags } from '../json-text/tags.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonTree } from '../json-text/tree.ts';
import type { TaggedEntity } from '../language.ts';

type Edit = (entity: TaggedEntity) => readonly string[];

/**
 * Where a schema is. `typed` has the word of every type on the way, as answers spell paths (`object.address.object`);
 * `plain` only the names (`address`).
 */
interface Place {
  readonly typed: readonly string[];
  readonly plain: readonly string[];
}

/** The document with the tags that `edit` gives to objects and their properties. `$ref`s are not followed. */
export function editJsonTags(tree: JsonTree, edit: Edit): JsonTree {
  return walk(tree, { typed: [], plain: [] }, edit, undefined);
}

/** The names of the properties at the top of a document. */
export function topProperties(tree: JsonTree): readonly string[] {
  const properties = isJsonObject(tree) ? tree.get('properties') : undefined;
  return isJsonObject(properties) ? [...properties.keys()] : [];
}

/** `property` is where the schema's own tags belong when it is one of an object's. */
function walk(tree: JsonTree, place: Place, edit: Edit, property: Place | undefined): JsonTree {
  if (!isJsonObject(tree)) return tree;
  const edited = new Map<string, JsonTree>(tree);
  const isObject = tree.get('type') === 'object' || isJsonObject(tree.get('properties'));
  const here = isObject ? below(place, 'object') : place;
  walkProperties(edited, here, edit);
  walkItems(edited, below(place, 'array'), edit);
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) walkParts(edited, keyword, place, edit);
  for (const keyword of ['definitions', '$defs']) walkDefinitions(edited, keyword, place, edit);
  return withInlineTags(edited, tagsOf(tree, isObject ? here : undefined, property, edit));
}

/** A property that is an object has one list of tags: both its names mean it. */
function tagsOf(
  tree: JsonObject,
  object: Place | undefined,
  property: Place | undefined,
  edit: Edit,
): readonly string[] {
  const tags = inlineTags(tree);
  if (property !== undefined) {
    const otherPaths = [...spellings(property), ...(object === undefined ? [] : [object.typed.join('.')])];
    return edit({ type: 'sr_field', path: property.typed.join('.'), otherPaths, tags });
  }
  if (object === undefined) return tags;
  return edit({ type: 'sr_record', path: object.typed.join('.'), otherPaths: spellings(object), tags });
}

function spellings({ plain }: Place): string[] {
  const names = plain.join('.');
  return names === '' ? ['$'] : [names, `$.${names}`];
}

function walkProperties(edited: Map<string, JsonTree>, here: Place, edit: Edit): void {
  const properties = edited.get('properties');
  if (!isJsonObject(properties)) return;
  const walked = [...properties].map(([name, schema]): [string, JsonTree] => {
    const place = { typed: [...here.typed, name], plain: [...here.plain, name] };
    return [name, walk(schema, place, edit, place)];
  });
  edited.set('properties', new Map(walked));
}

function walkItems(edited: Map<string, JsonTree>, place: Place, edit: Edit): void {
  const items = edited.get('items');
  if (isJsonArray(items)) {
    edited.set(
      'items',
      items.map((item, index) => walk(item, below(place, String(index)), edit, undefined)),
    );
  } else if (items !== undefined) edited.set('items', walk(items, place, edit, undefined));
}

function walkParts(edited: Map<string, JsonTree>, keyword: string, place: Place, edit: Edit): void {
  const parts = edited.get(keyword);
  if (!isJsonArray(parts)) return;
  const walked = parts.map((part, index) =>
    walk(part, below(place, keyword.toLowerCase(), String(index)), edit, undefined),
  );
  edited.set(keyword, walked);
}

function walkDefinitions(edited: Map<string, JsonTree>, keyword: string, place: Place, edit: Edit): void {
  const definitions = edited.get(keyword);
  if (!isJsonObject(definitions)) return;
  const walked = [...definitions].map(([name, schema]): [string, JsonTree] => [
    name,
    walk(schema, below(place, keyword, name), edit, undefined),
  ]);
  edited.set(keyword, new Map(walked));
}

function below({ typed, plain }: Place, ...words: readonly string[]): Place {
  return { typed: [...typed, ...words], plain };
}
