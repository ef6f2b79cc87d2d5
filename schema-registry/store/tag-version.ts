import type { Decision } from './decision.ts';
import type { Metadata, RuleSet } from './entity.ts';
import { mergedRuleSet, withoutRules } from './metadata.ts';
import { findVersion } from './query.ts';
import { decideRegister, type Registered } from './registration.ts';
import { rejection } from './rejection.ts';
import type { SchemaReader } from './schema-reader.ts';
import type { RegistryState } from './state.ts';
import type { TagChange } from './tags.ts';

/** A new version that is an old one with other tags, metadata or rules. */
export interface TagRequest {
  readonly subject: string;
  readonly version: number | 'latest';
  /** The number it must get; undefined: the next. */
  readonly newVersion: number | undefined;
  readonly tags: TagChange;
  /** Instead of those of the old version. */
  readonly metadata: Metadata | undefined;
  readonly ruleSet: RuleSet | undefined;
  /** Into and out of the old version's rules; not together with `ruleSet`. */
  readonly rulesToMerge: RuleSet | undefined;
  readonly rulesToRemove: readonly string[];
}

/** Throws 40401, 40402, 42210, and what a registration throws. */
export function decideTag(
  state: RegistryState,
  reader: SchemaReader,
  request: TagRequest,
): Decision<Registered> {
  const { subject, version, newVersion, tags, ruleSet, rulesToMerge, rulesToRemove } = request;
  if (ruleSet !== undefined && (rulesToMerge !== undefined || rulesToRemove.length > 0)) {
    throw rejection.invalidRuleSet('ruleSet should be omitted if specifying rulesToMerge or rulesToRemove');
  }
  const { schemaType, schema, references, ...old } = findVersion(state, subject, version, false).content;
  const rules = ruleSet ?? withoutRules(mergedRuleSet(old.ruleSet, rulesToMerge), rulesToRemove);
  const metadata = request.metadata ?? old.metadata;
  const definition = { schemaType, schema, references, metadata, ruleSet: rules };
  // Always a new version: what was tagged before may be what the subject had even earlier.
  const next = newVersion ?? -1;
  return decideRegister(state, reader, { subject, definition, normalize: false, version: next, tags });
}
