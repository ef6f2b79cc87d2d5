import type { CompatibilityPolicy, ParsedSchema, SchemaLanguage } from './language.ts';
import { reservedFieldProblems } from './reserved-fields.ts';

/** How a new version has to get along with earlier ones, as in Confluent's `compatibility` setting. */
export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;

export type CompatibilityLevel = (typeof compatibilityLevels)[number];

/** A version to compare with. */
export interface EarlierVersion {
  readonly version: number;
  readonly schema: ParsedSchema;
  /** The fields that its metadata keeps for later. */
  readonly reserved?: readonly string[];
}

/** The setting a check follows. */
export interface CompatibilityRule {
  readonly level: CompatibilityLevel;
  readonly policy: CompatibilityPolicy;
  /** `validateFields`: the fields that the candidate's metadata reserves; undefined when that is not looked at. */
  readonly reserved?: readonly string[] | undefined;
}

/**
 * Messages why `candidate` may not follow `history` (oldest first); none when it may. Levels that are not transitive
 * look at the last version only; transitive ones go from the newest back and stop at the first that does not fit.
 */
export function checkCompatibility(
  language: SchemaLanguage,
  candidate: ParsedSchema,
  history: readonly EarlierVersion[],
  rule: CompatibilityRule,
): readonly string[] {
  if (rule.level === 'NONE') return [];
  const newestFirst = history.toReversed();
  for (const earlier of rule.level.endsWith('_TRANSITIVE') ? newestFirst : newestFirst.slice(0, 1)) {
    const messages = compareVersions(language, candidate, earlier, rule);
    if (messages.length > 0) {
      const settings = `{validateFields: '${rule.reserved !== undefined}', compatibility: '${rule.level}'}`;
      return [...messages, ...describeOld(language, earlier), settings];
    }
  }
  return [];
}

function compareVersions(
  language: SchemaLanguage,
  candidate: ParsedSchema,
  { schema: earlier, reserved: reservedEarlier = [] }: EarlierVersion,
  { level, policy, reserved }: CompatibilityRule,
): string[] {
  if (candidate.type !== earlier.type) return ['Incompatible because of different schema type'];
  const messages: string[] = [];
  if (!level.startsWith('BACKWARD')) {
    const options = { readerLabel: 'old', writerLabel: 'new', policy };
    messages.push(...language.compatibility(earlier, candidate, options));
  }
  if (!level.startsWith('FORWARD')) {
    const options = { readerLabel: 'new', writerLabel: 'old', policy };
    messages.push(...language.compatibility(candidate, earlier, options));
  }
  if (reserved !== undefined) {
    const use = { fields: language.topFields(candidate), reserved };
    messages.push(...reservedFieldProblems(language.type, use, { reserved: reservedEarlier }));
  }
  return messages;
}

/** Longest schema text that a message repeats, in UTF-16 units. */
const quotedTextMax = 10 * 1024;

function describeOld(language: SchemaLanguage, { version, schema }: EarlierVersion): string[] {
  if (schema.type !== language.type) return [`{oldSchemaVersion: ${version}}`];
  const text = language.canonical(schema, { normalize: false });
  const isLong = text.length > quotedTextMax;
  const described = isLong
    ? `{oldSchema: <truncated> '${text.slice(0, quotedTextMax)}...'}`
    : `{oldSchema: '${text}'}`;
  return [`{oldSchemaVersion: ${version}}`, described];
}
