import { type Metadata, type RuleSet, rulePhases } from './entity.ts';

/** Whether a JSON value is metadata: texts where texts belong. Unknown members do not matter. */
export function isMetadata(value: unknown): value is Metadata {
  if (!isRecord(value)) return false;
  const { tags, properties, sensitive } = value;
  return (
    isOptional(tags, (each) => isRecord(each) && Object.values(each).every(isTexts)) &&
    isOptional(properties, (each) => isRecord(each) && Object.values(each).every(isText)) &&
    isOptional(sensitive, isTexts)
  );
}

/** Whether a JSON value is a rule set. Unknown members do not matter. */
export function isRuleSet(value: unknown): value is RuleSet {
  if (!isRecord(value)) return false;
  return (
    isOptional(value['enableAt'], isText) &&
    rulePhases.every((phase) =>
      isOptional(value[phase], (rules) => Array.isArray(rules) && rules.every(isRule)),
    )
  );
}

/** The members that metadata has, without nulls. */
export function plainMetadata({ tags, properties, sensitive }: Metadata): Metadata {
  return { ...(tags && { tags }), ...(properties && { properties }), ...(sensitive && { sensitive }) };
}

/** The members that a rule set has, without nulls. */
export function plainRuleSet(ruleSet: RuleSet): RuleSet {
  const phases = rulePhases.flatMap((phase) => {
    const rules = ruleSet[phase];
    return rules ? [[phase, rules.map(withoutNulls)] as const] : [];
  });
  return { ...Object.fromEntries(phases), ...(ruleSet.enableAt && { enableAt: ruleSet.enableAt }) };
}

const ruleTexts = ['doc', 'type', 'expr', 'onSuccess', 'onFailure'] as const;
const kinds: readonly unknown[] = ['TRANSFORM', 'CONDITION'];
const modes: readonly unknown[] = ['UPGRADE', 'DOWNGRADE', 'UPDOWN', 'WRITE', 'READ', 'WRITEREAD'];

function isRule(value: unknown): boolean {
  if (!isRecord(value) || !isText(value['name'])) return false;
  return (
    ruleTexts.every((key) => isOptional(value[key], isText)) &&
    isOptional(value['kind'], (kind) => kinds.includes(kind)) &&
    isOptional(value['mode'], (mode) => modes.includes(mode)) &&
    isOptional(value['tags'], isTexts) &&
    isOptional(value['params'], (each) => isRecord(each) && Object.values(each).every(isText)) &&
    isOptional(value['disabled'], (each) => typeof each === 'boolean')
  );
}

function isOptional(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || check(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) as T;
}
