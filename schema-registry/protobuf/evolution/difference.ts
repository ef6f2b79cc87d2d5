import type { CompatibilityOptions } from '../../language.ts';

/** One change from a schema to its successor. `path` names the place: `#/Message/Nested/7`, numbers are those of fields. */
export interface Difference {
  readonly type: DifferenceType;
  readonly path: string;
}

/** Every change that is told apart, in the words of the registry's clients. */
export type DifferenceType = HarmlessChange | BreakingChange;

/** After these, the successor reads whatever the schema wrote. */
type HarmlessChange =
  | 'MESSAGE_ADDED'
  | 'MESSAGE_MOVED'
  | 'ENUM_ADDED'
  | 'ENUM_REMOVED'
  | 'ENUM_CONST_ADDED'
  | 'ENUM_CONST_CHANGED'
  | 'ENUM_CONST_REMOVED'
  | 'FIELD_ADDED'
  | 'FIELD_REMOVED'
  | 'FIELD_NAME_CHANGED'
  | 'FIELD_STRING_OR_BYTES_LABEL_CHANGED'
  | 'ONEOF_ADDED'
  | 'ONEOF_REMOVED'
  | 'ONEOF_FIELD_ADDED'
  | 'ONEOF_FIELD_MOVED_TO_TOP_LEVEL';

/** After these it may not. */
type BreakingChange = keyof typeof explanations;

type Explanation = (path: string, reader: string, writer: string) => string;

/** What breaks readers, with what they are told: a change that stands here is a breaking one. */
const explanations = {
  PACKAGE_CHANGED: (path, reader, writer) =>
    `The package at path '${path}' in the ${reader} schema does not match the package in the ${writer} schema`,
  MESSAGE_REMOVED: (path, reader, writer) => missing('MESSAGE type', path, reader, writer),
  FIELD_KIND_CHANGED: (path, reader, writer) => unlike('kind', 'field', path, reader, writer),
  FIELD_SCALAR_KIND_CHANGED: (path, reader, writer) => unlike('kind', 'SCALAR field', path, reader, writer),
  FIELD_NAMED_TYPE_CHANGED: (path, reader, writer) => unlike('type', 'MESSAGE field', path, reader, writer),
  FIELD_NUMERIC_LABEL_CHANGED: (path, reader, writer) =>
    unlike('label', 'numeric field', path, reader, writer),
  REQUIRED_FIELD_ADDED: (path, reader, writer) =>
    `The ${reader} schema has a required field at path '${path}' that the ${writer} schema does not have`,
  REQUIRED_FIELD_REMOVED: (path, reader, writer) => missing('required field', path, reader, writer),
  ONEOF_FIELD_REMOVED: (path, reader, writer) => missing('oneof field', path, reader, writer),
  MULTIPLE_FIELDS_MOVED_TO_ONEOF: (path, reader, writer) =>
    `The oneof at path '${path}' in the ${reader} schema has several fields that are not in one oneof of the ${writer} schema`,
  FIELD_MOVED_TO_EXISTING_ONEOF: (path, reader, writer) =>
    `The oneof at path '${path}' in the ${reader} schema has a field that is outside of this oneof in the ${writer} schema`,
} as const satisfies Readonly<Record<string, Explanation>>;

/** Whether data of the schema may be unreadable to its successor. */
export function isBreaking({ type }: Pick<Difference, 'type'>): boolean {
  return isBreakingChange(type);
}

/** The messages about breaking differences, in the form of Confluent's registry; `reader` is the successor. */
export function explained(
  differences: readonly Difference[],
  { readerLabel, writerLabel }: Pick<CompatibilityOptions, 'readerLabel' | 'writerLabel'>,
): readonly string[] {
  return differences.flatMap(({ type, path }) => {
    if (!isBreakingChange(type)) return [];
    const description = explanations[type](path, readerLabel, writerLabel);
    return [`{errorType:"${type}", description:"${description}"}`];
  });
}

/**
 * The differences as releases up to 7.9 tell them: a field that moves into a oneof, or out of one, has no name of its own
 * there. It is one more of the oneof, or of the message, which breaks nobody.
 */
export function classicDifference({ type, path }: Difference): Difference {
  if (type === 'FIELD_MOVED_TO_EXISTING_ONEOF') return { type: 'ONEOF_FIELD_ADDED', path };
  if (type === 'ONEOF_FIELD_MOVED_TO_TOP_LEVEL') return { type: 'FIELD_ADDED', path };
  return { type, path };
}

function isBreakingChange(type: DifferenceType): type is BreakingChange {
  return Object.hasOwn(explanations, type);
}

function missing(what: string, path: string, reader: string, writer: string): string {
  return `The ${reader} schema is missing a ${what} at path '${path}' in the ${writer} schema`;
}

function unlike(quality: string, what: string, path: string, reader: string, writer: string): string {
  return `The ${quality} of a ${what} at path '${path}' in the ${reader} schema does not match its ${quality} in the ${writer} schema`;
}
