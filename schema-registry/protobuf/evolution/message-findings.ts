import type { MessageDefinition } from '../files.ts';
import type { Difference } from './difference.ts';
import { type FieldShape, type FieldType, localName, type MessageShape } from './message-shape.ts';
import { oneofFindings, remainingOneofs } from './oneof-findings.ts';

/** Two messages of imported files that stand for each other: what they differ in comes before the field that has them. */
export interface ImportedPair {
  readonly before: MessageDefinition;
  readonly after: MessageDefinition;
  /** The field's place. */
  readonly path: string;
}

/** What a look at two messages yields; it never looks into other messages itself. */
export type Finding = Difference | ImportedPair;

/** Where a message or enum is: `#/Outer/Inner`. */
export function pathOf(definition: Parameters<typeof localName>[0]): string {
  return `#/${localName(definition).replaceAll('.', '/')}`;
}

/** All changes from one message to the other, oneofs first, then fields by number. */
export function* messageFindings(before: MessageShape, after: MessageShape, path: string): Iterable<Finding> {
  yield* oneofFindings(before, after, path);
  const remaining = remainingOneofs(before, after);
  for (const tag of tagsOf(before.fields, after.fields)) {
    const [old, now] = [before.fields.get(tag), after.fields.get(tag)];
    if (old === undefined && now !== undefined) yield addition(now, path);
    else if (old !== undefined && now === undefined) yield* removal(old, remaining, path);
    else if (old !== undefined && now !== undefined) yield* fieldFindings(old, now, placeOf(now, path));
  }
}

/** The numbers of either side, in ascending order. */
export function tagsOf(
  before: ReadonlyMap<number, unknown>,
  after: ReadonlyMap<number, unknown>,
): readonly number[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort((left, right) => left - right);
}

function addition(field: FieldShape, path: string): Difference {
  const type =
    field.oneof !== undefined
      ? 'ONEOF_FIELD_ADDED'
      : field.isRequired
        ? 'REQUIRED_FIELD_ADDED'
        : 'FIELD_ADDED';
  return { type, path: placeOf(field, path) };
}

/** A oneof may go as a whole, which is said of the oneof; a part of it may not. */
function* removal(
  field: FieldShape,
  remainingOneofs: ReadonlySet<string>,
  path: string,
): Iterable<Difference> {
  const place = placeOf(field, path);
  if (field.oneof === undefined)
    yield { type: field.isRequired ? 'REQUIRED_FIELD_REMOVED' : 'FIELD_REMOVED', path: place };
  else if (remainingOneofs.has(field.oneof)) yield { type: 'ONEOF_FIELD_REMOVED', path: place };
}

function placeOf({ oneof, tag }: FieldShape, path: string): string {
  return oneof === undefined ? `${path}/${tag}` : `${path}/${oneof}/${tag}`;
}

function* fieldFindings(before: FieldShape, after: FieldShape, path: string): Iterable<Finding> {
  if (before.name !== after.name) yield { type: 'FIELD_NAME_CHANGED', path };
  if (before.oneof !== undefined && after.oneof === undefined)
    yield { type: 'ONEOF_FIELD_MOVED_TO_TOP_LEVEL', path };
  yield* typeFindings(before.type, after.type, path);
  const label = labelFinding(before, after, path);
  if (label !== undefined) yield label;
  // Data may lack what needed not be there, and then nobody for whom it must be there reads it.
  const isTold = label?.type === 'FIELD_NUMERIC_LABEL_CHANGED';
  if (after.isRequired && !before.isRequired && !isTold) yield { type: 'REQUIRED_FIELD_ADDED', path };
}

function* typeFindings(before: FieldType, after: FieldType, path: string): Iterable<Finding> {
  if (before.kind === 'scalar' && after.kind === 'scalar') {
    if (before.encoding !== after.encoding) yield { type: 'FIELD_SCALAR_KIND_CHANGED', path };
  } else if (before.kind === 'map' && after.kind === 'map') {
    yield* typeFindings(before.key, after.key, path);
    yield* typeFindings(before.value, after.value, path);
  } else if (before.kind !== after.kind) yield { type: 'FIELD_KIND_CHANGED', path };
  else if ('name' in before && 'name' in after) yield* messageTypeFindings(before, after, path);
}

type MessageType = Extract<FieldType, { readonly name: string }>;

/** The schema's own messages are compared one by one anyway; those of imports only where fields have them. */
function* messageTypeFindings(before: MessageType, after: MessageType, path: string): Iterable<Finding> {
  const [old, now] = [before.definition, after.definition];
  if (before.name !== after.name) yield { type: 'FIELD_NAMED_TYPE_CHANGED', path };
  else if (old !== undefined && now !== undefined && (isImported(old) || isImported(now)))
    yield { before: old, after: now, path };
}

function isImported({ file }: MessageDefinition): boolean {
  return file.path !== '';
}

/** Numbers may be packed when they are repeated, and then no other label reads them. Confluent goes by what is written. */
function labelFinding(before: FieldShape, after: FieldShape, path: string): Difference | undefined {
  if (before.label === undefined || after.label === undefined || before.label === after.label)
    return undefined;
  if (before.type.kind !== 'scalar' || after.type.kind !== 'scalar') return undefined;
  if (before.type.encoding !== after.type.encoding) return undefined;
  const isText = after.type.encoding === 'length-prefixed';
  return { type: isText ? 'FIELD_STRING_OR_BYTES_LABEL_CHANGED' : 'FIELD_NUMERIC_LABEL_CHANGED', path };
}
