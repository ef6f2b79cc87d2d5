import {
  type ConfigProblem,
  type Fields,
  getField,
  type Schema,
  type SourceRecord,
  schemas,
} from '../../runtime/plugin/index.ts';
import { emptyStruct, type NamedGenerator, orderOf } from './composite-kinds.ts';
import { readField } from './field-reading.ts';
import type { Moment } from './generator.ts';
import { Random } from './random.ts';
import type { RawFields } from './raw-fields.ts';

/** What a {@link RecordMaker} is made of. */
export interface RecordPlan {
  readonly fields: RawFields;
  /** Empty: records have no key. */
  readonly keyField: string;
  readonly schemaName: string;
}

/** The fields of a plan, compiled. */
export interface CompiledPlan {
  readonly schema: Schema;
  /** In the order they are made in. */
  readonly members: readonly NamedGenerator[];
  readonly keyField: string;
  readonly keySchema: Schema | undefined;
}

/** Compiles a plan. Adds what is wrong with it to `problems`, and is undefined then. */
export function compilePlan(plan: RecordPlan, problems: ConfigProblem[]): CompiledPlan | undefined {
  const found = Object.entries(plan.fields).map(([name, raw]) => ({
    name,
    generator: readField(`fields.${name}`, raw, problems),
  }));
  const { keyField } = plan;
  if (keyField !== '' && !found.some(({ name }) => name === keyField)) {
    problems.push({
      key: 'schema.keyfield',
      message: `schema.keyfield names "${keyField}", which is not a field.`,
    });
  }
  const members = found.filter((member): member is NamedGenerator => member.generator !== undefined);
  if (members.length < found.length) return undefined;
  const order = orderOf(members, (message) => problems.push({ key: 'fields', message }));
  if (order === undefined || problems.length > 0) return undefined;
  return {
    schema: schemas.struct(
      members.map(({ name, generator }) => [name, generator.schema] as const),
      { name: plan.schemaName },
    ),
    members: order,
    keyField,
    keySchema: members.find(({ name }) => name === keyField)?.generator.schema,
  };
}

interface Step extends NamedGenerator {
  readonly random: Random;
}

/** Makes the record of any index. Each field has random numbers of its own: another field more changes no other. */
export class RecordMaker {
  readonly #plan: CompiledPlan;
  readonly #topic: string;
  readonly #steps: readonly Step[];
  readonly #empty: () => Fields;
  readonly #moment: Moment;

  constructor(plan: CompiledPlan, options: { topic: string; seed: number; now: () => number }) {
    this.#plan = plan;
    this.#topic = options.topic;
    this.#steps = plan.members.map((member) => ({
      ...member,
      random: new Random(options.seed, `field ${member.name}`),
    }));
    this.#empty = emptyStruct(plan.members);
    this.#moment = { index: 0, siblings: {}, now: options.now };
  }

  make(index: number): SourceRecord {
    const value = this.#empty();
    const moment = this.#moment;
    const steps = this.#steps;
    moment.index = index;
    for (let step = 0; step < steps.length; step++) {
      const { name, generator, random } = steps[step] as Step;
      moment.siblings = value;
      value[name] = generator.make(random.at(index), moment);
    }
    const { keyField, keySchema, schema } = this.#plan;
    return {
      topic: this.#topic,
      keySchema,
      key: keyField === '' ? null : getField(value, keyField),
      valueSchema: schema,
      value,
    };
  }
}
