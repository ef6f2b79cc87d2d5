import { SchemaParseError } from '../errors.ts';
import { isJsonArray, isJsonObject, type JsonTree } from '../json-text/tree.ts';
import { limitedName } from '../limits.ts';
import type { Draft } from './draft.ts';

/** A JSON Schema document, or the part of one that has an id of its own. */
export interface Resource {
  /** Absolute URL or a name; empty when the document has none. */
  readonly base: string;
  readonly root: JsonTree;
  readonly document: JsonTree;
  readonly draft: Draft;
}

/** Where a `$ref` leads. */
export interface Target {
  readonly tree: JsonTree;
  readonly resource: Resource;
}

/**
 * Finds what `$ref` points to, in this document and in those that the registry was given as references. Nothing is ever
 * fetched: a schema must not make the server talk to strangers.
 */
export class Resolution {
  readonly #resources = new Map<string, Resource>();
  readonly #anchors = new Map<string, Target>();

  /** Makes a document known under its name and under every id inside it. */
  add(name: string, tree: JsonTree, draft: Draft): Resource {
    const base = resolveUrl(name, idOf(tree, draft) ?? '');
    const resource = { base, root: tree, document: tree, draft };
    this.#resources.set(withoutFragment(name), resource);
    this.#resources.set(withoutFragment(base), resource);
    this.#scan(tree, resource);
    return resource;
  }

  /** Throws {@link SchemaParseError} when there is nothing. */
  find(reference: string, from: Resource): Target {
    const [url = '', fragment = ''] = splitFragment(reference);
    const resource = url === '' ? from : this.#resource(url, from);
    if (resource === undefined)
      throw new SchemaParseError(`the $ref "${reference}" is not among the references`);
    const target = this.#inside(resource, fragment);
    if (target === undefined) throw new SchemaParseError(`the $ref "${reference}" points to nothing`);
    return target;
  }

  #resource(url: string, from: Resource): Resource | undefined {
    const absolute = withoutFragment(resolveUrl(from.base, url));
    const known = this.#resources.get(url) ?? this.#resources.get(absolute);
    if (known !== undefined || !absolute.startsWith('http')) return known;
    const isMetaSchema = /^https?:\/\/json-schema\.org\/draft/.test(absolute);
    return isMetaSchema ? { ...from, base: absolute, root: true, document: true } : undefined;
  }

  #inside(resource: Resource, fragment: string): Target | undefined {
    if (fragment === '') return { tree: resource.root, resource };
    if (!fragment.startsWith('/')) return this.#anchors.get(`${resource.base}#${fragment}`);
    return pointed(resource.root, fragment, resource) ?? pointed(resource.document, fragment, resource);
  }

  #scan(tree: JsonTree, parent: Resource): void {
    if (isJsonArray(tree)) for (const item of tree) this.#scan(item, parent);
    if (!isJsonObject(tree)) return;
    const resource = enterResource(tree, parent);
    if (resource !== parent) this.#resources.set(withoutFragment(resource.base), resource);
    const id = idOf(tree, parent.draft);
    const anchor = tree.get('$anchor') ?? (id?.startsWith('#') ? id.slice(1) : undefined);
    if (typeof anchor === 'string') this.#anchors.set(`${resource.base}#${anchor}`, { tree, resource });
    for (const child of tree.values()) this.#scan(child, resource);
  }
}

/** The resource that a schema inside `parent` belongs to: its own when it has an id. */
export function enterResource(tree: JsonTree, parent: Resource): Resource {
  const id = idOf(tree, parent.draft);
  if (id === undefined || id.startsWith('#') || tree === parent.root) return parent;
  return { ...parent, base: limitedName(resolveUrl(parent.base, id)), root: tree };
}

function idOf(tree: JsonTree, draft: Draft): string | undefined {
  const id = isJsonObject(tree) ? tree.get(draft === '04' ? 'id' : '$id') : undefined;
  return typeof id === 'string' ? id : undefined;
}

function pointed(root: JsonTree, pointer: string, resource: Resource): Target | undefined {
  let tree: JsonTree | undefined = root;
  let inside = resource;
  for (const token of pointer.slice(1).split('/')) {
    tree = tree === undefined ? undefined : member(tree, unescaped(token));
    if (tree !== undefined && isJsonObject(tree)) inside = enterResource(tree, inside);
  }
  return tree === undefined ? undefined : { tree, resource: inside };
}

/** `definitions` and `$defs` are each other's stand-in. */
function member(tree: JsonTree, token: string): JsonTree | undefined {
  if (isJsonArray(tree)) return /^\d+$/.test(token) ? tree[Number(token)] : undefined;
  if (!isJsonObject(tree)) return undefined;
  const twin = token === 'definitions' ? '$defs' : token === '$defs' ? 'definitions' : token;
  return tree.get(token) ?? tree.get(twin);
}

function unescaped(token: string): string {
  const plain = token.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

function splitFragment(reference: string): [url: string, fragment: string] {
  const hash = reference.indexOf('#');
  return hash < 0 ? [reference, ''] : [reference.slice(0, hash), reference.slice(hash + 1)];
}

function withoutFragment(url: string): string {
  return splitFragment(url)[0];
}

function resolveUrl(base: string, url: string): string {
  if (url === '') return base;
  return URL.canParse(url, base) ? new URL(url, base).href : URL.canParse(url) ? new URL(url).href : url;
}
