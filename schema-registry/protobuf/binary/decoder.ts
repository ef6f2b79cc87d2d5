import { SerializationError } from '../../errors.ts';
import { wireTypeOf } from './encoder.ts';
import type { FieldPlan, MessagePlan, MessagePlans, ValueType } from './message-plan.ts';
import { type ProtoReader, wireTypes } from './reader.ts';
import { scalars } from './scalars.ts';

type Message = Record<string, unknown>;

/** A number that a closed enum does not have: as if nothing was there. */
const unknown = Symbol('unknown');

/** Reads values of planned messages. Throws {@link SerializationError}. */
export class Decoder {
  readonly #plans: MessagePlans;
  readonly #reader: ProtoReader;

  constructor(plans: MessagePlans, reader: ProtoReader) {
    this.#plans = plans;
    this.#reader = reader;
  }

  /** Reads to the reader's end, or to the end of the `group`, into a new message or one that was begun before. */
  message(plan: MessagePlan, begun?: unknown, group?: number): Message {
    const message: Message = (begun as Message | undefined) ?? {};
    while (group !== undefined || !this.#reader.isAtEnd) {
      const { field, wireType } = this.#reader.tag();
      if (wireType === wireTypes.groupEnd) {
        if (field === group) break;
        throw new SerializationError(`a group ends as ${field} that has not begun`);
      }
      const known = plan.byTag.get(field);
      if (known === undefined || !this.#field(plan, known, wireType, message))
        this.#reader.skip(wireType, field);
    }
    complete(plan, message);
    return message;
  }

  /** False when the wire type is not one that the field can have. */
  #field(plan: MessagePlan, field: FieldPlan, wireType: number, message: Message): boolean {
    const expected = wireTypeOf(field.type);
    if (field.mapKey !== undefined) {
      if (wireType !== wireTypes.bytes) return false;
      this.#mapEntry(field, field.mapKey, message);
      return true;
    }
    const isPackable = field.isRepeated && expected !== wireTypes.bytes && expected !== wireTypes.groupStart;
    if (wireType !== expected && !(isPackable && wireType === wireTypes.bytes)) return false;
    if (!field.isRepeated) {
      const value = this.#value(field.type, field.tag, own(message, field.name));
      if (value === unknown) return true;
      if (field.oneof !== undefined) clearOneof(plan, field, message);
      set(message, field.name, value);
      return true;
    }
    const items = listIn(message, field.name);
    if (wireType === expected) this.#item(field, items);
    else
      this.#reader.within(() => {
        while (!this.#reader.isAtEnd) this.#item(field, items);
      });
    return true;
  }

  #item({ type, tag }: FieldPlan, items: unknown[]): void {
    const value = this.#value(type, tag);
    if (value !== unknown) items.push(value);
  }

  #mapEntry(field: FieldPlan, keyType: ValueType, message: Message): void {
    const map = mapIn(message, field.name);
    this.#reader.within(() => {
      let key = zeroOf(keyType);
      let value: unknown;
      while (!this.#reader.isAtEnd) {
        const { field: tag, wireType } = this.#reader.tag();
        if (tag === 1 && wireType === wireTypeOf(keyType)) key = this.#value(keyType, 1);
        else if (tag === 2 && wireType === wireTypeOf(field.type)) value = this.#value(field.type, 2, value);
        else this.#reader.skip(wireType, tag);
      }
      if (value === unknown) return;
      set(map, String(key), value ?? this.#absent(field.type));
    });
  }

  #absent(type: ValueType): unknown {
    if (type.kind !== 'message') return zeroOf(type);
    const message: Message = {};
    complete(this.#plans.plan(type.definition), message);
    return message;
  }

  #value(type: ValueType, tag: number, begun?: unknown): unknown {
    if (type.kind === 'message') {
      const plan = this.#plans.plan(type.definition);
      if (type.isGroup) return this.#reader.nested(() => this.message(plan, begun, tag));
      return this.#reader.within(() => this.message(plan, begun));
    }
    if (type.kind === 'scalar') {
      return type.scalar === 'string'
        ? this.#reader.string(type.isUtf8Checked)
        : scalars[type.scalar].read(this.#reader);
    }
    const number = this.#reader.int32();
    const constant = type.definition.element.constants.find((each) => each.tag === number);
    return constant?.name ?? (type.isClosed ? unknown : number);
  }
}

/** Fills in what is there although nothing was written. Throws when something required is not. */
function complete({ name, fields }: MessagePlan, message: Message): void {
  for (const field of fields) {
    if (Object.hasOwn(message, field.name)) continue;
    if (field.isRequired) throw new SerializationError(`${name} has no ${field.name}, which is required`);
    if (field.mapKey !== undefined) set(message, field.name, {});
    else if (field.isRepeated) set(message, field.name, []);
    else if (!field.hasPresence) set(message, field.name, zeroOf(field.type));
  }
}

function zeroOf(type: ValueType): unknown {
  if (type.kind === 'scalar') return scalars[type.scalar].zero();
  if (type.kind === 'message') return {};
  const { constants } = type.definition.element;
  const zero = type.isClosed ? constants[0] : constants.find(({ tag }) => tag === 0);
  return zero?.name ?? 0;
}

function clearOneof({ oneofs }: MessagePlan, { oneof, name }: FieldPlan, message: Message): void {
  for (const member of oneofs.get(oneof ?? '') ?? []) if (member !== name) delete message[member];
}

function own(message: Message, name: string): unknown {
  return Object.hasOwn(message, name) ? message[name] : undefined;
}

function listIn(message: Message, name: string): unknown[] {
  const list = own(message, name);
  if (Array.isArray(list)) return list;
  const created: unknown[] = [];
  set(message, name, created);
  return created;
}

function mapIn(message: Message, name: string): Message {
  const map = own(message, name);
  if (typeof map === 'object' && map !== null) return map as Message;
  const created: Message = {};
  set(message, name, created);
  return created;
}

/** Also `__proto__` is a name like any other. */
function set(target: Message, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
