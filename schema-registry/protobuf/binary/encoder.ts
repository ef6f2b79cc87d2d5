import { SerializationError } from '../../errors.ts';
import type { EnumDefinition } from '../files.ts';
import type { FieldPlan, MessagePlan, MessagePlans, ValueType } from './message-plan.ts';
import { wireTypes } from './reader.ts';
import { scalars } from './scalars.ts';
import type { ProtoWriter } from './writer.ts';

/** Deepest nesting of values: a value that contains itself must be an error. */
const depthMax = 100;

/** Writes values of planned messages. All methods throw {@link SerializationError}, which says what and where. */
export class Encoder {
  readonly #plans: MessagePlans;
  readonly #writer: ProtoWriter;
  readonly #path: string[] = [];

  constructor(plans: MessagePlans, writer: ProtoWriter) {
    this.#plans = plans;
    this.#writer = writer;
  }

  message(plan: MessagePlan, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#mismatch(`an object for the message ${plan.name}`, value);
    }
    if (this.#path.length > depthMax)
      throw new SerializationError(`values are nested deeper than ${depthMax}`);
    this.#checkOneofs(plan, value);
    for (const field of plan.fields) {
      const member = Object.hasOwn(value, field.name)
        ? (value as Record<string, unknown>)[field.name]
        : undefined;
      this.#path.push(field.name);
      if (member !== undefined && member !== null) this.#field(field, member);
      else if (field.isRequired) throw this.#error('is required and missing');
      this.#path.pop();
    }
  }

  #checkOneofs({ oneofs }: MessagePlan, value: object): void {
    for (const [oneof, members] of oneofs) {
      const isSet = (name: string) => {
        const member = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
        return member !== undefined && member !== null;
      };
      const set = members.filter(isSet);
      if (set.length > 1)
        throw this.#error(`has ${set.join(' and ')}, but only one of the oneof ${oneof} may be set`);
    }
  }

  #field(field: FieldPlan, value: unknown): void {
    if (field.mapKey !== undefined) this.#map(field, field.mapKey, value);
    else if (field.isRepeated) this.#list(field, value);
    else if (field.hasPresence || !isZero(field.type, value)) this.#tagged(field.tag, field.type, value);
  }

  #list(field: FieldPlan, value: unknown): void {
    if (!Array.isArray(value)) throw this.#mismatch('an array', value);
    const items: readonly unknown[] = value;
    if (!field.isPacked) {
      for (const item of items) this.#tagged(field.tag, field.type, item);
    } else if (items.length > 0) {
      this.#writer.tag(field.tag, wireTypes.bytes);
      this.#writer.measured(() => {
        for (const item of items) this.#value(field.type, item);
      });
    }
  }

  #map(field: FieldPlan, key: ValueType, value: unknown): void {
    const entries =
      value instanceof Map ? [...value] : typeof value === 'object' ? Object.entries(value ?? {}) : undefined;
    if (entries === undefined) throw this.#mismatch('an object or a Map', value);
    for (const [name, item] of entries) {
      this.#writer.tag(field.tag, wireTypes.bytes);
      this.#writer.measured(() => {
        this.#tagged(1, key, mapKeyOf(key, name));
        this.#tagged(2, field.type, item);
      });
    }
  }

  #tagged(tag: number, type: ValueType, value: unknown): void {
    if (type.kind === 'message' && type.isGroup) {
      this.#writer.tag(tag, wireTypes.groupStart);
      this.message(this.#plans.plan(type.definition), value);
      this.#writer.tag(tag, wireTypes.groupEnd);
      return;
    }
    this.#writer.tag(tag, wireTypeOf(type));
    this.#value(type, value);
  }

  #value(type: ValueType, value: unknown): void {
    if (type.kind === 'message') {
      this.#writer.measured(() => this.message(this.#plans.plan(type.definition), value));
    } else if (type.kind === 'enum') {
      this.#writer.int64(this.#enum(type.definition, value));
    } else {
      const scalar = scalars[type.scalar];
      if (!scalar.accepts(value)) throw this.#mismatch(scalar.expected, value);
      scalar.write(this.#writer, value as never);
    }
  }

  #enum({ name, element }: EnumDefinition, value: unknown): number {
    if (typeof value === 'number' && value === (value | 0)) return value;
    const constant = element.constants.find((each) => each.name === value);
    if (constant === undefined) throw this.#mismatch(`a constant of the enum ${name}`, value);
    return constant.tag;
  }

  #mismatch(expected: string, value: unknown): SerializationError {
    const shown =
      typeof value === 'object'
        ? value === null
          ? 'null'
          : 'an object'
        : `${typeof value} ${String(value)}`;
    return this.#error(`must be ${expected}, not ${shown}`);
  }

  #error(problem: string): SerializationError {
    return new SerializationError(
      `${this.#path.length === 0 ? 'the value' : this.#path.join('.')} ${problem}`,
    );
  }
}

/** The wire type that a value of this type has when it is not packed. */
export function wireTypeOf(type: ValueType): number {
  if (type.kind === 'scalar') return scalars[type.scalar].wireType;
  if (type.kind === 'enum') return wireTypes.varint;
  return type.isGroup ? wireTypes.groupStart : wireTypes.bytes;
}

function isZero(type: ValueType, value: unknown): boolean {
  if (type.kind === 'scalar') return scalars[type.scalar].isZero(value);
  if (type.kind === 'message') return false;
  const zero = type.definition.element.constants.find(({ tag }) => tag === 0);
  return value === 0 || value === zero?.name;
}

/** Objects have nothing but text as keys. */
function mapKeyOf(type: ValueType, key: unknown): unknown {
  if (typeof key !== 'string' || type.kind !== 'scalar' || type.scalar === 'string') return key;
  if (type.scalar === 'bool') return key === 'true' ? true : key === 'false' ? false : key;
  if (!/^-?\d+$/.test(key)) return key;
  return Number.isSafeInteger(Number(key)) ? Number(key) : BigInt(key);
}
