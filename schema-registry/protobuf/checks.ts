import { SchemaParseError } from '../errors.ts';
import { changedFeatures, scopeFeatures } from './features.ts';
import { checkField } from './field-checks.ts';
import { entryName } from './field-names.ts';
import { extensionsOf, joined, type LinkedFile, type MessageDefinition, resolveType } from './files.ts';
import { NumberRanges } from './number-ranges.ts';
import { checkOptions, type OptionTarget } from './option-checks.ts';
import { problemAt } from './problem.ts';
import { checkExtensionRanges, checkReserved, ReservedValues } from './reserved-values.ts';
import {
  enumTagMax,
  fieldTagMax,
  groupFieldName,
  isScalar,
  optionNamed,
  type Position,
  type ProtoConstant,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoMessage,
  type ProtoOption,
  type ProtoService,
} from './syntax-tree.ts';

/** Refuses what no compiler would take. Throws {@link SchemaParseError} with the first problem and its position. */
export function checkProto(linked: LinkedFile): void {
  const { file, missing } = linked;
  const [unknown] = missing;
  if (unknown !== undefined) {
    throw new SchemaParseError(`the import "${unknown}" is neither built in nor among the references`);
  }
  if (file.messages.length === 0 && file.enums.length === 0) {
    throw new SchemaParseError('the schema defines no message and no enum');
  }
  const imports = [...file.imports, ...file.publicImports, ...file.weakImports];
  const seen = new Set<string>();
  const twice = imports.find((path) => seen.size === seen.add(path).size);
  if (twice !== undefined) throw new SchemaParseError(`the import "${twice}" is there twice`);
  new Check(linked).file();
}

type TypeScope = Pick<ProtoMessage, 'messages' | 'enums' | 'extends'>;

/** Numbers that Protobuf keeps for itself. */
const ownTags = { first: 19_000, last: 19_999 } as const;

const mapKeys = /^(?:u?int|s?fixed|sint)(?:32|64)$|^bool$|^string$/;

class Check {
  readonly #file: LinkedFile;
  readonly #ranges = new Map<MessageDefinition, NumberRanges>();

  constructor(file: LinkedFile) {
    this.#file = file;
  }

  file(): void {
    const { file } = this.#file;
    const scope = file.package ?? '';
    this.#options('FileOptions', file.options, '');
    this.#types(file, scope);
    unique(
      [...symbolsOf(file), ...file.services],
      ({ name }) => name,
      (name) => `the name "${joined(scope, name)}" is there twice`,
    );
    for (const service of file.services) this.#service(service, scope);
  }

