import { StepCounter } from '../limits.ts';
import { type Difference, type DifferenceType, isCompatible } from './difference.ts';
import { type Definition, joined, type LinkedFile, type MessageDefinition, resolveType } from './files.ts';
import { membersOf, oneofDifferences, type ProtoMember, presenceDifferences } from './membership.ts';
import { isScalar, type ProtoEnum, type ProtoMessage } from './syntax-tree.ts';

/** A place in one of the two schemas: its file, and the full name of the message around. */
interface Place {
  readonly file: LinkedFile;
  readonly scope: string;
}

interface Sides {
  readonly original: Place;
  readonly update: Place;
}

type Path = readonly string[];

/**
 * Every difference from `original` to `update`, compatible ones too: fields by number, messages and enums by name,
 * imported messages where a field uses them. Throws `SchemaLimitError` when it is too much.
 */
export function protoDifferences(original: LinkedFile, update: LinkedFile): readonly Difference[] {
  return new Comparison().files(original, update);
}

class Comparison {
  #differences: Difference[] = [];
  readonly #steps = new StepCounter();
  /** Pairs of imported messages that are compared, or were: recursion ends there. */
  readonly #imported = new Map<ProtoMessage, Map<ProtoMessage, boolean>>();

  files(original: LinkedFile, update: LinkedFile): readonly Difference[] {
    const [before, after] = [original.file, update.file];
    if ((before.package ?? '') !== (after.package ?? '')) this.#add('PACKAGE_CHANGED', []);
    const sides = {
      original: { file: original, scope: before.package ?? '' },
      update: { file: update, scope: after.package ?? '' },
    };
    this.#messages(sides, before.messages, after.messages, []);
    this.#enums(before.enums, after.enums, []);
    return this.#differences;
  }

