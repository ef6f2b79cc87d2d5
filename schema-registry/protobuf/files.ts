import type { ResolvedReference } from '../language.ts';
import { limitedName } from '../limits.ts';
import type { Definition, ExtensionDefinition, LinkedFile } from './definitions.ts';
import { NameIndex, NamesInSight } from './names.ts';
import { parseProto } from './parser.ts';
import type { ProtoEnum, ProtoExtend, ProtoFile, ProtoMessage } from './syntax-tree.ts';
import { wellKnownFile } from './well-known/index.ts';

export type {
  Definition,
  EnumDefinition,
  ExtensionDefinition,
  LinkedFile,
  MessageDefinition,
} from './definitions.ts';

/** Links a file with its imports: references by name, then what is built in. Never throws for what is missing. */
export function linkFile(file: ProtoFile, references: readonly ResolvedReference[]): LinkedFile {
  return new Linker(references).link('', file);
}

class Linker {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #linked = new Map<string, LinkedFile>();
  readonly #open = new Set<string>();
  readonly #index = new NameIndex();
  readonly #exported = new Map<LinkedFile, ReadonlySet<LinkedFile>>();

  constructor(references: readonly ResolvedReference[]) {
    this.#texts = new Map(references.map(({ name, schema }) => [name, schema]));
  }

  link(path: string, file: ProtoFile): LinkedFile {
    this.#open.add(path);
    const paths = [...file.imports, ...file.publicImports, ...file.weakImports];
    const imported = paths.map((each) => this.#import(each));
    const missing = paths.filter((each, index) => imported[index] === undefined && !this.#open.has(each));
    const definitions = new Map<string, Definition>();
    const extensions = new Map<string, ExtensionDefinition>();
    const visible = new Set<LinkedFile>();
    const names = new NamesInSight(this.#index, visible);
    const linked: LinkedFile = { path, file, definitions, extensions, names, missing };
    visible.add(linked);
    for (const each of imported) for (const shown of this.#shown(each)) visible.add(shown);
    this.#exported.set(linked, this.#exports(linked));
    new Collector(linked, definitions, extensions, this.#index).file();
    this.#open.delete(path);
    return linked;
  }

  /** A file with all that it imports publicly, and they, and so on. */
  #exports(linked: LinkedFile): ReadonlySet<LinkedFile> {
    const imported = linked.file.publicImports.map((path) => this.#linked.get(path));
    return new Set([linked, ...imported.flatMap((each) => [...this.#shown(each)])]);
  }

  #shown(linked: LinkedFile | undefined): Iterable<LinkedFile> {
    return (linked && this.#exported.get(linked)) ?? [];
  }

  /** Undefined when it is not there, or imports itself. */
  #import(path: string): LinkedFile | undefined {
    const known = this.#linked.get(path);
    if (known !== undefined || this.#open.has(path)) return known;
    const text = this.#texts.get(path);
    const file = text === undefined ? wellKnownFile(path) : parseProto(text);
    if (file === undefined) return undefined;
    const linked = this.link(path, file);
    this.#linked.set(path, linked);
    return linked;
  }
}

/** Puts everything that a file defines under its full name; of one name the first counts. */
class Collector {
  readonly #file: LinkedFile;
  readonly #definitions: Map<string, Definition>;
  readonly #extensions: Map<string, ExtensionDefinition>;
  readonly #index: NameIndex;

  constructor(
    file: LinkedFile,
    definitions: Map<string, Definition>,
    extensions: Map<string, ExtensionDefinition>,
    index: NameIndex,
  ) {
    this.#file = file;
    this.#definitions = definitions;
    this.#extensions = extensions;
    this.#index = index;
  }

  file(): void {
    const { file } = this.#file;
    const scope = file.package ?? '';
    for (const message of file.messages) this.#message(message, scope);
    for (const each of file.enums) this.#add(joined(scope, each.name), 'enum', each);
    this.#extends(file.extends, scope);
  }

  #message(message: ProtoMessage, scope: string): void {
    const name = joined(scope, message.name);
    this.#add(name, 'message', message);
    for (const nested of message.messages) this.#message(nested, name);
    for (const each of message.enums) this.#add(joined(name, each.name), 'enum', each);
    for (const group of message.groups) this.#message(group, name);
    for (const { groups } of message.oneofs) for (const group of groups) this.#message(group, name);
    this.#extends(message.extends, name);
  }

  #extends(list: readonly ProtoExtend[], scope: string): void {
    for (const { name: extendee, fields, groups } of list) {
      for (const group of groups) this.#message(group, scope);
      const members = [
        ...fields.map((member) => ({ member, own: member.name })),
        ...groups.map((member) => ({ member, own: member.name.toLowerCase() })),
      ];
      for (const { member, own } of members) {
        const name = joined(scope, own);
        const extension = { name, extendee, scope, member, file: this.#file };
        this.#extensions.set(name, extension);
        this.#index.add(limitedName(name), 'extensions', extension);
      }
    }
  }

  #add(name: string, kind: 'message' | 'enum', element: ProtoMessage | ProtoEnum): void {
    if (this.#definitions.has(limitedName(name))) return;
    const definition = { kind, name, element, file: this.#file } as Definition;
    this.#definitions.set(name, definition);
    this.#index.add(name, 'types', definition);
  }
}

/** The message or enum that `name` means inside of `scope`, the innermost first. */
export function resolveType(file: LinkedFile, name: string, scope: string): Definition | undefined {
  return file.names.find('types', name, scope);
}

/** The extension that `name` means inside of `scope`. */
export function resolveExtension(
  file: LinkedFile,
  name: string,
  scope: string,
): ExtensionDefinition | undefined {
  return file.names.find('extensions', name, scope);
}

const extensionsByMessage = new WeakMap<LinkedFile, ReadonlyMap<string | undefined, ExtensionDefinition[]>>();

/** Every extension that the file sees of the message with this full name. */
export function extensionsOf(file: LinkedFile, message: string): readonly ExtensionDefinition[] {
  let byMessage = extensionsByMessage.get(file);
  if (byMessage === undefined) {
    const all = [...file.names.files].flatMap(({ extensions }) => [...extensions.values()]);
    byMessage = Map.groupBy(
      all,
      ({ extendee, scope, file: home }) => resolveType(home, extendee, scope)?.name,
    );
    extensionsByMessage.set(file, byMessage);
  }
  return byMessage.get(message) ?? [];
}

export function joined(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