  #service({ name, rpcs, options, at }: ProtoService, scope: string): void {
    this.#options('ServiceOptions', options, at);
    unique(
      rpcs,
      (rpc) => rpc.name,
      (rpc) => `the method "${rpc}" of ${joined(scope, name)} is there twice`,
    );
    for (const rpc of rpcs) {
      this.#options('MethodOptions', rpc.options, rpc.at);
      for (const type of [rpc.requestType, rpc.responseType]) this.#messageType(type, scope, rpc.at);
    }
  }

  #options(target: OptionTarget, options: readonly ProtoOption[], at: Position): void {
    checkOptions(target, options, { isEdition: this.#isEdition, at });
  }

  get #isEdition(): boolean {
    return this.#file.file.edition !== undefined;
  }

  /** A type that must be there, and be a message. */
  #messageType(name: string, scope: string, at: Position): MessageDefinition {
    const found = isScalar(name) ? undefined : resolveType(this.#file, name, scope);
    if (found === undefined && !isScalar(name)) throw problemAt(`the type "${name}" is not defined`, at);
    if (found?.kind !== 'message') throw problemAt(`the type "${name}" is no message`, at);
    return found;
  }

  #types({ messages, enums, extends: extensions }: TypeScope, scope: string): void {
    unique(
      [...messages, ...enums],
      ({ name }) => name,
      (name) => `the type "${joined(scope, name)}" is there twice`,
    );
    for (const message of messages) this.#message(message, scope);
    for (const each of enums) this.#enum(each, scope);
    for (const each of extensions) this.#extend(each, scope);
  }

  /** A type that must be there. */
  #reference(name: string, scope: string, at: Position): void {
    if (isScalar(name) || resolveType(this.#file, name, scope) !== undefined) return;
    fail(`the type "${name}" is not defined`, at);
  }

  #message(message: ProtoMessage, outer: string): void {
    const scope = joined(outer, message.name);
    const groups = [...message.groups, ...message.oneofs.flatMap((oneof) => oneof.groups)];
    const inOneofs = message.oneofs.flatMap((oneof) => oneof.fields);
    const members = [
      ...[...message.fields, ...inOneofs].map(({ name, tag, at }) => ({ name, tag, at })),
      ...groups.map((group) => ({ name: groupFieldName(group), tag: group.tag, at: group.at })),
    ];
    unique(
      members,
      ({ name }) => name,
      (name) => `the field "${name}" of ${scope} is there twice`,
    );
    unique(
      members,
      ({ tag }) => tag,
      (tag) => `the number ${tag} of ${scope} is there twice`,
    );
    unique(
      message.oneofs,
      ({ name }) => name,
      (name) => `the oneof "${name}" of ${scope} is there twice`,
    );
    this.#options('MessageOptions', message.options, message.at);
    checkReserved(message.reserved, { isEdition: this.#isEdition, first: 1, at: message.at });
    checkExtensionRanges(message, members);
    if (this.#file.file.syntax === 'proto3' && message.extensions.length > 0)
      fail('proto3 has no ranges for extensions', message.at);
    for (const { options } of message.extensions) this.#options('ExtensionRangeOptions', options, message.at);
    const reserved = new ReservedValues(message.reserved);
    for (const member of members) {
      checkTag(member.tag, member.at);
      reserved.check(member, scope);
    }
    for (const field of message.fields) this.#field(field, scope);
    for (const field of inOneofs) this.#oneofField(field, scope);
    for (const { name, fields, groups: own, options, at } of message.oneofs) {
      if (fields.length + own.length === 0) fail(`the oneof "${name}" has no field`, at);
      this.#options('OneofOptions', options, at);
    }
    for (const group of groups) this.#group(group, scope);
    const bare = message.groups.find(({ label }) => label === undefined);
    if (bare !== undefined) fail(`the group "${bare.name}" has no label`, bare.at);
    this.#types(message, scope);
    unique(
      symbolsOf(message),
      ({ name }) => name,
      (name) => `the name "${joined(scope, name)}" is there twice`,
    );
  }

  #group(group: ProtoMessage, scope: string): void {
    if (this.#file.file.syntax === 'proto3') fail('proto3 has no groups', group.at);
    if (this.#isEdition) fail('editions have no groups: features.message_encoding says that', group.at);
    this.#message(group, scope);
  }

  #oneofField(field: ProtoField, scope: string): void {
    if (field.label !== undefined || field.mapKey !== undefined) {
      fail(`the field "${field.name}" of a oneof may not be ${field.label ?? 'a map'}`, field.at);
    }
    this.#field(field, scope, true);
  }

  #field(field: ProtoField, scope: string, isInOneof = false): void {
    const { name, label, type, mapKey, options, at } = field;
    this.#reference(type, scope, at);
    if (mapKey !== undefined && !mapKeys.test(mapKey)) fail(`${mapKey} cannot be the key of a map`, at);
    if (mapKey !== undefined && label !== undefined) fail(`the map "${name}" may not be ${label}`, at);
    const isProto3 = this.#file.file.syntax === 'proto3';
    const isOld = !isProto3 && !this.#isEdition;
    if (isOld && label === undefined && mapKey === undefined && !isInOneof)
      fail(`the field "${name}" has no label, which proto2 wants`, at);
    if (isProto3 && label === 'required') fail('proto3 has no required fields', at);
    if (isProto3 && optionNamed(options, 'default') !== undefined) fail('proto3 has no defaults', at);
    const features = scopeFeatures(this.#file, scope);
    checkField(field, { file: this.#file, scope, features, isInOneof });
  }

  #extend({ name, fields, groups, at }: ProtoExtend, scope: string): void {
    const extended = this.#messageType(name, scope, at);
    const isOfOptions = /^google\.protobuf\.\w+Options$/.test(extended.name);
    if (this.#file.file.syntax === 'proto3' && !isOfOptions) fail('proto3 extends nothing but options', at);
    const ranges = this.#rangesOf(extended);
    for (const member of [...fields, ...groups]) {
      checkTag(member.tag, member.at);
      if (!ranges.has(member.tag))
        fail(`the number ${member.tag} is not one that ${extended.name} has for extensions`, member.at);
      if (member.label === 'required') fail('an extension may not be required', member.at);
    }
    for (const field of fields) {
      if (field.mapKey !== undefined) fail('an extension may not be a map', field.at);
      this.#field(field, scope);
    }
    for (const group of groups) this.#group(group, scope);
  }

  /** Where a message is extended first, the numbers of all its extensions are looked at. */
  #rangesOf(extended: MessageDefinition): NumberRanges {
    const known = this.#ranges.get(extended);
    if (known !== undefined) return known;
    unique(
      extensionsOf(this.#file, extended.name).map(({ member }) => member),
      ({ tag }) => tag,
      (tag) => `the number ${tag} of ${extended.name} is extended twice`,
    );
    const ranges = new NumberRanges(extended.element.extensions.flatMap((each) => each.ranges));
    this.#ranges.set(extended, ranges);
    return ranges;
  }

  #enum({ name, reserved, constants, options, at }: ProtoEnum, scope: string): void {
    const full = joined(scope, name);
    const [first] = constants;
    if (first === undefined) throw problemAt(`the enum "${full}" has no constant`, at);
    const { isEnumClosed } = changedFeatures(scopeFeatures(this.#file, scope), options);
    if (!isEnumClosed && first.tag !== 0) {
      fail(`the first constant of "${full}" must have the number 0`, first.at);
    }
    unique(
      constants,
      (constant) => constant.name,
      (each) => `the constant "${each}" of ${full} is there twice`,
    );
    const alias = optionNamed(options, 'allow_alias');
    this.#options('EnumOptions', options, at);
    checkReserved(reserved, { isEdition: this.#isEdition, first: -enumTagMax - 1, at });
    if (alias !== undefined && new Set(constants.map(({ tag }) => tag)).size === constants.length)
      fail(`"${full}" sets allow_alias, but no number is there twice`, at);
    if (alias?.kind !== 'word' || alias.text !== 'true') {
      unique(
        constants,
        ({ tag }) => tag,
        (tag) => `the number ${tag} of ${full} is there twice: allow_alias is not set`,
      );
    }
    checkConstantNames(name, constants);
    const taken = new ReservedValues(reserved);
    for (const constant of constants) {
      this.#options('EnumValueOptions', constant.options, constant.at);
      if (constant.tag > enumTagMax || constant.tag < -enumTagMax - 1)
        fail(`the number ${constant.tag} has more than 32 bits`, constant.at);
      taken.check(constant, full);
    }
  }
}

/** Everything that is declared in one place under a name of its own: constants of enums stand beside their enum. */
function symbolsOf(scope: TypeScope & Partial<Pick<ProtoMessage, 'fields' | 'oneofs' | 'groups'>>): Named[] {
  const { messages, enums, extends: extensions, fields = [], oneofs = [], groups = [] } = scope;
  const allGroups = [...groups, ...[...oneofs, ...extensions].flatMap((each) => each.groups)];
  const maps = fields.filter(({ mapKey }) => mapKey !== undefined);
  return [
    ...messages,
    ...enums,
    ...enums.flatMap(({ constants }) => constants),
    ...fields,
    ...maps.map(({ name, at }) => ({ name: entryName(name), at })),
    ...oneofs,
    ...oneofs.flatMap((oneof) => oneof.fields),
    ...extensions.flatMap((each) => each.fields),
    ...allGroups.flatMap((group) => [group, { name: groupFieldName(group), at: group.at }]),
  ];
}

type Named = Pick<ProtoMessage, 'name' | 'at'>;

/** Constants that JSON and other languages cannot tell apart: they leave the enum's name out and write words their way. */
function checkConstantNames(name: string, constants: readonly ProtoConstant[]): void {
  const prefix = new RegExp(`^_*${[...name.replaceAll('_', '')].join('_*')}_*(?=[^_])`, 'i');
  const tags = new Map<string, number>();
  for (const { name: constant, tag, at } of constants) {
    const words = constant.replace(prefix, '').split('_');
    const key = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('');
    if ((tags.get(key) ?? tag) !== tag)
      fail(`the constant "${constant}" is another one when case and the name of the enum do not count`, at);
    tags.set(key, tag);
  }
}

function checkTag(tag: number, at: Position): void {
  if (tag < 1 || tag > fieldTagMax)
    fail(`the number ${tag} of a field is not between 1 and ${fieldTagMax}`, at);
  if (tag >= ownTags.first && tag <= ownTags.last) {
    fail(`the numbers ${ownTags.first} to ${ownTags.last} belong to Protobuf itself`, at);
  }
}

function unique<T extends { readonly at: Position }, K>(
  list: readonly T[],
  key: (each: T) => K,
  problem: (key: K) => string,
): void {
  const seen = new Set<K>();
  for (const each of list) {
    if (seen.has(key(each))) fail(problem(key(each)), each.at);
    seen.add(key(each));
  }
}

function fail(problem: string, at: Position): void {
  throw problemAt(problem, at);
}
