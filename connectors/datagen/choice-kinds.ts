import { type Schema, schemas, type Value } from '../../runtime/plugin/index.ts';
import { type Building, type Generator, type Kind, kind } from './generator.ts';

const of = { enum: ['string', 'int', 'long', 'double', 'boolean'], default: 'string' } as const;

type ChoiceType = 'string' | 'int' | 'long' | 'double' | 'boolean';

const schemaOf: Readonly<Record<ChoiceType, () => Schema>> = {
  string: schemas.string,
  int: schemas.int32,
  long: schemas.int64,
  double: schemas.float64,
  boolean: schemas.boolean,
};

const choice = kind(
  {
    type: 'object',
    required: ['values'],
    properties: {
      values: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 10_000 },
      weights: { type: 'array', items: { type: 'number', minimum: 0 }, default: [] },
      of,
    },
  },
  ({ values, weights, of }, building): Generator | undefined => {
    const choices = values.map((text) => readChoice('values', text, of, building));
    const sums = cumulated(weights, values.length, building);
    if (sums === undefined || choices.includes(undefined)) return undefined;
    const total = sums.at(-1) ?? 0;
    const schema = schemaOf[of]();
    if (weights.length === 0) return { schema, make: (random) => random.pick(choices) };
    return {
      schema,
      make: (random) => {
        const point = random.unit() * total;
        return choices[sums.findIndex((sum) => point < sum)] ?? choices.at(-1);
      },
    };
  },
);

/** Sums of the weights up to each; undefined when they do not fit the values. */
function cumulated(weights: readonly number[], count: number, building: Building): number[] | undefined {
  if (weights.length === 0) return [];
  let sum = 0;
  const sums = weights.map((weight) => {
    sum += weight;
    return sum;
  });
  const isUsable = sum > 0 && Number.isFinite(sum) && weights.length === count;
  if (!isUsable)
    building.problem('weights', `weights must be ${count} numbers, one for each value, not all 0.`);
  return isUsable ? sums : undefined;
}

const constant = kind(
  { type: 'object', required: ['value'], properties: { value: { type: 'string' }, of } },
  ({ value, of }, building) => {
    const constantValue = readChoice('value', value, of, building);
    return constantValue === undefined ? undefined : { schema: schemaOf[of](), make: () => constantValue };
  },
);

/** The value that a text means; undefined when it means none. */
function readChoice(property: string, text: string, type: ChoiceType, building: Building): Value | undefined {
  const value = readAs(type, text);
  if (value === undefined) building.problem(property, `"${text}" is not of the type ${type}.`);
  return value;
}

function readAs(type: ChoiceType, text: string): string | number | boolean | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : undefined);
  const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (type === 'double') return Number.isFinite(number) ? number : undefined;
  const isWhole = Number.isSafeInteger(number) && (type === 'long' || number === (number | 0));
  return isWhole ? number : undefined;
}

/** Fields whose values are listed. */
export const choiceKinds: Readonly<Record<string, Kind>> = { choice, constant };
