import { type MessagePlan, MessagePlans, type ValueType } from './binary/message-plan.ts';
import { descriptorType } from './descriptor/schema.ts';
import { problemAt } from './problem.ts';
import type { OptionName, OptionValue, Position, ProtoOption } from './syntax-tree.ts';

/** Where options stand: the name of their message in `descriptor.proto`. */
export type OptionTarget =
  | 'FileOptions'
  | 'MessageOptions'
  | 'FieldOptions'
  | 'OneofOptions'
  | 'EnumOptions'
  | 'EnumValueOptions'
  | 'ExtensionRangeOptions'
  | 'ServiceOptions'
  | 'MethodOptions';

let descriptors: MessagePlans | undefined;

/**
 * Options of Protobuf's own must be there, once, and have a value of their type. Those that files define are not looked at:
 * schemas are registered without the files that define them. Throws `SchemaParseError`.
 */
export function checkOptions(
  target: OptionTarget,
  options: readonly ProtoOption[],
  { isEdition, at }: { readonly isEdition: boolean; readonly at: Position },
): void {
  if (options.length === 0) return;
  const definition = descriptorType(target);
  descriptors ??= new MessagePlans(definition.file);
  const seen = new Set<string>();
  for (const { name, value } of options) {
    const path = name.map(({ text }) => text).join('.');
    if (name.some(({ isExtension }) => isExtension)) continue;
    if (name[0]?.text === 'features' && !isEdition) throw problemAt('only editions have features', at);
    const isRepeated = checkOption(descriptors, descriptors.plan(definition), name, value, at);
    if (!isRepeated && seen.has(path)) throw problemAt(`the option "${path}" is set twice`, at);
    seen.add(path);
  }
}

function checkOption(
  plans: MessagePlans,
  plan: MessagePlan,
  [first, ...rest]: readonly OptionName[],
  value: OptionValue,
  at: Position,
): boolean {
  const field = plan.byName.get(first?.text ?? '');
  if (field === undefined || field.name === 'uninterpreted_option')
    throw problemAt(`the option "${first?.text ?? ''}" is not known`, at);
  if (rest.length > 0) {
    if (field.type.kind !== 'message') throw problemAt(`the option "${field.name}" has no members`, at);
    return checkOption(plans, plans.plan(field.type.definition), rest, value, at);
  }
  if (!isOfType(field.type, value))
    throw problemAt(`the option "${field.name}" has a value of another type`, at);
  return field.isRepeated;
}

function isOfType(type: ValueType, value: OptionValue): boolean {
  if (type.kind === 'message') return value.kind === 'map';
  if (type.kind === 'enum') {
    const { constants } = type.definition.element;
    return value.kind === 'word' && constants.some(({ name }) => name === value.text);
  }
  if (type.scalar === 'string' || type.scalar === 'bytes') return value.kind === 'string';
  if (type.scalar === 'bool') return value.kind === 'word' && /^(?:true|false)$/.test(value.text);
  return value.kind === 'number';
}
