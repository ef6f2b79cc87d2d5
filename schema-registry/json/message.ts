import type { CompatibilityOptions } from '../language.ts';
import type { Difference } from './difference.ts';

/** The difference in Confluent's format; the quote before the brace is theirs. `reader` is the update. */
export function differenceMessage(
  { type, path }: Difference,
  { readerLabel: reader, writerLabel: writer }: Pick<CompatibilityOptions, 'readerLabel' | 'writerLabel'>,
): string {
  const template = templates.find(([pattern]) => pattern.test(type))?.[1];
  return `{errorType:"${type}", description:"${template?.(path, reader, writer) ?? ''}'}`;
}

type Template = (path: string, reader: string, writer: string) => string;

const different: Template = (path, reader, writer) =>
  `A type at path '${path}' is different between the ${reader} schema and the ${writer} schema`;
const newKeyword: Template = (path, reader, writer) =>
  `The keyword at path '${path}' in the ${reader} schema is not present in the ${writer} schema`;
const fewer: Template = (path, reader, writer) =>
  `An array or combined type at path '${path}' has fewer elements in the ${reader} schema than the ${writer} schema`;
const more: Template = (path, reader, writer) =>
  `An array or combined type at path '${path}' has more elements in the ${reader} schema than the ${writer} schema`;
const higher: Template = (path, reader, writer) =>
  `The value at path '${path}' in the ${reader} schema is more than its value in the ${writer} schema`;
const lower: Template = (path, reader, writer) =>
  `The value at path '${path}' in the ${reader} schema is less than its value in the ${writer} schema`;
const addedToOpen: Template = (path, reader, writer) =>
  `The ${reader} schema has an open content model and has a property or item at path '${path}' which is missing in the ${writer} schema`;
const addedToUnopen: Template = (path, reader, writer) =>
  `The ${reader} schema has an unopen content model and has a required property at path '${path}' which is missing in the ${writer} schema`;
const removedFromClosed: Template = (path, reader, writer) =>
  `The ${reader} has a closed content model and is missing a property or item present at path '${path}' in the ${writer} schema`;
const addedNotCovered: Template = (path, reader, writer) =>
  `The ${reader} schema has a property or item at path '${path}' which is missing in the ${writer} schema and is not covered by its partially open content model`;
const removedNotCovered: Template = (path, reader, writer) =>
  `The ${reader} schema is missing a property or item present at path '${path}' in the ${writer} schema and its partially open content model does not cover it`;

/** The first pattern that fits says it. */
const templates: readonly (readonly [pattern: RegExp, template: Template])[] = [
  [/^SCHEMA_/, () => ''],
  [/_ADDED_TO_OPEN_CONTENT_MODEL$/, addedToOpen],
  [/_ADDED_TO_(?:UNOPEN|CLOSED)_CONTENT_MODEL$/, addedToUnopen],
  [/_REMOVED_FROM_/, removedFromClosed],
  [/_ADDED_(?:IS|NOT)_COVERED_/, addedNotCovered],
  [/_REMOVED_(?:IS|NOT)_COVERED_/, removedNotCovered],
  [/^(?:TYPE|COMBINED_TYPE)_|_CHANGED$/, different],
  [/^(?:ADDITIONAL|UNEVALUATED)_\w+_REMOVED$/, newKeyword],
  [/_ADDED$/, newKeyword],
  [/_(?:INCREASED|EXPANDED)$/, higher],
  [/_(?:DECREASED|REDUCED)$/, lower],
  [/_NARROWED$/, fewer],
  [/_EXTENDED$/, more],
];
