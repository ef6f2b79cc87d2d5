import { changedFeatures, type Features, scopeFeatures } from '../features.ts';
import {
  type Definition,
  type ExtensionDefinition,
  extensionsOf,
  type LinkedFile,
  type MessageDefinition,
  resolveType,
} from '../files.ts';
import {
  groupFieldName,
  isScalar,
  type ProtoField,
  type ProtoGroup,
  type ProtoLabel,
  type ScalarType,
} from '../syntax-tree.ts';

/** A message by the numbers that its fields have on the wire. */
export interface MessageShape {
  readonly fields: ReadonlyMap<number, FieldShape>;
  readonly oneofs: ReadonlySet<string>;
}

export interface FieldShape {
  /** Of an extension, the full name in brackets. */
  readonly name: string;
  readonly tag: number;
  /** As written: proto3 leaves it out where proto2 has `optional`. */
  readonly label: ProtoLabel | undefined;
  readonly isRequired: boolean;
  readonly type: FieldType;
  readonly oneof: string | undefined;
}

/** What is on the wire under a field's number. */
export type FieldType =
  | { readonly kind: 'scalar'; readonly encoding: ScalarEncoding }
  | { readonly kind: 'map'; readonly key: FieldType; readonly value: FieldType }
  | {
      /** Delimited messages (groups) stand between two tags, others behind their length. */
      readonly kind: 'message' | 'delimited message';
      /** Without the package. */
      readonly name: string;
      /** Undefined when the text of an import is not there. */
      readonly definition: MessageDefinition | undefined;
    };

/** Scalars of one encoding read each other; so do enums and the integers. */
export type ScalarEncoding =
  | 'varint'
  | 'zigzag'
  | 'length-prefixed'
  | 'fixed32'
  | 'fixed64'
  | 'float'
  | 'double';

const encodings: Readonly<Record<ScalarType, ScalarEncoding>> = {
  bool: 'varint',
  int32: 'varint',
  int64: 'varint',
  uint32: 'varint',
  uint64: 'varint',
  sint32: 'zigzag',
  sint64: 'zigzag',
  string: 'length-prefixed',
  bytes: 'length-prefixed',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'float',
  double: 'double',
};

/**
 * The shape of a message to those who see what `root` sees: the fields that extensions add are like its own. Of a number
 * that is there twice, the first field counts. Ranges for extensions only allow: they are not on the wire, nor here.
 */
export function messageShape({ name, element, file }: MessageDefinition, root: LinkedFile): MessageShape {
  const context = { file, scope: name, features: scopeFeatures(file, name) };
  const fields = new Map<number, FieldShape>();
  const add = (field: FieldShape) => {
    if (!fields.has(field.tag)) fields.set(field.tag, field);
  };
  for (const field of element.fields) add(plainField(field, context, undefined));
  for (const group of element.groups) add(groupField(group, context, undefined));
  for (const oneof of element.oneofs) {
    for (const field of oneof.fields) add(plainField(field, context, oneof.name));
    for (const group of oneof.groups) add(groupField(group, context, oneof.name));
  }
  for (const extension of extensionsOf(root, name)) add(extensionField(extension));
  return { fields, oneofs: new Set(element.oneofs.map((oneof) => oneof.name)) };
}

function extensionField({ name, scope, member, file }: ExtensionDefinition): FieldShape {
  const context = { file, scope, features: scopeFeatures(file, scope) };
  const isGroup = 'fieldOptions' in member;
  const field = isGroup ? groupField(member, context, undefined) : plainField(member, context, undefined);
  return { ...field, name: `[${name}]` };
}

/** The name inside of its file's package. */
export function localName({ name, file }: Pick<Definition, 'name' | 'file'>): string {
  const prefix = `${file.file.package ?? ''}.`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

interface Context {
  readonly file: LinkedFile;
  readonly scope: string;
  readonly features: Features;
}

function plainField(field: ProtoField, context: Context, oneof: string | undefined): FieldShape {
  const { name, tag, label, mapKey } = field;
  const { presence, isDelimited } = changedFeatures(context.features, field.options);
  const isSingular = label !== 'repeated' && mapKey === undefined && oneof === undefined;
  const value = (delimited: boolean) => fieldType(field.type, context, delimited);
  return {
    name,
    tag,
    label,
    isRequired: label === 'required' || (isSingular && presence === 'LEGACY_REQUIRED'),
    type:
      mapKey === undefined
        ? value(isDelimited)
        : { kind: 'map', key: fieldType(mapKey, context, false), value: value(false) },
    oneof,
  };
}

function groupField(group: ProtoGroup, context: Context, oneof: string | undefined): FieldShape {
  return {
    name: groupFieldName(group),
    tag: group.tag,
    label: group.label,
    isRequired: group.label === 'required',
    type: fieldType(group.name, context, true),
    oneof,
  };
}

function fieldType(written: string, { file, scope }: Context, isDelimited: boolean): FieldType {
  if (isScalar(written)) return { kind: 'scalar', encoding: encodings[written] };
  const definition = resolveType(file, written, scope);
  if (definition?.kind === 'enum') return { kind: 'scalar', encoding: 'varint' };
  // What cannot be found is known by its name alone.
  const name = localName(definition ?? { name: written.replace(/^\./, ''), file });
  return { kind: isDelimited ? 'delimited message' : 'message', name, definition };
}
