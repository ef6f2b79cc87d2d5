import { type Rule, type RuleSet, rulePhases } from './entity.ts';
import { rejection } from './rejection.ts';

const namePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const nameLengthMax = 256;

/** Modes that make sense in each phase. */
const phaseModes: Readonly<Record<(typeof rulePhases)[number], readonly (Rule['mode'] | undefined)[]>> = {
  migrationRules: ['UPGRADE', 'DOWNGRADE', 'UPDOWN'],
  domainRules: ['WRITE', 'READ', 'WRITEREAD', undefined],
  encodingRules: ['WRITE', 'READ', 'WRITEREAD', undefined],
};

/** Throws 42210 for rules that no serializer could follow. */
export function checkRuleSet(ruleSet: RuleSet | undefined): void {
  const names = new Set<string>();
  for (const phase of rulePhases) {
    for (const rule of ruleSet?.[phase] ?? []) {
      if (names.has(rule.name))
        throw rejection.invalidRuleSet(`Found rule with duplicate name '${rule.name}'`);
      names.add(rule.name);
      checkRule(rule, phase);
    }
  }
}

function checkRule(
  { name, type, mode, onSuccess, onFailure }: Rule,
  phase: (typeof rulePhases)[number],
): void {
  const fail = (problem: string) => {
    throw rejection.invalidRuleSet(`Invalid rule '${name}', details: ${problem}`);
  };
  if (name === '') fail('the name is missing');
  if (name.length > nameLengthMax) fail(`the name is longer than ${nameLengthMax} characters`);
  if (!namePattern.test(name))
    fail('the name may have letters, digits, _ and -, and begins with a letter or _');
  if (type === undefined || type === '') fail('the type is missing');
  if (!phaseModes[phase].includes(mode)) fail(`the mode ${mode ?? 'WRITEREAD'} is not one of ${phase}`);
  const isPaired = mode === undefined || mode === 'WRITEREAD' || mode === 'UPDOWN';
  for (const action of [onSuccess, onFailure]) {
    if (action?.includes(',') === true && !isPaired) fail('two actions need the mode WRITEREAD or UPDOWN');
  }
}
