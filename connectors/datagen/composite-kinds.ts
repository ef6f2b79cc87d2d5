import { type Fields, schemas, structShape, type Value } from '../../runtime/plugin/index.ts';
import { type Building, type Generator, isRange, type Kind, kind } from './generator.ts';

/** A field with its generator. */
export interface NamedGenerator {
  readonly name: string;
  readonly generator: Generator;
}

const struct = kind(
  {
    type: 'object',
    required: ['fields'],
    properties: { fields: { type: 'object', additionalProperties: {} } },
  },
  ({ fields }, building): Generator | undefined => {
    const members = readMembers(fields, building);
    return members && structGenerator(members, (message) => building.problem('fields', message));
  },
);

/**
 * A generator of structs. Fields are made in an order in which templates find the fields they name; undefined when there is
 * none, and `problem` says why.
 */
function structGenerator(
  members: readonly NamedGenerator[],
  problem: (message: string) => void,
  name?: string,
): Generator | undefined {
  const order = orderOf(members, problem);
  if (order === undefined) return undefined;
  const schema = schemas.struct(
    members.map((member) => [member.name, member.generator.schema] as const),
    { name },
  );
  const empty = emptyStruct(order);
  return {
    schema,
    make: (random, moment) => {
      const value = empty();
      const outer = moment.siblings;
      for (let index = 0; index < order.length; index++) {
        const { name, generator } = order[index] as NamedGenerator;
        moment.siblings = value;
        value[name] = generator.make(random, moment);
      }
      moment.siblings = outer;
      return value;
    },
  };
}

/** Makes structs to be filled: with all fields from the start, so that they have one shape. No field is called __proto__. */
export function emptyStruct(members: readonly NamedGenerator[]): () => Fields {
  const shape = structShape(members.map(({ name }) => name));
  const nothing = members.map(() => null);
  return () => shape.make(nothing);
}

/** Members in their order, but each after those that it needs. */
export function orderOf<M extends NamedGenerator>(
  members: readonly M[],
  problem: (message: string) => void,
): readonly M[] | undefined {
  const byName = new Map(members.map((member) => [member.name, member]));
  const states = new Map<M, 'open' | 'done'>();
  const order: M[] = [];
  const visit = (member: M): boolean => {
    if (states.has(member)) {
      if (states.get(member) === 'done') return true;
      problem(`The template of ${member.name} needs its own value.`);
      return false;
    }
    states.set(member, 'open');
    for (const need of member.generator.needs ?? []) {
      const other = byName.get(need);
      if (other === undefined)
        problem(`The template of ${member.name} names {${need}}, which is not a field.`);
      if (other === undefined || !visit(other)) return false;
    }
    states.set(member, 'done');
    order.push(member);
    return true;
  };
  return members.every(visit) ? order : undefined;
}

const array = kind(
  {
    type: 'object',
    required: ['items'],
    properties: {
      items: {},
      min: { type: 'integer', minimum: 0, maximum: 1000, default: 1 },
      max: { type: 'integer', minimum: 0, maximum: 1000, default: 3 },
    },
  },
  ({ items, min, max }, building) => {
    const item = building.nested('items', items);
    if (!isRange(min, max, building) || item === undefined) return undefined;
    return {
      schema: schemas.array(item.schema),
      needs: item.needs ?? [],
      make: (random, moment) => {
        const values: Value[] = [];
        for (let left = random.between(min, max); left > 0; left--) values.push(item.make(random, moment));
        return values;
      },
    };
  },
);

const map = kind(
  {
    type: 'object',
    required: ['fields'],
    properties: { fields: { type: 'object', additionalProperties: {} } },
  },
  ({ fields }, building): Generator | undefined => {
    const members = readMembers(fields, building);
    const first = members?.[0];
    if (members === undefined || first === undefined) return undefined;
    if (members.some(({ generator }) => generator.schema.type !== first.generator.schema.type)) {
      building.problem('fields', 'The values of a map have one type: use a struct for several.');
      return undefined;
    }
    const made = structGenerator(members, (message) => building.problem('fields', message));
    return made && { schema: schemas.map(schemas.string(), first.generator.schema), make: made.make };
  },
);

function readMembers(fields: object, building: Building): readonly NamedGenerator[] | undefined {
  const members = Object.entries(fields).map(([name, raw]) => ({
    name,
    generator: building.nested(`fields.${name}`, raw),
  }));
  if (members.length === 0) building.problem('fields', 'At least one field is needed.');
  const complete = members.filter((member): member is NamedGenerator => member.generator !== undefined);
  return complete.length === members.length && complete.length > 0 ? complete : undefined;
}

/** Fields that hold other fields. */
export const compositeKinds: Readonly<Record<string, Kind>> = { struct, array, map };
