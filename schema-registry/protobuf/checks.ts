import { SchemaParseError } from '../errors.ts';
import { changedFeatures, scopeFeatures } from './features.ts';
import { joined, type LinkedFile, resolveType } from './files.ts';
import { problemAt } from './problem.ts';
import { ReservedValues } from './reserved-values.ts';
import {
  enumTagMax,
  fieldTagMax,
  groupFieldName,
  isScalar,
  optionNamed,
  type Position,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoMessage,
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
  const scope = file.package ?? '';
  const check = new Check(linked);
  check.types(file, scope);
  for (const each of file.services) {
    for (const rpc of each.rpcs) {
      check.reference(rpc.requestType, scope, rpc.at);
      check.reference(rpc.responseType, scope, rpc.at);
    }
  }
}

type TypeScope = Pick<ProtoMessage, 'messages' | 'enums' | 'extends'>;

/** Numbers that Protobuf keeps for itself. */
const ownTags = { first: 19_000, last: 19_999 } as const;

const mapKeys = /^(?:u?int|s?fixed|sint)(?:32|64)$|^bool$|^string$/;

class Check {
  readonly #file: LinkedFile;

  constructor(file: LinkedFile) {
    this.#file = file;
  }

  types({ messages, enums, extends: extensions }: TypeScope, scope: string): void {
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
  reference(name: string, scope: string, at: Position): void {
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
    const reserved = new ReservedValues(message.reserved);
    for (const member of members) {
      checkTag(member.tag, member.at);
      reserved.check(member, scope);
    }
    for (const field of message.fields) this.#field(field, scope);
    for (const field of inOneofs) this.#oneofField(field, scope);
    for (const { name, fields, groups: own, at } of message.oneofs) {
      if (fields.length + own.length === 0) fail(`the oneof "${name}" has no field`, at);
    }
    for (const group of groups) this.#group(group, scope);
    this.types(message, scope);
  }

  #group(group: ProtoMessage, scope: string): void {
    if (this.#file.file.syntax === 'proto3') fail('proto3 has no groups', group.at);
    this.#message(group, scope);
  }

  #oneofField(field: ProtoField, scope: string): void {
    if (field.label !== undefined || field.mapKey !== undefined) {
      fail(`the field "${field.name}" of a oneof may not be ${field.label ?? 'a map'}`, field.at);
    }
    this.#field(field, scope);
  }

  #field(field: ProtoField, scope: string): void {
    const { name, label, type, mapKey, options, at } = field;
    this.reference(type, scope, at);
    if (mapKey !== undefined && !mapKeys.test(mapKey)) fail(`${mapKey} cannot be the key of a map`, at);
    if (mapKey !== undefined && label !== undefined) fail(`the map "${name}" may not be ${label}`, at);
    if (this.#file.file.syntax !== 'proto3') return;
    if (label === 'required') fail('proto3 has no required fields', at);
    if (optionNamed(options, 'default') !== undefined) fail('proto3 has no defaults', at);
  }

  #extend({ name, fields, groups, at }: ProtoExtend, scope: string): void {
    this.reference(name, scope, at);
    for (const field of fields) {
      checkTag(field.tag, field.at);
      this.#field(field, scope);
    }
    for (const group of groups) this.#group(group, scope);
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
    if (alias?.kind !== 'word' || alias.text !== 'true') {
      unique(
        constants,
        ({ tag }) => tag,
        (tag) => `the number ${tag} of ${full} is there twice: allow_alias is not set`,
      );
    }
    const taken = new ReservedValues(reserved);
    for (const constant of constants) {
      if (Math.abs(constant.tag) > enumTagMax + 1)
        fail(`the number ${constant.tag} has more than 32 bits`, constant.at);
      taken.check(constant, full);
    }
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
