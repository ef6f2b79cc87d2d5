import type { FieldPlan, MessagePlan, MessagePlans, ValueType } from '../binary/message-plan.ts';
import { type LinkedFile, resolveExtension } from '../files.ts';
import type { OptionEntry, OptionName, OptionValue, ProtoOption } from '../syntax-tree.ts';

type Message = Record<string, unknown>;

/** Options as values of `google.protobuf.*Options`, and back. Options that nothing defines are left out. */
export class OptionMessages {
  readonly #file: LinkedFile;
  readonly #plans: MessagePlans;

  constructor(file: LinkedFile, plans: MessagePlans) {
    this.#file = file;
    this.#plans = plans;
  }

  /** Undefined when there are no options to tell. */
  toMessage(plan: MessagePlan, options: readonly ProtoOption[], scope: string): Message | undefined {
    const message: Message = {};
    for (const { name, value } of options) this.#put(message, plan, name, value, scope);
    return Object.keys(message).length === 0 ? undefined : message;
  }

  fromMessage(plan: MessagePlan, message: Message | undefined): ProtoOption[] {
    if (message === undefined) return [];
    return plan.fields.flatMap((field) => {
      if (field.name === 'uninterpreted_option' || !Object.hasOwn(message, field.name)) return [];
      const values = this.#shown(field, message[field.name]);
      return values.map((value) => ({ name: [nameOf(field)], value }));
    });
  }

  #put(
    message: Message,
    plan: MessagePlan,
    [first, ...rest]: readonly OptionName[],
    value: OptionValue,
    scope: string,
  ): void {
    const field = first === undefined ? undefined : this.#field(plan, first, scope);
    if (field === undefined) return;
    if (rest.length > 0) {
      if (field.type.kind !== 'message' || field.isRepeated) return;
      const inner = (message[field.name] ?? {}) as Message;
      message[field.name] = inner;
      this.#put(inner, this.#plans.plan(field.type.definition), rest, value, scope);
      return;
    }
    const items = value.kind === 'list' ? value.items : [value];
    if (field.mapKey !== undefined) this.#putEntries(message, field, items, scope);
    else if (field.isRepeated) {
      const list = (message[field.name] ?? []) as unknown[];
      message[field.name] = list;
      for (const item of items) list.push(this.#value(field.type, item, scope));
    } else message[field.name] = this.#value(field.type, value, scope);
  }

  #putEntries(message: Message, field: FieldPlan, items: readonly OptionValue[], scope: string): void {
    const map = (message[field.name] ?? {}) as Message;
    message[field.name] = map;
    for (const item of items) {
      if (item.kind !== 'map') continue;
      const part = (name: string) => item.entries.find(({ key }) => key.text === name)?.value;
      const [key, value] = [part('key'), part('value')];
      const text =
        key?.kind === 'string'
          ? key.bytes.toString('utf8')
          : key?.kind === 'list' || key?.kind === 'map'
            ? ''
            : key?.text;
      map[text ?? ''] = value === undefined ? '' : this.#value(field.type, value, scope);
    }
  }

  #field(plan: MessagePlan, { text, isExtension }: OptionName, scope: string): FieldPlan | undefined {
    const name = isExtension ? `[${resolveExtension(this.#file, text, scope)?.name ?? ''}]` : text;
    return plan.byName.get(name);
  }

  #value(type: ValueType, value: OptionValue, scope: string): unknown {
    if (type.kind === 'message') {
      const message: Message = {};
      const plan = this.#plans.plan(type.definition);
      if (value.kind === 'map')
        for (const { key, value: each } of value.entries) this.#put(message, plan, [key], each, scope);
      return message;
    }
    if (value.kind === 'string') {
      return type.kind === 'scalar' && type.scalar === 'bytes' ? value.bytes : value.bytes.toString('utf8');
    }
    if (value.kind === 'list' || value.kind === 'map') return undefined;
    return type.kind === 'enum' ? enumValue(value.text) : scalarValue(type.scalar, value.text);
  }

  /** The values of a field as options: one for each when it is repeated, one list of entries when it is a map. */
  #shown(field: FieldPlan, value: unknown): OptionValue[] {
    if (field.mapKey !== undefined) {
      const entries = Object.entries(value as Message).map(
        ([key, item]): OptionValue => ({
          kind: 'map',
          entries: [
            { key: plain('key'), value: text(key) },
            { key: plain('value'), value: this.#one(field.type, item) },
          ],
        }),
      );
      const [only] = entries;
      if (only === undefined) return [];
      return [entries.length === 1 ? only : { kind: 'list', items: entries }];
    }
    const items = field.isRepeated ? (value as readonly unknown[]) : [value];
    return items.map((item) => this.#one(field.type, item));
  }

  #one(type: ValueType, value: unknown): OptionValue {
    if (type.kind === 'message') {
      const plan = this.#plans.plan(type.definition);
      return { kind: 'map', entries: plan.fields.flatMap((field) => this.#entry(field, value as Message)) };
    }
    if (type.kind === 'scalar' && Buffer.isBuffer(value)) return { kind: 'string', bytes: value };
    if (type.kind === 'scalar' && type.scalar === 'string') return text(String(value));
    const isWord = typeof value === 'boolean' || typeof value === 'string';
    return { kind: isWord ? 'word' : 'number', text: numberText(value) };
  }

  #entry(field: FieldPlan, message: Message): OptionEntry[] {
    if (!Object.hasOwn(message, field.name)) return [];
    const values = this.#shown(field, message[field.name]);
    const [first] = values;
    if (first === undefined || (!field.hasPresence && isEmpty(message[field.name]))) return [];
    return [{ key: nameOf(field), value: values.length === 1 ? first : { kind: 'list', items: values } }];
  }
}

function isEmpty(value: unknown): boolean {
  return value === 0 || value === '' || value === false || (Buffer.isBuffer(value) && value.length === 0);
}

function nameOf({ name }: FieldPlan): OptionName {
  const extension = /^\[(.*)\]$/.exec(name)?.[1];
  return extension === undefined ? plain(name) : { text: extension, isExtension: true };
}

function plain(text: string): OptionName {
  return { text, isExtension: false };
}

function text(value: string): OptionValue {
  return { kind: 'string', bytes: Buffer.from(value) };
}

function numberText(value: unknown): string {
  if (typeof value !== 'number' || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
}

function enumValue(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Unreadable numbers become zero: an option must not keep a schema from being served. */
function scalarValue(scalar: string, text: string): unknown {
  if (scalar === 'bool') return text === 'true';
  if (scalar === 'string') return text;
  if (scalar === 'bytes') return Buffer.from(text);
  if (scalar === 'float' || scalar === 'double') return realValue(text);
  const isOctal = /^-?0\d+$/.test(text);
  const magnitude = text.replace('-', '');
  const literal = isOctal ? `0o${magnitude.slice(1)}` : magnitude;
  if (!/^(?:0[xX][\da-fA-F]+|0o[0-7]+|\d+)$/.test(literal)) return 0;
  const wide = text.startsWith('-') ? -BigInt(literal) : BigInt(literal);
  const number = Number(wide);
  return Number.isSafeInteger(number) ? number : wide;
}

function realValue(text: string): number {
  const magnitude = text.replace('-', '').toLowerCase();
  const known =
    magnitude === 'inf'
      ? Number.POSITIVE_INFINITY
      : magnitude === 'nan'
        ? Number.NaN
        : Number(magnitude.replace(/f$/, ''));
  return text.startsWith('-') ? -known : known;
}
