import {
  type ConfigProblem,
  parsePluginConfig,
  type RawConfig,
  schemas,
  type Value,
} from '../../runtime/plugin/index.ts';
import { choiceKinds } from './choice-kinds.ts';
import { compositeKinds } from './composite-kinds.ts';
import type { Building, Generator, Kind } from './generator.ts';
import { momentKinds } from './moment-kinds.ts';
import { numberKinds } from './number-kinds.ts';
import { textKinds } from './text-kinds.ts';

/** Every type that a field may have. */
const fieldKinds: Readonly<Record<string, Kind>> = {
  ...numberKinds,
  ...textKinds,
  ...choiceKinds,
  ...momentKinds,
  ...compositeKinds,
};

/**
 * Makes the generator of a field from its description; undefined when it has problems, which are added to `problems` under
 * the key `path`.
 */
export function readField(path: string, raw: unknown, problems: ConfigProblem[]): Generator | undefined {
  const description: RawConfig = typeof raw === 'object' && raw !== null ? { ...raw } : { type: raw };
  const { type, nulls, ...properties } = description;
  const name = String(type).trim().toLowerCase().replaceAll('-', '_');
  const found = Object.hasOwn(fieldKinds, name) ? fieldKinds[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(fieldKinds).join(', ');
    const told = type === undefined ? 'has no type' : `has the unknown type "${String(type)}"`;
    problems.push({ key: path, message: `The field ${path} ${told}.`, hint: `Types: ${known}.` });
    return undefined;
  }
  const add = (property: string, message: string, hint?: string): void => {
    problems.push({ key: `${path}.${property}`, message: `${path}: ${message}`, hint });
  };
  const before = problems.length;
  const parsed = parsePluginConfig(found.config, properties);
  for (const { key, message, hint } of parsed.problems) add(key, message, hint);
  const odds = readOdds(nulls, add);
  if (problems.length > before) return undefined;
  const building: Building = {
    type: name,
    nested: (inner, description) => readField(`${path}.${inner}`, description, problems),
    problem: add,
  };
  const generator = found.build(parsed.config, building);
  return generator === undefined || odds === 0 ? generator : nullable(generator, odds);
}

/** How often a field is null, from 0 to 1. */
function readOdds(nulls: unknown, add: (property: string, message: string) => void): number {
  const odds = nulls === undefined || nulls === '' ? 0 : Number(nulls);
  if (odds >= 0 && odds <= 1) return odds;
  add('nulls', `nulls is a number from 0 to 1, not "${String(nulls)}".`);
  return 0;
}

function nullable(generator: Generator, odds: number): Generator {
  return {
    ...generator,
    schema: schemas.optional(generator.schema),
    make: (random, moment): Value => (random.unit() < odds ? null : generator.make(random, moment)),
  };
}
