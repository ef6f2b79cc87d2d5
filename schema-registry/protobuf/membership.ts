import type { DifferenceType } from './difference.ts';
import { groupFieldName, type ProtoField, type ProtoGroup, type ProtoMessage } from './syntax-tree.ts';

/** A field, or a group as one, and the oneof it is in. */
export interface ProtoMember extends Pick<ProtoField, 'label' | 'type' | 'mapKey' | 'name' | 'tag'> {
  readonly oneof: string | undefined;
}

/** The members of a message by number, those of oneofs too. */
export type Members = ReadonlyMap<number, ProtoMember>;

/** `at` continues the message's path. */
export interface MembershipDifference {
  readonly type: DifferenceType;
  readonly at: readonly string[];
}

export function membersOf(message: ProtoMessage): Members {
  const members = [
    ...message.fields.map((field) => ({ ...field, oneof: undefined })),
    ...message.groups.map((group) => groupMember(group, undefined)),
    ...message.oneofs.flatMap(({ name, fields, groups }) => [
      ...fields.map((field) => ({ ...field, oneof: name })),
      ...groups.map((group) => groupMember(group, name)),
    ]),
  ];
  return new Map(members.map((member) => [member.tag, member]));
}

/** What became of the oneofs themselves. */
export function oneofDifferences(before: Members, after: Members): readonly MembershipDifference[] {
  const [oldOneofs, newOneofs] = [oneofsOf(before), oneofsOf(after)];
  return [
    ...[...newOneofs].flatMap(([name, tags]) => newlyExclusive(before, name, tags)),
    ...[...new Set([...oldOneofs.keys(), ...newOneofs.keys()])].sort().flatMap((name) => {
      if (!newOneofs.has(name)) return [difference('ONEOF_REMOVED', name)];
      return oldOneofs.has(name) ? [] : [difference('ONEOF_ADDED', name)];
    }),
  ];
}

/**
 * Fields that could be set together may not become alternatives of each other: old data has both. What was in one
 * oneof already were alternatives, and a new field is in no old data.
 */
function newlyExclusive(before: Members, oneof: string, tags: readonly number[]): MembershipDifference[] {
  const old = tags.map((tag) => before.get(tag)).filter((member) => member !== undefined);
  const origins = new Set(old.map((member) => member.oneof ?? member.tag));
  if (origins.size < 2) return [];
  const movedIn = old.filter((member) => member.oneof === undefined).length;
  return [
    difference(movedIn > 1 ? 'MULTIPLE_FIELDS_MOVED_TO_ONEOF' : 'FIELD_MOVED_TO_EXISTING_ONEOF', oneof),
  ];
}

/** Whether the field with this number came, went, or left its oneof. */
export function presenceDifferences(
  before: Members,
  after: Members,
  tag: number,
): readonly MembershipDifference[] {
  const [old, now] = [before.get(tag), after.get(tag)];
  if (old !== undefined && now !== undefined) {
    const isMovedOut = old.oneof !== undefined && now.oneof === undefined;
    return isMovedOut ? [difference('ONEOF_FIELD_MOVED_TO_TOP_LEVEL', tag)] : [];
  }
  if (now !== undefined) {
    if (now.oneof !== undefined) return [difference('ONEOF_FIELD_ADDED', now.oneof, tag)];
    return [difference(now.label === 'required' ? 'REQUIRED_FIELD_ADDED' : 'FIELD_ADDED', tag)];
  }
  if (old === undefined) return [];
  if (old.oneof === undefined) {
    return [difference(old.label === 'required' ? 'REQUIRED_FIELD_REMOVED' : 'FIELD_REMOVED', tag)];
  }
  // A oneof that is gone with all its members was deleted as a whole.
  const isDeleted = ![...after.values()].some(
    (member) => member.oneof === old.oneof || before.get(member.tag)?.oneof === old.oneof,
  );
  return isDeleted ? [] : [difference('ONEOF_FIELD_REMOVED', old.oneof, tag)];
}

function oneofsOf(members: Members): ReadonlyMap<string, readonly number[]> {
  const oneofs = new Map<string, number[]>();
  for (const { oneof, tag } of members.values()) {
    if (oneof === undefined) continue;
    const tags = oneofs.get(oneof) ?? [];
    tags.push(tag);
    oneofs.set(oneof, tags);
  }
  return oneofs;
}

function groupMember(group: ProtoGroup, oneof: string | undefined): ProtoMember {
  const { label, name, tag } = group;
  return { label, type: name, mapKey: undefined, name: groupFieldName(group), tag, oneof };
}

function difference(type: DifferenceType, ...at: readonly (string | number)[]): MembershipDifference {
  return { type, at: at.map(String) };
}
