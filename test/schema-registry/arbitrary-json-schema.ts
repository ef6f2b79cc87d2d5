import fc from 'fast-check';

type Draft = '04' | '06' | '07' | '2019-09' | '2020-12';
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = boolean | { readonly [keyword: string]: Json };

/** A random choice among so many. */
type Pick = (count: number) => number;

/** A JSON Schema with a successor that resembles it, and values that fit one of them, or nearly do. */
export interface JsonSchemaPair {
  readonly old: Schema;
  readonly now: Schema;
  readonly instances: readonly Json[];
}

export const jsonSchemaPairs: fc.Arbitrary<JsonSchemaPair> = fc
  .infiniteStream(fc.nat(0xffff))
  .map((stream) => {
    const numbers = stream[Symbol.iterator]();
    const pick: Pick = (count) => Number(numbers.next().value ?? 0) % count;
    const draft = of<Draft>(pick, ['04', '06', '07', '2019-09', '2020-12']);
    const maker = new SchemaMaker(draft, pick);
    const old = maker.schema(3);
    const now = maker.changed(old);
    const instances = Array.from({ length: 12 }, (_, index) =>
      maker.instance(index % 3 === 0 ? now : old, 3),
    );
    return { old: maker.document(old), now: maker.document(now), instances };
  });

