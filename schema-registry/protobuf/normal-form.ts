import { joined, type LinkedFile, resolveExtension, resolveType } from './files.ts';
import {
  isScalar,
  type OptionName,
  type OptionValue,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoFile,
  type ProtoGroup,
  type ProtoMessage,
  type ProtoOneof,
  type ProtoOption,
  type ProtoRange,
  type ProtoReserved,
} from './syntax-tree.ts';

/**
 * The file with everything in order whose order means nothing, and with full names of types. Messages keep their
 * places: values on the wire name them by index.
 */
export function normalProto(linked: LinkedFile): ProtoFile {
  const { file } = linked;
  const scope = new Scope(linked, file.package ?? '');
  return {
    ...file,
    syntax: file.syntax === 'proto2' ? undefined : file.syntax,
    imports: distinct(file.imports),
    publicImports: distinct(file.publicImports),
    weakImports: distinct(file.weakImports),
    options: scope.options(file.options),
    messages: file.messages.map((message) => normalMessage(message, scope)),
    enums: file.enums.map((each) => normalEnum(each, scope)),
    extends: file.extends.map((each) => normalExtend(each, scope)),
    services: file.services.map((service) => ({
      ...service,
      options: scope.options(service.options),
      rpcs: service.rpcs.map((rpc) => ({
        ...rpc,
        requestType: scope.type(rpc.requestType),
        responseType: scope.type(rpc.responseType),
        options: scope.options(rpc.options),
      })),
    })),
  };
}

/** Where names are looked up. */
class Scope {
  readonly #file: LinkedFile;
  readonly #name: string;

  constructor(file: LinkedFile, name: string) {
    this.#file = file;
    this.#name = name;
  }

  inner(name: string): Scope {
    return new Scope(this.#file, joined(this.#name, name));
  }

  type(name: string): string {
    if (isScalar(name)) return name;
    const definition = resolveType(this.#file, name, this.#name);
    return definition === undefined ? name : `.${definition.name}`;
  }

  options(options: readonly ProtoOption[]): readonly ProtoOption[] {
    const named = options.map(({ name, value }) => ({
      name: name.map((part) => this.#optionName(part)),
      value: this.#value(value),
    }));
    return named.sort((left, right) => compareTexts(pathOf(left), pathOf(right)));
  }

  #optionName(name: OptionName): OptionName {
    if (!name.isExtension) return name;
    const found = resolveExtension(this.#file, name.text, this.#name);
    return { text: found?.name ?? name.text.replace(/^\./, ''), isExtension: true };
  }

  #value(value: OptionValue): OptionValue {
    if (value.kind === 'list') return { kind: 'list', items: value.items.map((item) => this.#value(item)) };
    if (value.kind !== 'map') return value;
    const entries = value.entries.map((entry) => ({
      key: this.#optionName(entry.key),
      value: this.#value(entry.value),
    }));
    return {
      kind: 'map',
      entries: entries.sort((left, right) => compareTexts(left.key.text, right.key.text)),
    };
  }
}

function normalMessage<T extends ProtoMessage>(message: T, outer: Scope): T {
  const scope = outer.inner(message.name);
  return {
    ...message,
    reserved: normalReserved(message.reserved),
    options: scope.options(message.options),
    fields: byTag(message.fields.map((field) => normalField(field, scope))),
    oneofs: message.oneofs
      .map((oneof) => normalOneof(oneof, scope))
      .sort((left, right) => firstTag(left) - firstTag(right)),
    groups: byTag(message.groups.map((group) => normalGroup(group, scope))),
    extensions: message.extensions
      .flatMap(({ ranges, options }) =>
        ranges.map((range) => ({ ranges: [range], options: scope.options(options) })),
      )
      .sort((left, right) => (left.ranges[0]?.first ?? 0) - (right.ranges[0]?.first ?? 0)),
    extends: message.extends.map((each) => normalExtend(each, scope)),
    messages: message.messages.map((each) => normalMessage(each, scope)),
    enums: message.enums.map((each) => normalEnum(each, scope)),
  };
}

function normalField(field: ProtoField, scope: Scope): ProtoField {
  return { ...field, type: scope.type(field.type), options: scope.options(field.options) };
}

function normalGroup(group: ProtoGroup, scope: Scope): ProtoGroup {
  return { ...normalMessage(group, scope), fieldOptions: scope.options(group.fieldOptions) };
}

function normalOneof(oneof: ProtoOneof, scope: Scope): ProtoOneof {
  return {
    ...oneof,
    options: scope.options(oneof.options),
    fields: byTag(oneof.fields.map((field) => normalField(field, scope))),
    groups: byTag(oneof.groups.map((group) => normalGroup(group, scope))),
  };
}

function normalExtend(each: ProtoExtend, scope: Scope): ProtoExtend {
  return {
    ...each,
    name: scope.type(each.name),
    fields: byTag(each.fields.map((field) => normalField(field, scope))),
    groups: byTag(each.groups.map((group) => normalGroup(group, scope))),
  };
}

function normalEnum(each: ProtoEnum, outer: Scope): ProtoEnum {
  const scope = outer.inner(each.name);
  return {
    ...each,
    reserved: normalReserved(each.reserved),
    options: scope.options(each.options),
    constants: each.constants
      .map((constant) => ({ ...constant, options: scope.options(constant.options) }))
      .sort((left, right) => left.tag - right.tag || compareTexts(left.name, right.name)),
  };
}

/** One statement for each range and name: the ranges first. */
function normalReserved(reserved: readonly ProtoReserved[]): readonly ProtoReserved[] {
  const values = reserved.flatMap((each) => each.values);
  const ranges = values.filter((value): value is ProtoRange => typeof value !== 'string');
  const names = values.filter((value) => typeof value === 'string');
  return [...ranges.sort((left, right) => left.first - right.first), ...names.sort(compareTexts)].map(
    (value) => ({ values: [value], hasQuotes: undefined }),
  );
}

function byTag<T extends { readonly tag: number }>(list: T[]): readonly T[] {
  return list.sort((left, right) => left.tag - right.tag);
}

function firstTag({ fields, groups }: ProtoOneof): number {
  return Math.min(...[...fields, ...groups].map(({ tag }) => tag));
}

function pathOf({ name }: ProtoOption): string {
  return name.map(({ text }) => text).join('.');
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
