import { SerializationError } from '../errors.ts';
import type { Rule, SchemaDefinition } from '../store/entity.ts';
import type { RecordHeader } from './wire-format.ts';

/** What a rule is run for. */
export type RuleMode = 'WRITE' | 'READ' | 'UPGRADE' | 'DOWNGRADE';

/**
 * Runs one type of rules (`CEL`, `JSONATA`, `ENCRYPT`, …): returns the new value, or for a rule of the kind CONDITION whether
 * the value may pass. Encoding rules get and give bytes. What it throws is a failure of the rule.
 */
export type RuleExecutor = (value: unknown, rule: Rule, mode: RuleMode) => unknown;

/** Who runs which type of rules; this package has no engine of its own. */
export type RuleExecutors = Readonly<Record<string, RuleExecutor>>;

/** What rules do to a value. Throws {@link SerializationError}. */
export type ValueRule = (value: unknown) => unknown;

/**
 * The rules of a list that hold for the mode, as one step; undefined when there are none. Throws {@link SerializationError},
 * with the rule's name and type, when nobody can run one that may not be left out (`onFailure` other than NONE).
 */
export function rulesFor(
  rules: readonly Rule[] | undefined,
  mode: RuleMode,
  executors: RuleExecutors = {},
): ValueRule | undefined {
  const active = (rules ?? []).filter((rule) => rule.disabled !== true && holdsFor(rule, mode));
  const ordered = mode === 'READ' || mode === 'DOWNGRADE' ? active.toReversed() : active;
  const steps = ordered.flatMap((rule) => stepOf(rule, mode, executors) ?? []);
  return inTurn(steps);
}

/** Several steps as one; undefined when there are none. */
export function inTurn(steps: readonly ValueRule[]): ValueRule | undefined {
  return steps.length === 0 ? undefined : (value) => steps.reduce((each, step) => step(each), value);
}

/** For those who run no rules. Throws {@link SerializationError} when what is written with the schema needs some to be read. */
export function checkReadable({ ruleSet }: SchemaDefinition): void {
  rulesFor(ruleSet?.encodingRules, 'READ');
  rulesFor(ruleSet?.domainRules, 'READ');
}

type Encode = (value: unknown, headers?: RecordHeader[]) => Buffer | null;

/** The encoder with the schema's rules around it; `prefixLength` bytes in front of the payload are not the rules' matter. */
export function withWriteRules(
  encode: Encode,
  { ruleSet }: SchemaDefinition,
  prefixLength: number,
  executors: RuleExecutors | undefined,
): Encode {
  const onValue = rulesFor(ruleSet?.domainRules, 'WRITE', executors);
  const onBytes = rulesFor(ruleSet?.encodingRules, 'WRITE', executors);
  if (onValue === undefined && onBytes === undefined) return encode;
  return (value, headers) => {
    if (value === null) return null;
    const bytes = encode(onValue === undefined ? value : onValue(value), headers);
    if (bytes === null || onBytes === undefined) return bytes;
    const payload = asBytes(onBytes(bytes.subarray(prefixLength)));
    return Buffer.concat([bytes.subarray(0, prefixLength), payload]);
  };
}

/** The payload from `position` on, after the encoding rules. */
export function payloadFrom(bytes: Uint8Array, position: number, onBytes: ValueRule): Uint8Array {
  return asBytes(onBytes(Buffer.from(bytes.subarray(position))));
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new SerializationError('an encoding rule gave something else than bytes');
}

const modes: Readonly<Record<RuleMode, readonly string[]>> = {
  WRITE: ['WRITE', 'WRITEREAD'],
  READ: ['READ', 'WRITEREAD'],
  UPGRADE: ['UPGRADE', 'UPDOWN'],
  DOWNGRADE: ['DOWNGRADE', 'UPDOWN'],
};

function holdsFor({ mode = 'WRITEREAD' }: Rule, wanted: RuleMode): boolean {
  return modes[wanted].includes(mode);
}

/** Undefined when nobody can run the rule and it may be left out. */
function stepOf(rule: Rule, mode: RuleMode, executors: RuleExecutors): ValueRule | undefined {
  const { name, type = '' } = rule;
  const execute = Object.hasOwn(executors, type) ? executors[type] : undefined;
  const isOptional = failureAction(rule, mode) === 'NONE';
  if (execute === undefined) {
    if (isOptional) return undefined;
    throw new SerializationError(
      `the schema's rule ${name} of type ${type} cannot be run: give an executor of this type, or set the rule's onFailure to NONE`,
    );
  }
  return (value) => {
    try {
      const result = execute(value, rule, mode);
      if (rule.kind !== 'CONDITION') return result;
      if (result === true) return value;
      throw new SerializationError(rule.doc ?? `the condition ${rule.expr ?? ''} does not hold`);
    } catch (error) {
      if (isOptional) return value;
      const reason = error instanceof Error ? error.message : String(error);
      throw new SerializationError(`the rule ${name} of type ${type} failed: ${reason}`, { cause: error });
    }
  };
}

/** Two actions with a comma: the first is for writing and upgrades, the second for reading and downgrades. */
function failureAction({ onFailure = 'ERROR' }: Rule, mode: RuleMode): string {
  const [first = 'ERROR', second = first] = onFailure.split(',').map((action) => action.trim());
  return mode === 'READ' || mode === 'DOWNGRADE' ? second : first;
}
