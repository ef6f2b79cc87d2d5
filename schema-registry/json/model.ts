import type { JsonNumber, JsonObject, JsonTree } from '../json-text/tree.ts';

/** What every schema may say about itself. */
interface Described {
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Undefined when there is none; a default of `null` is `null`. */
  readonly default?: JsonTree | undefined;
  /** Keywords that nothing has taken, such as `connect.type`. */
  readonly rest: JsonObject;
}

export interface ObjectModel extends Described {
  readonly kind: 'object';
  readonly properties: ReadonlyMap<string, JsonModel>;
  readonly required: ReadonlySet<string>;
  readonly additionalProperties: Additional;
  readonly unevaluatedProperties: Additional;
  readonly patternProperties: ReadonlyMap<string, JsonModel>;
  readonly minProperties: JsonNumber | undefined;
  readonly maxProperties: JsonNumber | undefined;
  readonly requiredBy: ReadonlyMap<string, ReadonlySet<string>>;
  readonly schemasBy: ReadonlyMap<string, JsonModel>;
}

/** `additionalProperties` and its kin: anything (true), nothing (false), or what a schema allows. */
export type Additional = boolean | JsonModel;

export interface ArrayModel extends Described {
  readonly kind: 'array';
  /** The schema of every item, when there is one. */
  readonly items: JsonModel | undefined;
  /** The schemas of the first items, when there are some. */
  readonly tuple: readonly JsonModel[] | undefined;
  readonly additionalItems: Additional;
  readonly unevaluatedItems: Additional;
  readonly minItems: JsonNumber | undefined;
  readonly maxItems: JsonNumber | undefined;
  readonly minContains: JsonNumber | undefined;
  readonly maxContains: JsonNumber | undefined;
  readonly uniqueItems: boolean;
}

export interface StringModel extends Described {
  readonly kind: 'string';
  readonly minLength: JsonNumber | undefined;
  readonly maxLength: JsonNumber | undefined;
  readonly pattern: string | undefined;
}

export interface NumberModel extends Described {
  readonly kind: 'number';
  readonly isInteger: boolean;
  readonly minimum: JsonNumber | undefined;
  readonly maximum: JsonNumber | undefined;
  /** Draft 4's boolean form is not compared, and not kept. */
  readonly exclusiveMinimum: JsonNumber | undefined;
  readonly exclusiveMaximum: JsonNumber | undefined;
  readonly multipleOf: JsonNumber | undefined;
}

export interface EnumModel extends Described {
  readonly kind: 'enum';
  readonly values: readonly JsonTree[];
}

export interface ConstModel extends Described {
  readonly kind: 'const';
  readonly value: JsonTree;
}

export type Criterion = 'allOf' | 'anyOf' | 'oneOf';

export interface CombinedModel extends Described {
  readonly kind: 'combined';
  readonly criterion: Criterion;
  readonly parts: readonly JsonModel[];
}

export interface NotModel extends Described {
  readonly kind: 'not';
  readonly inner: JsonModel;
}

export interface ReferenceModel extends Described {
  readonly kind: 'reference';
  /** Set once everything is loaded; references may go in circles. */
  target: JsonModel | undefined;
}

/** Schemas without parts: `boolean`, `null`, `{}`, `true`, `false`, and if/then/else, which is never compared. */
interface PlainModel extends Described {
  readonly kind: 'boolean' | 'null' | 'empty' | 'true' | 'false' | 'conditional';
}

/**
 * A JSON Schema the way compatibility sees it: one object per type that a schema asks for, and an `allOf` around them
 * when it asks for several things at once. Compared are these objects, not keywords.
 */
export type JsonModel =
  | ObjectModel
  | ArrayModel
  | StringModel
  | NumberModel
  | EnumModel
  | ConstModel
  | CombinedModel
  | NotModel
  | ReferenceModel
  | PlainModel;

type Dereferenced = Exclude<JsonModel, ReferenceModel>;

/** What references lead to in the end: chains of them may be long, and begun anywhere. */
const ends = new WeakMap<ReferenceModel, Dereferenced>();

/** The schema behind references. A circle of nothing but references is an empty schema. */
export function dereferenced(model: JsonModel): Dereferenced {
  if (model.kind !== 'reference') return model;
  const passed = new Set<ReferenceModel>();
  let current: JsonModel = model;
  let end: Dereferenced | undefined;
  while (current.kind === 'reference' && end === undefined) {
    end = passed.has(current) || current.target === undefined ? empty : ends.get(current);
    passed.add(current);
    current = current.target ?? current;
  }
  const found = end ?? (current.kind === 'reference' ? empty : current);
  for (const each of passed) ends.set(each, found);
  return found;
}

const empty: PlainModel = { kind: 'empty', rest: new Map() };
