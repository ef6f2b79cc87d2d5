import type { ProtoEnum, ProtoField, ProtoFile, ProtoGroup, ProtoMessage } from './syntax-tree.ts';

/** A message, group or enum with its full name, without a dot in front. */
export type Definition = MessageDefinition | EnumDefinition;

export interface MessageDefinition {
  readonly kind: 'message';
  readonly name: string;
  readonly element: ProtoMessage;
  readonly file: LinkedFile;
}

export interface EnumDefinition {
  readonly kind: 'enum';
  readonly name: string;
  readonly element: ProtoEnum;
  readonly file: LinkedFile;
}

/** A field that some file adds to a message. */
export interface ExtensionDefinition {
  readonly name: string;
  /** As the file has it: a name to resolve in `scope`. */
  readonly extendee: string;
  readonly scope: string;
  readonly member: ProtoField | ProtoGroup;
  readonly file: LinkedFile;
}

/** A file with its definitions and those it can see. */
export interface LinkedFile {
  /** As imports name it; empty for the schema itself. */
  readonly path: string;
  readonly file: ProtoFile;
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly extensions: ReadonlyMap<string, ExtensionDefinition>;
  /** What names mean in it: its own, those that it imports, and those that these import publicly. */
  readonly names: NamesSeen;
  /** Imports that nothing stands for. */
  readonly missing: readonly string[];
}

/** What names may stand for, by kind. */
export interface Meanings {
  readonly types: Definition;
  readonly extensions: ExtensionDefinition;
}

/** What names mean in one file. */
export interface NamesSeen {
  /** The file itself first; of a name that several define, the first one's counts. */
  readonly files: ReadonlySet<LinkedFile>;
  /** How many places have been looked at, for all files of the schema: what tests count. */
  readonly steps: number;
  /** What the name, as written inside of `scope`, stands for: the innermost that fits. A dot in front: a full name. */
  find<K extends keyof Meanings>(kind: K, name: string, scope: string): Meanings[K] | undefined;
}
