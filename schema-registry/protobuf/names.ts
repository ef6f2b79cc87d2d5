import { SchemaLimitError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Definition, ExtensionDefinition, LinkedFile, Meanings, NamesSeen } from './definitions.ts';

type Kind = keyof Meanings;

/** One name inside of another: a package, a message, or what is declared there. */
interface Place {
  readonly name: string;
  readonly parent: Place | undefined;
  readonly depth: number;
  readonly inner: Map<string, Place>;
  readonly types: Definition[];
  readonly extensions: ExtensionDefinition[];
}

/** Above as many places with one name, the way from a scope outwards is shorter than the list of them. */
const homesMax = 8;

/** Every name of a schema and its imports, as a tree: a look for one costs as much as its text, however many there are. */
export class NameIndex {
  readonly root: Place = newPlace('', undefined);
  /** By the name of what is in them, for names that are few: where to begin. */
  readonly #homes = new Map<string, Place[]>();
  /** How many places have been looked at: what tests count. */
  steps = 0;

  add<K extends Kind>(name: string, kind: K, meaning: Meanings[K]): void {
    const { types, extensions } = this.#make(name);
    if (kind === 'types') types.push(meaning as Definition);
    else extensions.push(meaning as ExtensionDefinition);
  }

  /** The place with this full name, or the innermost one around it that there is. */
  at(name: string): Place {
    let place = this.root;
    if (name === '') return place;
    for (const part of name.split('.')) {
      const inner = place.inner.get(part);
      if (inner === undefined) return place;
      place = inner;
    }
    return place;
  }

  /** The places around `scope`, and it, that have `part` in them, the innermost first. */
  *homes(part: string, scope: Place): Iterable<Place> {
    const homes = this.#homes.get(part) ?? [];
    this.steps += 1;
    if (homes.length > homesMax) {
      for (let place: Place | undefined = scope; place !== undefined; place = place.parent) {
        this.steps += 1;
        if (place.inner.has(part)) yield place;
      }
      return;
    }
    for (const home of homes.toSorted((left, right) => right.depth - left.depth))
      if (isWithin(scope, home)) yield home;
  }

  #make(name: string): Place {
    let place = this.root;
    for (const part of name.split('.')) {
      const inner = place.inner.get(part) ?? newPlace(part, place);
      if (inner.depth > limits.schemaDepthMax * 2) {
        throw new SchemaLimitError(
          `a full name has more than ${limits.schemaDepthMax * 2} parts (twice the limit schema.depth.max)`,
        );
      }
      if (!place.inner.has(part)) {
        place.inner.set(part, inner);
        const homes = this.#homes.get(part) ?? [];
        if (homes.push(place) === 1) this.#homes.set(part, homes);
      }
      place = inner;
    }
    return place;
  }
}

/** Looks names up in the index of a schema. */
export class NamesInSight implements NamesSeen {
  readonly #index: NameIndex;
  readonly files: ReadonlySet<LinkedFile>;
  #order: ReadonlyMap<LinkedFile, number> | undefined;
  #scope: { readonly name: string; readonly place: Place } | undefined;
  readonly #found = new Map<Place, Map<string, Definition | ExtensionDefinition | undefined>>();

  constructor(index: NameIndex, files: ReadonlySet<LinkedFile>) {
    this.#index = index;
    this.files = files;
  }

  find<K extends Kind>(kind: K, name: string, scope: string): Meanings[K] | undefined {
    // One scope is asked about many times in a row.
    if (this.#scope?.name !== scope) this.#scope = { name: scope, place: this.#index.at(scope) };
    const { place } = this.#scope;
    const known = this.#found.get(place) ?? new Map<string, Definition | ExtensionDefinition | undefined>();
    this.#found.set(place, known);
    const key = `${kind} ${name}`;
    if (!known.has(key)) known.set(key, this.#search(kind, name, place));
    return known.get(key) as Meanings[K] | undefined;
  }

  get steps(): number {
    return this.#index.steps;
  }

  #search(kind: Kind, name: string, scope: Place): Definition | ExtensionDefinition | undefined {
    if (name.startsWith('.')) return this.#meaning(kind, name.slice(1).split('.'), this.#index.root);
    const parts = name.split('.');
    for (const home of this.#index.homes(parts[0] ?? '', scope)) {
      const found = this.#meaning(kind, parts, home);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #meaning(kind: Kind, parts: readonly string[], home: Place): Definition | ExtensionDefinition | undefined {
    let place: Place | undefined = home;
    for (const part of parts) place = place?.inner.get(part);
    const [first, ...others] = (place?.[kind] ?? []).filter(({ file }) => this.files.has(file));
    if (others.length === 0) return first;
    this.#order ??= new Map([...this.files].map((file, index) => [file, index]));
    const rank = ({ file }: Definition | ExtensionDefinition) => this.#order?.get(file) ?? 0;
    return others.reduce((best, each) => (rank(each) < rank(best) ? each : best), first as Definition);
  }
}

function newPlace(name: string, parent: Place | undefined): Place {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return { name, parent, depth, inner: new Map(), types: [], extensions: [] };
}

function isWithin(place: Place, outer: Place): boolean {
  let around = place;
  while (around.depth > outer.depth && around.parent !== undefined) around = around.parent;
  return around === outer;
}
