import { SchemaParseError } from '../errors.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonTree } from '../json-text/tree.ts';
import { isModern } from './draft.ts';
import { Keywords, typeKeywords } from './keywords.ts';
import type {
  Additional,
  ArrayModel,
  CombinedModel,
  Criterion,
  JsonModel,
  NumberModel,
  ObjectModel,
  ReferenceModel,
  StringModel,
} from './model.ts';
import { enterResource, type Resolution, type Resource } from './resolution.ts';

/**
 * Turns a JSON Schema into the model that compatibility compares. Keywords are taken in a fixed order: enum, allOf,
 * anyOf, oneOf, not, const, type; those left over make schemas of their own. Throws {@link SchemaParseError}.
 */
export class ModelLoader {
  readonly #resolution: Resolution;
  readonly #loaded = new Map<JsonTree, JsonModel>();
  readonly #unresolved: (() => void)[] = [];

  constructor(resolution: Resolution) {
    this.#resolution = resolution;
  }

  /** Loads the root and everything it refers to. */
  load(resource: Resource): JsonModel {
    const root = this.#schema(resource.root, resource);
    for (let next = this.#unresolved.pop(); next !== undefined; next = this.#unresolved.pop()) next();
    return root;
  }

  #schema(tree: JsonTree | undefined, parent: Resource): JsonModel {
    if (typeof tree === 'boolean') return { kind: tree ? 'true' : 'false', rest: noRest };
    if (!isJsonObject(tree)) throw new SchemaParseError('a schema is neither an object nor true or false');
    const known = this.#loaded.get(tree);
    if (known !== undefined) return known;
    const model = this.#object(new Keywords(tree), enterResource(tree, parent));
    this.#loaded.set(tree, model);
    return model;
  }

  #object(keywords: Keywords, resource: Resource): JsonModel {
    const { draft } = resource;
    const reference = keywords.has('$ref')
      ? this.#reference(keywords.text('$ref') ?? '', resource)
      : undefined;
    if (reference !== undefined && !isModern(draft)) return reference;
    const parts = [...(reference ? [reference] : []), ...this.#parts(keywords, resource)];
    const described = {
      id: keywords.text(draft === '04' ? 'id' : '$id'),
      title: keywords.text('title'),
      description: keywords.text('description'),
      default: keywords.take('default'),
      rest: keywords.rest(),
    };
    const [first] = parts;
    if (first === undefined) return { kind: 'empty', ...described };
    // A reference stays the object that was registered for resolution.
    if (parts.length === 1) return first === reference ? first : { ...first, ...described };
    return { kind: 'combined', criterion: 'allOf', parts, ...described };
  }

