import type { ConfigOf, ConfigSchema, Fields, Schema, Value } from '../../runtime/plugin/index.ts';
import type { Random } from './random.ts';

/** Which value is asked for. One object serves all fields of a record, and all records. */
export interface Moment {
  /** Number of the record, from 0. */
  index: number;
  /** The struct that is being filled: what templates refer to. */
  siblings: Fields;
  /** The wall clock, in milliseconds. */
  now(): number;
}

/** Makes the values of one field. `random` stands at the start of what belongs to the field and record. */
export interface Generator {
  readonly schema: Schema;
  make(random: Random, moment: Moment): Value;
  /** Fields of the same struct that must have been made before. */
  readonly needs?: readonly string[];
}

/** What a kind of field builds its generator with. */
export interface Building {
  /** The kind that was asked for, for kinds that share a builder. */
  readonly type: string;
  /** Builds a nested field from its raw description; undefined when it has problems. */
  nested(name: string, raw: unknown): Generator | undefined;
  /** Says what is wrong with a property of the field. */
  problem(property: string, message: string): void;
}

/** A kind of field: its properties, and how a generator is made of them. Undefined when there are problems. */
export interface Kind {
  readonly config: ConfigSchema;
  build(config: object, building: Building): Generator | undefined;
}

/** Makes a kind; the type of `build`'s config is inferred from the properties. */
export function kind<const S extends ConfigSchema>(
  config: S,
  build: (config: ConfigOf<S>, building: Building) => Generator | undefined,
): Kind {
  return { config, build: (values, building) => build(values as ConfigOf<S>, building) };
}

/** Reports `min` above `max`. */
export function isRange(min: number, max: number, building: Building): boolean {
  if (min <= max && max - min < Number.MAX_SAFE_INTEGER) return true;
  building.problem(
    'min',
    min > max ? `min is ${min}, above max, which is ${max}.` : 'max - min must be below 2^53.',
  );
  return false;
}
