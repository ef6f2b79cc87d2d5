/** Where something stands in its text: `line 3, column 5`. Empty for what came from a descriptor. */
export type Position = string;

export type ProtoLabel = 'optional' | 'required' | 'repeated';

/** A `.proto` file as it was written, without comments; lists keep the order of the text. */
export interface ProtoFile {
  /** `proto2`, `proto3`, or undefined when the text names none, which means proto2. */
  readonly syntax: 'proto2' | 'proto3' | undefined;
  /** `2023` and later; then there is no syntax. */
  readonly edition: string | undefined;
  readonly package: string | undefined;
  readonly imports: readonly string[];
  readonly publicImports: readonly string[];
  readonly weakImports: readonly string[];
  readonly options: readonly ProtoOption[];
  readonly messages: readonly ProtoMessage[];
  readonly enums: readonly ProtoEnum[];
  readonly extends: readonly ProtoExtend[];
  readonly services: readonly ProtoService[];
}

export interface ProtoMessage {
  readonly name: string;
  readonly reserved: readonly ProtoReserved[];
  readonly options: readonly ProtoOption[];
  /** Without the members of oneofs. */
  readonly fields: readonly ProtoField[];
  readonly oneofs: readonly ProtoOneof[];
  readonly groups: readonly ProtoGroup[];
  readonly extensions: readonly ProtoExtensions[];
  readonly extends: readonly ProtoExtend[];
  readonly messages: readonly ProtoMessage[];
  readonly enums: readonly ProtoEnum[];
  readonly at: Position;
}

/** A field and the message type of its value in one; the field's name is the lower-cased type's. */
export interface ProtoGroup extends ProtoMessage {
  readonly label: ProtoLabel | undefined;
  readonly tag: number;
  readonly fieldOptions: readonly ProtoOption[];
}

export interface ProtoField {
  readonly label: ProtoLabel | undefined;
  /** A scalar or the name of a type as it was written; of a map, the type of its values. */
  readonly type: string;
  /** The type of the keys when the field is a map. */
  readonly mapKey: string | undefined;
  readonly name: string;
  readonly tag: number;
  readonly options: readonly ProtoOption[];
  readonly at: Position;
}

export interface ProtoOneof {
  readonly name: string;
  readonly options: readonly ProtoOption[];
  readonly fields: readonly ProtoField[];
  readonly groups: readonly ProtoGroup[];
  readonly at: Position;
}

/** `last` is inclusive. */
export interface ProtoRange {
  readonly first: number;
  readonly last: number;
}

export interface ProtoReserved {
  /** Ranges and names, in the order of the text. */
  readonly values: readonly (ProtoRange | string)[];
  /** Whether the names are strings, which editions do not want; undefined when nobody knows. */
  readonly hasQuotes: boolean | undefined;
}

export interface ProtoExtensions {
  readonly ranges: readonly ProtoRange[];
  readonly options: readonly ProtoOption[];
}

export interface ProtoExtend {
  /** The message that is extended, as it was written. */
  readonly name: string;
  readonly fields: readonly ProtoField[];
  readonly groups: readonly ProtoGroup[];
  readonly at: Position;
}

export interface ProtoEnum {
  readonly name: string;
  readonly reserved: readonly ProtoReserved[];
  readonly options: readonly ProtoOption[];
  readonly constants: readonly ProtoConstant[];
  readonly at: Position;
}

export interface ProtoConstant {
  readonly name: string;
  readonly tag: number;
  readonly options: readonly ProtoOption[];
  readonly at: Position;
}

export interface ProtoService {
  readonly name: string;
  readonly options: readonly ProtoOption[];
  readonly rpcs: readonly ProtoRpc[];
  readonly at: Position;
}

export interface ProtoRpc {
  readonly name: string;
  readonly requestType: string;
  readonly isRequestStream: boolean;
  readonly responseType: string;
  readonly isResponseStream: boolean;
  readonly options: readonly ProtoOption[];
  readonly at: Position;
}

/** `(my.ext).field = value`: a path of names, some of which are extensions. */
export interface ProtoOption {
  readonly name: readonly OptionName[];
  readonly value: OptionValue;
}

export interface OptionName {
  readonly text: string;
  readonly isExtension: boolean;
}

/** `word` is `true`, `false`, `inf`, or a constant of an enum. Numbers stay as they were written. */
export type OptionValue =
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'number' | 'word'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly OptionValue[] }
  | { readonly kind: 'map'; readonly entries: readonly OptionEntry[] };

/** A key is there once: repeated ones have been gathered into a list. */
export interface OptionEntry {
  readonly key: OptionName;
  readonly value: OptionValue;
}

/** Highest field number. */
export const fieldTagMax = 536_870_911;

/** Highest number of an enum constant. */
export const enumTagMax = 0x7fff_ffff;

/** The types that are not messages or enums. */
const scalarTypes = [
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'bytes',
  'uint32',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
] as const;

export type ScalarType = (typeof scalarTypes)[number];

const scalarNames: ReadonlySet<string> = new Set(scalarTypes);

export function isScalar(type: string): type is ScalarType {
  return scalarNames.has(type);
}

/** A plain option of this name, when it is set. */
export function optionNamed(options: readonly ProtoOption[], name: string): OptionValue | undefined {
  return options.find((option) => isPlainOption(option, name))?.value;
}

export function isPlainOption({ name: [first, second] }: ProtoOption, name: string): boolean {
  return first?.text === name && !first.isExtension && second === undefined;
}

/** A label of a group that has one, for members that are fields and groups alike. */
export function groupFieldName({ name }: ProtoGroup): string {
  return name.toLowerCase();
}
