import { changedFeatures, type Features, featuresOf, scopeFeatures } from '../features.ts';
import {
  type EnumDefinition,
  type ExtensionDefinition,
  extensionsOf,
  type LinkedFile,
  type MessageDefinition,
  resolveType,
} from '../files.ts';
import {
  groupFieldName,
  isScalar,
  optionNamed,
  type ProtoField,
  type ProtoGroup,
  type ScalarType,
} from '../syntax-tree.ts';

/** What the value of a field is. */
export type ValueType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType; readonly isUtf8Checked: boolean }
  | { readonly kind: 'enum'; readonly definition: EnumDefinition; readonly isClosed: boolean }
  | { readonly kind: 'message'; readonly definition: MessageDefinition; readonly isGroup: boolean };

/** A field as the codec sees it. */
export interface FieldPlan {
  /** As in the schema; of an extension, the full name in brackets. */
  readonly name: string;
  readonly tag: number;
  readonly type: ValueType;
  /** The key's type when the field is a map. */
  readonly mapKey: ValueType | undefined;
  readonly isRepeated: boolean;
  readonly isPacked: boolean;
  readonly isRequired: boolean;
  /** False: the zero value is not written, and there when nothing was. */
  readonly hasPresence: boolean;
  readonly oneof: string | undefined;
}

export interface MessagePlan {
  readonly name: string;
  readonly fields: readonly FieldPlan[];
  readonly byTag: ReadonlyMap<number, FieldPlan>;
  readonly byName: ReadonlyMap<string, FieldPlan>;
  /** Names of the members of each oneof. */
  readonly oneofs: ReadonlyMap<string, readonly string[]>;
}

/** Plans messages once each. Extensions are those that `root` sees. Fields of unknown types are left out. */
export class MessagePlans {
  readonly #root: LinkedFile;
  readonly #plans = new Map<MessageDefinition['element'], MessagePlan>();

  constructor(root: LinkedFile) {
    this.#root = root;
  }

  plan(definition: MessageDefinition): MessagePlan {
    const known = this.#plans.get(definition.element);
    if (known !== undefined) return known;
    const plan = this.#make(definition);
    this.#plans.set(definition.element, plan);
    return plan;
  }

  #make({ name, element, file }: MessageDefinition): MessagePlan {
    const features = scopeFeatures(file, name);
    const context = { file, scope: name, features };
    const fields = [
      ...element.fields.flatMap((field) => fieldPlan(field, context)),
      ...element.groups.flatMap((group) => groupPlan(group, context)),
    ];
    const oneofs = new Map<string, readonly string[]>();
    for (const { name: oneof, fields: members, groups } of element.oneofs) {
      const plans = [
        ...members.flatMap((field) => fieldPlan(field, { ...context, oneof })),
        ...groups.flatMap((group) => groupPlan(group, { ...context, oneof })),
      ];
      oneofs.set(
        oneof,
        plans.map((plan) => plan.name),
      );
      fields.push(...plans);
    }
    if (element.extensions.length > 0) fields.push(...extensionsOf(this.#root, name).flatMap(extensionPlan));
    fields.sort((left, right) => left.tag - right.tag);
    return {
      name,
      fields,
      byTag: new Map(fields.map((field) => [field.tag, field])),
      byName: new Map(fields.map((field) => [field.name, field])),
      oneofs,
    };
  }
}

interface FieldContext {
  readonly file: LinkedFile;
  readonly scope: string;
  readonly features: Features;
  readonly oneof?: string;
  readonly name?: string;
}

function extensionPlan({ name, scope, member, file }: ExtensionDefinition): FieldPlan[] {
  const context = { file, scope, features: scopeFeatures(file, scope), name: `[${name}]` };
  return 'fieldOptions' in member ? groupPlan(member, context) : fieldPlan(member, context);
}

function groupPlan(group: ProtoGroup, context: FieldContext): FieldPlan[] {
  const definition = resolveType(context.file, group.name, context.scope);
  if (definition?.kind !== 'message') return [];
  return [
    {
      name: context.name ?? groupFieldName(group),
      tag: group.tag,
      type: { kind: 'message', definition, isGroup: true },
      mapKey: undefined,
      isRepeated: group.label === 'repeated',
      isPacked: false,
      isRequired: group.label === 'required',
      hasPresence: true,
      oneof: context.oneof,
    },
  ];
}

function fieldPlan(field: ProtoField, context: FieldContext): FieldPlan[] {
  const { label, tag, options } = field;
  const features = changedFeatures(context.features, options);
  const type = valueType(field.type, context, features);
  const mapKey = field.mapKey === undefined ? undefined : valueType(field.mapKey, context, features);
  if (type === undefined) return [];
  const isRepeated = label === 'repeated' && mapKey === undefined;
  const isPackable = type.kind === 'enum' || (type.kind === 'scalar' && !isLengthPrefixed(type.scalar));
  const packed = optionNamed(options, 'packed');
  const isPacked = packed?.kind === 'word' ? packed.text === 'true' : features.isPacked;
  const isSingular = !isRepeated && mapKey === undefined;
  const isExplicit =
    type.kind === 'message' ||
    context.oneof !== undefined ||
    label === 'optional' ||
    features.presence !== 'IMPLICIT';
  return [
    {
      name: context.name ?? field.name,
      tag,
      type,
      mapKey,
      isRepeated,
      isPacked: isRepeated && isPackable && isPacked,
      isRequired: isSingular && (label === 'required' || features.presence === 'LEGACY_REQUIRED'),
      hasPresence: isSingular && (isExplicit || context.name !== undefined),
      oneof: context.oneof,
    },
  ];
}

function valueType(name: string, { file, scope }: FieldContext, features: Features): ValueType | undefined {
  if (isScalar(name)) return { kind: 'scalar', scalar: name, isUtf8Checked: features.isUtf8Checked };
  const definition = resolveType(file, name, scope);
  if (definition === undefined) return undefined;
  if (definition.kind === 'message') {
    return { kind: 'message', definition, isGroup: features.isDelimited };
  }
  return { kind: 'enum', definition, isClosed: featuresOf(definition).isEnumClosed };
}

function isLengthPrefixed(scalar: ScalarType): boolean {
  return scalar === 'string' || scalar === 'bytes';
}