  /** Several parts come in one order whatever the order of the text: an enum first, then from the last taken back. */
  #parts(keywords: Keywords, resource: Resource): JsonModel[] {
    const isEnum = keywords.has('enum');
    const taken: JsonModel[] = [];
    if (isEnum) taken.push({ kind: 'enum', values: keywords.array('enum') ?? [], rest: noRest });
    for (const criterion of ['allOf', 'anyOf', 'oneOf'] as const) {
      if (keywords.has(criterion)) taken.push(this.#combined(criterion, keywords, resource));
    }
    if (keywords.has('not'))
      taken.push({ kind: 'not', inner: this.#schema(keywords.take('not'), resource), rest: noRest });
    if (resource.draft !== '04' && keywords.has('const')) {
      taken.push({ kind: 'const', value: keywords.take('const') ?? null, rest: noRest });
    }
    if (keywords.has('type')) taken.push(this.#typed(keywords, resource));
    taken.push(...this.#leftover(keywords, resource));
    return isEnum ? [...taken.slice(0, 1), ...taken.slice(1).toReversed()] : taken.toReversed();
  }

  #combined(criterion: Criterion, keywords: Keywords, resource: Resource): CombinedModel {
    const parts = (keywords.array(criterion) ?? []).map((part) => this.#schema(part, resource));
    return { kind: 'combined', criterion, parts, rest: noRest };
  }

  #typed(keywords: Keywords, resource: Resource): JsonModel {
    const type = keywords.take('type');
    if (typeof type === 'string') return this.#ofType(type, keywords, resource);
    if (!Array.isArray(type)) throw new SchemaParseError('"type" is neither a name nor an array of names');
    const parts = type.map((name: JsonTree) => this.#ofType(name, keywords, resource));
    return { kind: 'combined', criterion: 'anyOf', parts, rest: noRest };
  }

  #ofType(name: JsonTree, keywords: Keywords, resource: Resource): JsonModel {
    switch (name) {
      case 'string':
        return this.#string(keywords);
      case 'integer':
      case 'number':
        return this.#number(keywords, name === 'integer');
      case 'boolean':
      case 'null':
        return { kind: name, rest: noRest };
      case 'array':
        return this.#array(keywords, resource);
      case 'object':
        return this.#properties(keywords, resource);
      default:
        throw new SchemaParseError(`the type ${JSON.stringify(name)} is unknown`);
    }
  }

  #leftover(keywords: Keywords, resource: Resource): JsonModel[] {
    const { draft } = resource;
    const { array, object, number, string } = typeKeywords(draft);
    const found: JsonModel[] = [];
    if (keywords.hasAny(array)) found.push(this.#array(keywords, resource));
    if (keywords.hasAny(object)) found.push(this.#properties(keywords, resource));
    if (keywords.hasAny(number)) found.push(this.#number(keywords, false));
    if (keywords.hasAny(string)) found.push(this.#string(keywords));
    const branches = ['if', 'then', 'else'];
    if (draft !== '04' && draft !== '06' && keywords.hasAny(branches)) {
      for (const key of branches) if (keywords.has(key)) this.#schema(keywords.take(key), resource);
      found.push({ kind: 'conditional', rest: noRest });
    }
    return found;
  }

  #string(keywords: Keywords): StringModel {
    keywords.takeAll(['format']);
    return {
      kind: 'string',
      minLength: keywords.number('minLength'),
      maxLength: keywords.number('maxLength'),
      pattern: keywords.text('pattern'),
      rest: noRest,
    };
  }

  #number(keywords: Keywords, isInteger: boolean): NumberModel {
    const limit = (key: string) => {
      const value = keywords.take(key);
      return value instanceof JsonNumber ? value : undefined;
    };
    const multipleOf = keywords.number('multipleOf');
    if (multipleOf?.toNumber() === 0) throw new SchemaParseError('"multipleOf" is 0');
    return {
      kind: 'number',
      isInteger,
      minimum: keywords.number('minimum'),
      maximum: keywords.number('maximum'),
      exclusiveMinimum: limit('exclusiveMinimum'),
      exclusiveMaximum: limit('exclusiveMaximum'),
      multipleOf,
      rest: noRest,
    };
  }

  #array(keywords: Keywords, resource: Resource): ArrayModel {
    const isPrefixed = resource.draft === '2020-12';
    const items = keywords.take('items');
    const tuple = isPrefixed ? keywords.array('prefixItems') : Array.isArray(items) ? items : undefined;
    const additional = isPrefixed && tuple !== undefined ? items : keywords.take('additionalItems');
    const isList = items !== undefined && !Array.isArray(items) && !(isPrefixed && tuple !== undefined);
    if (keywords.has('contains')) this.#schema(keywords.take('contains'), resource);
    return {
      kind: 'array',
      items: isList ? this.#schema(items, resource) : undefined,
      tuple: tuple?.map((item: JsonTree) => this.#schema(item, resource)),
      additionalItems: this.#additional(additional, resource),
      unevaluatedItems: isModern(resource.draft)
        ? this.#additional(keywords.take('unevaluatedItems'), resource)
        : true,
      minItems: keywords.number('minItems'),
      maxItems: keywords.number('maxItems'),
      minContains: isModern(resource.draft) ? keywords.number('minContains') : undefined,
      maxContains: isModern(resource.draft) ? keywords.number('maxContains') : undefined,
      uniqueItems: keywords.boolean('uniqueItems') ?? false,
      rest: noRest,
    };
  }

  #properties(keywords: Keywords, resource: Resource): ObjectModel {
    if (resource.draft !== '04' && keywords.has('propertyNames')) {
      this.#schema(keywords.take('propertyNames'), resource);
    }
    const requiredBy = new Map<string, ReadonlySet<string>>();
    const schemasBy = new Map<string, JsonModel>();
    for (const key of [
      'dependencies',
      ...(isModern(resource.draft) ? ['dependentRequired', 'dependentSchemas'] : []),
    ]) {
      for (const [name, dependency] of keywords.object(key) ?? []) {
        if (Array.isArray(dependency)) requiredBy.set(name, new Set(dependency.map(String)));
        else schemasBy.set(name, this.#schema(dependency, resource));
      }
    }
    return {
      kind: 'object',
      properties: this.#schemas(keywords.object('properties'), resource),
      required: new Set(keywords.texts('required')),
      additionalProperties: this.#additional(keywords.take('additionalProperties'), resource),
      unevaluatedProperties: isModern(resource.draft)
        ? this.#additional(keywords.take('unevaluatedProperties'), resource)
        : true,
      patternProperties: this.#schemas(keywords.object('patternProperties'), resource),
      minProperties: keywords.number('minProperties'),
      maxProperties: keywords.number('maxProperties'),
      requiredBy,
      schemasBy,
      rest: noRest,
    };
  }

  #schemas(object: JsonObject | undefined, resource: Resource): ReadonlyMap<string, JsonModel> {
    return new Map([...(object ?? [])].map(([key, tree]) => [key, this.#schema(tree, resource)]));
  }

  #additional(tree: JsonTree | undefined, resource: Resource): Additional {
    return tree === undefined || typeof tree === 'boolean' ? (tree ?? true) : this.#schema(tree, resource);
  }

  #reference(reference: string, resource: Resource): ReferenceModel {
    const model: ReferenceModel = { kind: 'reference', target: undefined, rest: noRest };
    this.#unresolved.push(() => {
      const target = this.#resolution.find(reference, resource);
      model.target = this.#schema(target.tree, target.resource);
    });
    return model;
  }
}

const noRest: JsonObject = new Map();
