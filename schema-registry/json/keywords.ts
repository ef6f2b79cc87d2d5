import { SchemaParseError } from '../errors.ts';
import { printJson } from '../json-text/printer.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonTree } from '../json-text/tree.ts';
import { type Draft, isModern } from './draft.ts';

/** The keywords of one schema, each to be taken once; what nobody takes is left over. */
export class Keywords {
  readonly #tree: JsonObject;
  readonly #taken = new Set<string>();

  constructor(tree: JsonObject) {
    this.#tree = tree;
  }

  has(key: string): boolean {
    return this.#tree.has(key) && !this.#taken.has(key);
  }

  hasAny(keys: readonly string[]): boolean {
    return keys.some((key) => this.has(key));
  }

  take(key: string): JsonTree | undefined {
    this.#taken.add(key);
    return this.#tree.get(key);
  }

  /** Looks without taking, also at what is taken. */
  peek(key: string): JsonTree | undefined {
    return this.#tree.get(key);
  }

  takeAll(keys: readonly string[]): void {
    for (const key of keys) this.#taken.add(key);
  }

  text(key: string): string | undefined {
    return this.#typed(key, 'text', (value) => typeof value === 'string');
  }

  number(key: string): JsonNumber | undefined {
    return this.#typed(key, 'a number', (value) => value instanceof JsonNumber);
  }

  boolean(key: string): boolean | undefined {
    return this.#typed(key, 'true or false', (value) => typeof value === 'boolean');
  }

  array(key: string): readonly JsonTree[] | undefined {
    return this.#typed(key, 'an array', isJsonArray);
  }

  object(key: string): JsonObject | undefined {
    return this.#typed(key, 'an object', isJsonObject);
  }

  texts(key: string): readonly string[] | undefined {
    return this.array(key)?.map((item) => {
      if (typeof item !== 'string') throw new SchemaParseError(`"${key}" has an item that is not text`);
      return item;
    });
  }

  rest(): JsonObject {
    return new Map([...this.#tree].filter(([key]) => !this.#taken.has(key)));
  }

  #typed<T extends JsonTree>(
    key: string,
    wanted: string,
    is: (value: JsonTree | undefined) => value is T,
  ): T | undefined {
    const value = this.take(key);
    if (value === undefined || is(value)) return value;
    throw new SchemaParseError(
      `"${key}" is ${printJson(value, 'decimal').slice(0, 100)}, but must be ${wanted}`,
    );
  }
}

/** The keywords that make a schema one of arrays, objects, numbers or strings even without `type`. */
export interface TypeKeywords {
  readonly array: readonly string[];
  readonly object: readonly string[];
  readonly number: readonly string[];
  readonly string: readonly string[];
}

export function typeKeywords(draft: Draft): TypeKeywords {
  return {
    array: [
      ...['items', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems'],
      ...(draft === '04' ? [] : ['contains']),
      ...(isModern(draft) ? ['prefixItems', 'minContains', 'maxContains', 'unevaluatedItems'] : []),
    ],
    object: [
      ...['properties', 'required', 'minProperties', 'maxProperties', 'dependencies', 'patternProperties'],
      'additionalProperties',
      ...(draft === '04' ? [] : ['propertyNames']),
      ...(isModern(draft) ? ['dependentRequired', 'dependentSchemas', 'unevaluatedProperties'] : []),
    ],
    number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
    string: ['minLength', 'maxLength', 'pattern', 'format'],
  };
}