  #messages(
    sides: Sides,
    original: readonly ProtoMessage[],
    update: readonly ProtoMessage[],
    path: Path,
  ): void {
    const [before, after] = [byName(original), byName(update)];
    for (const [name, message] of before) {
      const other = after.get(name);
      if (other === undefined) this.#add('MESSAGE_REMOVED', [...path, name]);
      else {
        if (original.indexOf(message) !== update.indexOf(other)) this.#add('MESSAGE_MOVED', [...path, name]);
        this.#message(within(sides, name), message, other, [...path, name]);
      }
    }
    for (const name of after.keys()) if (!before.has(name)) this.#add('MESSAGE_ADDED', [...path, name]);
  }

  #message(sides: Sides, original: ProtoMessage, update: ProtoMessage, path: Path): void {
    this.#steps.step();
    const [before, after] = [membersOf(original), membersOf(update)];
    for (const { type, at } of oneofDifferences(before, after)) this.#add(type, [...path, ...at]);
    for (const tag of [...new Set([...before.keys(), ...after.keys()])].sort((left, right) => left - right)) {
      for (const { type, at } of presenceDifferences(before, after, tag)) this.#add(type, [...path, ...at]);
      const [old, now] = [before.get(tag), after.get(tag)];
      if (old === undefined || now === undefined) continue;
      const at = now.oneof === undefined ? [String(tag)] : [now.oneof, String(tag)];
      this.#member(sides, old, now, [...path, ...at]);
    }
    this.#messages(sides, nestedIn(original), nestedIn(update), path);
    this.#enums(original.enums, update.enums, path);
  }

  #member(sides: Sides, original: ProtoMember, update: ProtoMember, path: Path): void {
    this.#steps.step();
    if (original.name !== update.name) this.#add('FIELD_NAME_CHANGED', path);
    if ((original.mapKey === undefined) !== (update.mapKey === undefined)) {
      this.#add('FIELD_KIND_CHANGED', path);
      return;
    }
    if (original.mapKey !== undefined && update.mapKey !== undefined) {
      this.#types(sides, original.mapKey, update.mapKey, path);
      this.#types(sides, original.type, update.type, path);
      return;
    }
    const kind = this.#types(sides, original.type, update.type, path);
    const isLabelChanged =
      original.label !== undefined && update.label !== undefined && original.label !== update.label;
    if (kind === undefined || !isLabelChanged) return;
    const isText = kind === 'string or bytes';
    this.#add(isText ? 'FIELD_STRING_OR_BYTES_LABEL_CHANGED' : 'FIELD_NUMERIC_LABEL_CHANGED', path);
  }

  /** The kind of scalar that both are; undefined when they are none, or differ. */
  #types(sides: Sides, original: string, update: string, path: Path): string | undefined {
    const before = typeIn(sides.original, original);
    const after = typeIn(sides.update, update);
    if ((before.kind === undefined) !== (after.kind === undefined)) this.#add('FIELD_KIND_CHANGED', path);
    else if (before.kind === undefined) this.#named(before, after, path);
    else if (before.kind !== after.kind) this.#add('FIELD_SCALAR_KIND_CHANGED', path);
    else return before.kind;
    return undefined;
  }

  #named(original: TypeUse, update: TypeUse, path: Path): void {
    const [before, after] = [original.definition, update.definition];
    if (before?.kind !== 'message' || after?.kind !== 'message') {
      if (original.name !== update.name) this.#add('FIELD_NAMED_TYPE_CHANGED', path);
      return;
    }
    if (localName(before) !== localName(after)) this.#add('FIELD_NAMED_TYPE_CHANGED', path);
    // Both in the schema itself: they are compared where they stand.
    else if (before.file.path === '' && after.file.path === '') return;
    else if (!this.#importedMatch(before, after)) this.#add('FIELD_NAMED_TYPE_CHANGED', path);
  }

  /** Compares messages of imported files and says whether the new one reads the old one's data. */
  #importedMatch(original: MessageDefinition, update: MessageDefinition): boolean {
    if (original.element === update.element) return true;
    const byUpdate = this.#imported.get(original.element) ?? new Map<ProtoMessage, boolean>();
    this.#imported.set(original.element, byUpdate);
    const known = byUpdate.get(update.element);
    if (known !== undefined) return known;
    byUpdate.set(update.element, true);
    const outer = this.#differences;
    this.#differences = [];
    const sides = {
      original: { file: original.file, scope: original.name },
      update: { file: update.file, scope: update.name },
    };
    this.#message(sides, original.element, update.element, localName(original).split('.'));
    const isMatch = this.#differences.every(isCompatible);
    this.#differences = [...outer, ...this.#differences];
    byUpdate.set(update.element, isMatch);
    return isMatch;
  }

  #enums(original: readonly ProtoEnum[], update: readonly ProtoEnum[], path: Path): void {
    const [before, after] = [byName(original), byName(update)];
    for (const [name, old] of before) {
      const now = after.get(name);
      if (now === undefined) this.#add('ENUM_REMOVED', [...path, name]);
      else this.#constants(old, now, [...path, name]);
    }
    for (const name of after.keys()) if (!before.has(name)) this.#add('ENUM_ADDED', [...path, name]);
  }

  #constants(original: ProtoEnum, update: ProtoEnum, path: Path): void {
    this.#steps.step();
    const [before, after] = [original, update].map(
      ({ constants }) => new Map(constants.map(({ tag, name }) => [tag, name])),
    );
    for (const [tag, name] of before ?? []) {
      const other = after?.get(tag);
      if (other === undefined) this.#add('ENUM_CONST_REMOVED', [...path, String(tag)]);
      else if (other !== name) this.#add('ENUM_CONST_CHANGED', [...path, String(tag)]);
    }
    for (const tag of after?.keys() ?? []) {
      if (before?.has(tag) !== true) this.#add('ENUM_CONST_ADDED', [...path, String(tag)]);
    }
  }

  #add(type: DifferenceType, path: Path): void {
    this.#differences.push({ type, path: `#/${path.join('/')}` });
  }
}

/** Scalars that can be read as each other are of one kind; enums are integers. */
const scalarKinds: Readonly<Record<string, string>> = {
  int32: 'integer',
  int64: 'integer',
  uint32: 'integer',
  uint64: 'integer',
  bool: 'integer',
  sint32: 'zigzag',
  sint64: 'zigzag',
  string: 'string or bytes',
  bytes: 'string or bytes',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'float',
  double: 'double',
};

interface TypeUse {
  readonly name: string;
  /** Undefined for what is no scalar. */
  readonly kind: string | undefined;
  readonly definition: Definition | undefined;
}

function typeIn({ file, scope }: Place, name: string): TypeUse {
  if (isScalar(name)) return { name, kind: scalarKinds[name], definition: undefined };
  const definition = resolveType(file, name, scope);
  return { name, kind: definition?.kind === 'enum' ? 'integer' : undefined, definition };
}

/** The full name without the package. */
function localName({ name, file }: Definition): string {
  const prefix = file.file.package === undefined ? '' : `${file.file.package}.`;
  return name.slice(prefix.length);
}

function within({ original, update }: Sides, name: string): Sides {
  return {
    original: { file: original.file, scope: joined(original.scope, name) },
    update: { file: update.file, scope: joined(update.scope, name) },
  };
}

function nestedIn({ messages, groups, oneofs }: ProtoMessage): readonly ProtoMessage[] {
  return [...messages, ...groups, ...oneofs.flatMap((oneof) => oneof.groups)];
}

/** Of one name the first counts. */
function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const each of list) if (!map.has(each.name)) map.set(each.name, each);
  return map;
}
