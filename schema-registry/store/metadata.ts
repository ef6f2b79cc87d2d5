import type { Metadata, Rule, RuleSet } from './entity.ts';
import { rulePhases } from './entity.ts';

/** The metadata property that has the version's number, where somebody asked for it. */
export const versionProperty = 'confluent:version';

/** The metadata with every map and list in the order that is hashed and written; undefined when there is none. */
export function sortedMetadata(metadata: Metadata | undefined): Metadata | undefined {
  if (metadata === undefined) return undefined;
  const { tags, properties, sensitive } = metadata;
  return {
    ...(tags && { tags: sortedRecord(tags, (values) => [...new Set(values)].toSorted()) }),
    ...(properties && { properties: sortedRecord(properties, (value) => value) }),
    ...(sensitive && { sensitive: [...new Set(sensitive)].toSorted() }),
  };
}

/** The rule set in the order that it is hashed and written, with what is empty left out. */
export function sortedRuleSet(ruleSet: RuleSet | undefined): RuleSet | undefined {
  if (ruleSet === undefined) return undefined;
  const sorted = rulePhases.flatMap((phase) => {
    const rules = ruleSet[phase];
    return rules === undefined || rules.length === 0 ? [] : [[phase, rules.map(sortedRule)] as const];
  });
  const { enableAt } = ruleSet;
  return { ...Object.fromEntries(sorted), ...(enableAt !== undefined && { enableAt }) };
}

/** The members of both; of one key the second counts. Undefined when both are. */
export function mergedMetadata(
  first: Metadata | undefined,
  second: Metadata | undefined,
): Metadata | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const tags = { ...first.tags, ...second.tags };
  const properties = { ...first.properties, ...second.properties };
  const sensitive = [...(first.sensitive ?? []), ...(second.sensitive ?? [])];
  return {
    ...((first.tags ?? second.tags) && { tags }),
    ...((first.properties ?? second.properties) && { properties }),
    ...((first.sensitive ?? second.sensitive) && { sensitive }),
  };
}

/** The rules of both; of one name the second counts. Undefined when both are. */
export function mergedRuleSet(first: RuleSet | undefined, second: RuleSet | undefined): RuleSet | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const phases = rulePhases.flatMap((phase) => {
    const rules = mergedRules(first[phase], second[phase]);
    return rules === undefined ? [] : [[phase, rules] as const];
  });
  const enableAt = second.enableAt ?? first.enableAt;
  return { ...Object.fromEntries(phases), ...(enableAt !== undefined && { enableAt }) };
}

/** The rule set without the rules of these names; undefined when there is none. */
export function withoutRules(ruleSet: RuleSet | undefined, names: readonly string[]): RuleSet | undefined {
  if (ruleSet === undefined || names.length === 0) return ruleSet;
  const phases = rulePhases.flatMap((phase) => {
    const rules = ruleSet[phase]?.filter(({ name }) => !names.includes(name));
    return rules === undefined ? [] : [[phase, rules] as const];
  });
  return { ...ruleSet, ...Object.fromEntries(phases) };
}

/** The metadata with the version's number in it. */
export function withVersion(metadata: Metadata | undefined, version: number): Metadata {
  return { ...metadata, properties: { ...metadata?.properties, [versionProperty]: String(version) } };
}

/** The metadata as if nobody had asked for the version's number. */
export function withoutVersion(metadata: Metadata | undefined): Metadata | undefined {
  if (metadata?.properties?.[versionProperty] === undefined) return metadata;
  const { [versionProperty]: _version, ...properties } = metadata.properties;
  const { properties: _old, ...rest } = metadata;
  const left = { ...rest, ...(Object.keys(properties).length > 0 && { properties }) };
  return Object.keys(left).length === 0 ? undefined : left;
}

function mergedRules(first: readonly Rule[] | undefined, second: readonly Rule[] | undefined) {
  if (first === undefined || second === undefined) return first ?? second;
  const names = new Set(second.map(({ name }) => name));
  return [...first.filter(({ name }) => !names.has(name)), ...second];
}

function sortedRule({ tags, params, ...rule }: Rule): Rule {
  const { name, doc, kind, mode, type, expr, onSuccess, onFailure, disabled } = rule;
  const members = {
    name,
    doc,
    kind: kind ?? 'TRANSFORM',
    mode: mode ?? 'WRITEREAD',
    type,
    tags: tags && tags.length > 0 ? [...new Set(tags)].toSorted() : undefined,
    params: params && sortedRecord(params, (value) => value),
    expr,
    onSuccess,
    onFailure,
    disabled: disabled ?? false,
  };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as unknown as Rule;
}

function sortedRecord<T>(record: Readonly<Record<string, T>>, order: (value: T) => T): Record<string, T> {
  const entries = Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, order(value)]));
}
