import { schemas } from '../../runtime/plugin/index.ts';
import { type Generator, isRange, type Kind, kind } from './generator.ts';
import { Random } from './random.ts';
import { templateGenerator } from './template.ts';
import { words } from './words.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const LENGTH_MAX = 100_000;

const length = {
  type: 'object',
  properties: {
    min: { type: 'integer', minimum: 0, maximum: LENGTH_MAX, default: 8 },
    max: { type: 'integer', minimum: 0, maximum: LENGTH_MAX, default: 16 },
  },
} as const;

const string = kind(length, ({ min, max }, building) => {
  if (!isRange(min, max, building)) return undefined;
  return {
    schema: schemas.string(),
    make: (random) => {
      let text = '';
      for (let left = random.between(min, max); left > 0; left--)
        text += letters[random.u32() % letters.length];
      return text;
    },
  };
});

const bytes = kind(length, ({ min, max }, building) => {
  if (!isRange(min, max, building)) return undefined;
  return {
    schema: schemas.bytes(),
    make: (random) => {
      const content = Buffer.alloc(random.between(min, max));
      for (let i = 0; i < content.length; i++) content[i] = random.u32();
      return content;
    },
  };
});

const uuid = kind(
  {
    type: 'object',
    properties: {
      pool: { type: 'integer', minimum: 1 },
      space: { type: 'string', default: '' },
    },
  },
  ({ pool, space }): Generator => {
    const schema = schemas.string();
    if (pool === undefined) return { schema, make: randomUuid };
    // Not from the seed: topics that are to be joined have the same ids.
    const members = new Random(0, `uuid ${space}`);
    return { schema, make: (random) => randomUuid(members.at(random.between(1, pool))) };
  },
);

/** A version 4 UUID. */
function randomUuid(random: Random): string {
  const word = (): string => random.u32().toString(16).padStart(8, '0');
  const [a, b, c, d] = [word(), word(), word(), word()];
  const variant = '89ab'[Number.parseInt(c[0] as string, 16) & 3];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

const template = kind(
  {
    type: 'object',
    required: ['text'],
    properties: { text: { type: 'string', maxLength: 10_000 } },
  },
  ({ text }, building) => templateGenerator(text, (message) => building.problem('text', message)),
);

/** A kind without properties that makes texts. */
function phrase(make: (random: Random) => string): Kind {
  return kind({ type: 'object', properties: {} }, () => ({ schema: schemas.string(), make }));
}

function digits(random: Random, count: number): string {
  return String(random.between(0, 10 ** count - 1)).padStart(count, '0');
}

function email(random: Random): string {
  const person = `${random.pick(words.firstNames)}.${random.pick(words.lastNames)}`.toLowerCase();
  return `${person}${random.between(1, 999)}@example.com`;
}

function sentence(random: Random): string {
  const verb = random.pick(['is', 'was']);
  return `The ${random.pick(words.nouns)} ${verb} ${random.pick(words.adjectives)} and ${random.pick(words.adjectives)}.`;
}

/** Fields that are texts or bytes. */
export const textKinds: Readonly<Record<string, Kind>> = {
  string,
  bytes,
  uuid,
  template,
  first_name: phrase((random) => random.pick(words.firstNames)),
  last_name: phrase((random) => random.pick(words.lastNames)),
  name: phrase((random) => `${random.pick(words.firstNames)} ${random.pick(words.lastNames)}`),
  email: phrase(email),
  phone: phrase((random) => `+1-555-01${digits(random, 2)}-${digits(random, 4)}`),
  street: phrase((random) => `${random.between(1, 200)} ${random.pick(words.streets)}`),
  city: phrase((random) => random.pick(words.cities)),
  state: phrase((random) => random.pick(words.states)),
  zipcode: phrase((random) => digits(random, 5)),
  country: phrase((random) => random.pick(words.countries)),
  company: phrase((random) => `${random.pick(words.companies)} ${random.pick(words.companyForms)}`),
  ip: phrase((random) => `${random.pick(words.networks)}.${random.between(1, 254)}`),
  user_agent: phrase((random) => random.pick(words.userAgents)),
  sentence: phrase(sentence),
};