const urls: Readonly<Record<Draft, string>> = {
  '04': 'http://json-schema.org/draft-04/schema#',
  '06': 'http://json-schema.org/draft-06/schema#',
  '07': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

const texts = ['', 'a', 'ab', 'abc', 'ba', 'é', '𝄞', 'a1'];
const numbers = [-3, -1, 0, 1, 2, 3, 4, 2.5, 10, 1000];
const keys = ['a', 'b', 'c', 'x1', 'x2', 'é'];
const patterns = ['^a', 'b$', '^[a-z]*$', '[0-9]'];

class SchemaMaker {
  readonly #draft: Draft;
  readonly #pick: Pick;
  /** What `#/definitions/…` may be. */
  readonly #definitions = new Map<string, Schema>();

  constructor(draft: Draft, pick: Pick) {
    this.#draft = draft;
    this.#pick = pick;
  }

  /** With what it refers to. */
  document(schema: Schema): Schema {
    const own = typeof schema === 'boolean' ? (schema ? {} : { not: {} }) : schema;
    const definitions = Object.fromEntries(this.#definitions);
    return { $schema: urls[this.#draft], ...own, ...(this.#definitions.size > 0 && { definitions }) };
  }

  schema(depth: number): Schema {
    const simple = ['string', 'number', 'integer', 'boolean', 'null', 'enum', 'const', 'any'] as const;
    const nested = [
      'object',
      'object',
      'object',
      'array',
      'tuple',
      'combined',
      'not',
      'types',
      'ref',
    ] as const;
    const kind = of(this.#pick, depth > 0 && !this.#rarely(3) ? nested : simple);
    switch (kind) {
      case 'string':
        return {
          type: kind,
          ...this.#some({
            minLength: this.#pick(3),
            maxLength: this.#pick(4),
            pattern: of(this.#pick, patterns),
          }),
        };
      case 'number':
      case 'integer':
        return { type: kind, ...this.#limits() };
      case 'boolean':
      case 'null':
        return { type: kind };
      case 'enum':
        return { enum: this.#values() };
      case 'const':
        return this.#draft === '04' ? { enum: [this.#value()] } : { const: this.#value() };
      case 'any':
        return this.#draft === '04' ? {} : of(this.#pick, [true, {}, true, false]);
      case 'array':
        return {
          type: kind,
          ...this.#some({
            items: this.schema(depth - 1),
            minItems: this.#pick(2),
            maxItems: this.#pick(4),
            uniqueItems: true,
          }),
        };
      case 'tuple':
        return { type: 'array', ...this.#tuple(depth) };
      case 'object':
        return { type: kind, ...this.#object(depth) };
      case 'combined':
        return {
          [of(this.#pick, ['anyOf', 'oneOf', 'allOf'])]: this.#times(1, 3, () => this.schema(depth - 1)),
        };
      case 'not':
        return { not: this.schema(depth - 1) };
      case 'types':
        return {
          type: of(this.#pick, [
            ['string', 'null'],
            ['integer', 'object'],
            ['array', 'boolean', 'number'],
          ]),
          ...this.#some({ minimum: 1, minLength: 1 }),
        };
      case 'ref':
        return this.#reference(depth);
    }
  }

  /** Up to the seventh draft, what stands beside a `$ref` does not count. */
  #reference(depth: number): Schema {
    const referred = this.schema(depth - 1);
    const name = `d${this.#definitions.size}`;
    if (this.#definitions.size < 3) this.#definitions.set(name, referred);
    const known = [...this.#definitions.keys()];
    return {
      $ref: `#/definitions/${of(this.#pick, known)}`,
      ...(this.#rarely(3) && { maxLength: 1, minimum: 2 }),
    };
  }

  #limits(): { readonly [keyword: string]: Json } {
    const exclusive = this.#draft === '04' ? true : this.#pick(4);
    const low = this.#pick(3);
    return this.#some({
      minimum: low,
      maximum: low + this.#pick(4),
      multipleOf: of(this.#pick, [1, 2, 3]),
      ...(this.#draft === '04'
        ? { minimum: low, exclusiveMinimum: exclusive }
        : { exclusiveMinimum: exclusive }),
      ...(this.#draft !== '04' && { exclusiveMaximum: this.#pick(6) }),
    });
  }

  #tuple(depth: number): { readonly [keyword: string]: Json } {
    const items = this.#times(1, 2, () => this.schema(depth - 1));
    const rest = this.#rarely(2) ? this.#additional(depth) : undefined;
    if (this.#draft === '2020-12') return { prefixItems: items, ...(rest !== undefined && { items: rest }) };
    return { items, ...(rest !== undefined && { additionalItems: rest }) };
  }

  #object(depth: number): { readonly [keyword: string]: Json } {
    const names = keys.filter(() => this.#rarely(2));
    const properties = Object.fromEntries(names.map((name) => [name, this.schema(depth - 1)]));
    const required = names.filter(() => this.#rarely(3));
    const rest = this.#additional(depth);
    const isModern = this.#draft.startsWith('20');
    return {
      ...(names.length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(this.#rarely(2) && { additionalProperties: rest }),
      ...(isModern && this.#rarely(5) && { unevaluatedProperties: rest }),
      ...(this.#rarely(5) && { patternProperties: { '^x': this.schema(depth - 1) } }),
      ...(this.#rarely(6) && { [isModern ? 'dependentRequired' : 'dependencies']: { a: ['b'] } }),
      ...(this.#rarely(6) && {
        [isModern ? 'dependentSchemas' : 'dependencies']: { a: this.#typed(depth - 1) },
      }),
      ...(this.#rarely(6) && { minProperties: this.#pick(2) }),
      ...(this.#rarely(6) && { maxProperties: 1 + this.#pick(3) }),
    };
  }

  /** The fourth draft has schemas that are true or false only here. */
  #additional(depth: number): Json {
    return of<Json>(this.#pick, [true, false, false, this.#typed(depth - 1)]);
  }

  #typed(depth: number): { readonly [keyword: string]: Json } {
    const schema = this.schema(Math.max(0, depth));
    return typeof schema === 'boolean' ? { type: 'string' } : schema;
  }

  /** The schema with something added, taken away or changed somewhere. */
  changed(schema: Schema): Schema {
    if (typeof schema === 'boolean' || this.#rarely(6)) return this.#rarely(2) ? this.schema(1) : schema;
    const entries = Object.entries(schema);
    const [keyword, value] = entries[this.#pick(Math.max(1, entries.length))] ?? [];
    if (keyword === undefined || value === undefined) return this.schema(1);
    const others = { ...schema } as Record<string, Json>;
    delete others[keyword];
    if (this.#rarely(4) && keyword !== 'exclusiveMinimum' && keyword !== 'minimum' && keyword !== 'type')
      return others;
    return { ...others, [keyword]: this.#changedValue(keyword, value) };
  }

  #changedValue(keyword: string, value: Json): Json {
    if (keyword === '$ref' || keyword === 'type' || typeof value === 'string')
      return value === 'integer' ? 'number' : value;
    if (typeof value === 'number')
      return keyword === 'multipleOf' ? of(this.#pick, [1, 2, 3]) : Math.max(0, value + this.#pick(3) - 1);
    if (keyword === 'enum' && Array.isArray(value))
      return this.#rarely(2)
        ? distinct([...value, this.#value()])
        : value.slice(0, Math.max(1, value.length - 1));
    if (['anyOf', 'oneOf', 'allOf', 'items', 'prefixItems'].includes(keyword) && Array.isArray(value))
      return this.#changedParts(value as Schema[]);
    if (['properties', 'patternProperties'].includes(keyword))
      return this.#changedProperties(value as Record<string, Schema>);
    if (
      ['items', 'not', 'additionalProperties', 'additionalItems', 'unevaluatedProperties'].includes(keyword)
    ) {
      const changed = this.changed(value as Schema);
      return typeof changed === 'boolean' &&
        this.#draft === '04' &&
        (keyword === 'not' || keyword === 'items')
        ? {}
        : changed;
    }
    if (keyword === 'required' && Array.isArray(value))
      return value.slice(1).length > 0 ? value.slice(1) : value;
    return value;
  }

  #changedParts(parts: readonly Schema[]): Json {
    if (this.#rarely(3)) return [...parts, this.#draft === '04' ? this.#typed(1) : this.schema(1)];
    if (this.#rarely(3) && parts.length > 1) return parts.slice(1);
    const at = this.#pick(parts.length);
    return parts.map((part, index) => (index === at ? this.#sound(this.changed(part)) : part));
  }

  #changedProperties(properties: Readonly<Record<string, Schema>>): Json {
    const names = Object.keys(properties);
    const name = of(this.#pick, [...names, ...keys]);
    const own = properties[name];
    if (own === undefined) return { ...properties, [name]: this.#sound(this.schema(1)) };
    if (!this.#rarely(3)) return { ...properties, [name]: this.#sound(this.changed(own)) };
    const { [name]: _gone, ...others } = properties;
    return others;
  }

  #sound(schema: Schema): Schema {
    return this.#draft === '04' && typeof schema === 'boolean' ? {} : schema;
  }

  /** A value that the schema might take. */
  instance(schema: Json | undefined, depth: number): Json {
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || this.#rarely(8))
      return this.#value();
    const {
      $ref,
      type,
      enum: values,
      const: only,
      anyOf,
      oneOf,
      allOf,
    } = schema as Readonly<Record<string, Json>>;
    if (typeof $ref === 'string')
      return this.instance(
        depth > 0 ? this.#definitions.get($ref.slice('#/definitions/'.length)) : undefined,
        depth - 1,
      );
    if (Array.isArray(values)) return of(this.#pick, values as Json[]);
    if (only !== undefined) return only;
    const parts = [anyOf, oneOf, allOf].find(Array.isArray) as Json[] | undefined;
    if (parts !== undefined && parts.length > 0) return this.instance(of(this.#pick, parts), depth - 1);
    return this.#ofType(
      Array.isArray(type) ? of(this.#pick, type as Json[]) : type,
      schema as Readonly<Record<string, Json>>,
      depth,
    );
  }

  #ofType(type: Json | undefined, schema: Readonly<Record<string, Json>>, depth: number): Json {
    if (type === 'string') return of(this.#pick, texts);
    if (type === 'integer' || type === 'number') return of(this.#pick, numbers);
    if (type === 'boolean') return this.#rarely(2);
    if (type === 'null') return null;
    if (type === 'array') {
      const list = (schema['prefixItems'] ?? schema['items']) as Json;
      return this.#times(0, 3, (index) =>
        this.instance(Array.isArray(list) ? (list as Json[])[index] : list, depth - 1),
      );
    }
    if (type !== 'object') return this.#value();
    const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Json>>;
    const required = (schema['required'] ?? []) as readonly string[];
    const names = [
      ...Object.keys(properties).filter((name) => required.includes(name) || this.#rarely(2)),
      ...(this.#rarely(3) ? [of(this.#pick, keys)] : []),
    ];
    return Object.fromEntries(
      names.map((name) => [
        name,
        this.instance(properties[name] ?? schema['additionalProperties'], depth - 1),
      ]),
    );
  }

  #value(): Json {
    return of<Json>(this.#pick, [
      null,
      true,
      false,
      ...numbers,
      ...texts,
      [],
      [1, 1],
      ['a', 2.5],
      {},
      { a: 1 },
      { a: 'a', x1: null },
      { b: [] },
    ]);
  }

  #values(): Json {
    return distinct(this.#times(1, 3, () => this.#value()));
  }

  /** Each of them with one chance in two. */
  #some(keywords: { readonly [keyword: string]: Json }): { readonly [keyword: string]: Json } {
    const chosen = Object.entries(keywords).filter(([keyword]) => keyword === 'minimum' || this.#rarely(2));
    return Object.fromEntries(chosen);
  }

  #rarely(one: number): boolean {
    return this.#pick(one) === 0;
  }

  #times<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: min + this.#pick(max - min + 1) }, (_, index) => make(index));
  }
}

function distinct(values: readonly Json[]): Json[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function of<T>(pick: Pick, list: readonly T[]): T {
  return list[pick(list.length)] as T;
}
