import { SchemaParseError } from '../errors.ts';
import { JsonTextError, parseJson } from '../json-text/parser.ts';
import { printJson } from '../json-text/printer.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonTree } from '../json-text/tree.ts';
import type { ParseOptions } from '../language.ts';
import { withinStack } from '../nesting.ts';
import { compoundPropsOf, parseAliases, parseField, propsOf, textOf } from './attributes.ts';
import { checkDefaults } from './defaults.ts';
import { type AvroName, avroName, checkName, checkSimpleName, isPrimitive } from './names.ts';
import { isSameDefinition } from './printer.ts';
import {
  type AvroDocument,
  type AvroEnum,
  type AvroFixed,
  type AvroNamed,
  type AvroRecord,
  type AvroSchema,
  type AvroUnion,
  isNamed,
} from './schema.ts';

/**
 * Parses an Avro schema as Avro 1.12 does: comments are allowed, names may be used before they are defined, and a name
 * may be defined again in the same way. `strict` checks names and defaults too. Throws {@link SchemaParseError}.
 */
export function parseAvro(text: string, { references, strict }: ParseOptions): AvroDocument {
  const names = new Map<string, AvroNamed>();
  for (const reference of references) new AvroParser(names, false).parse(reference.schema);
  const referenced = new Set(names.keys());
  return { root: new AvroParser(names, strict).parse(text), referenced };
}

type Assign = (schema: AvroSchema) => void;

interface PendingName {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly assign: Assign;
}

class AvroParser {
  readonly #names: Map<string, AvroNamed>;
  /** What references have defined. */
  readonly #known: readonly AvroNamed[];
  readonly #strict: boolean;
  readonly #pending: PendingName[] = [];
  /** Records whose fields are being read. */
  readonly #unfinished = new Set<AvroSchema>();
  /** Uses of names, so far, whose definitions were not complete; and the records that have such in them. */
  #openUses = 0;
  readonly #open = new Set<AvroNamed>();
  readonly #redefined: (readonly [first: AvroNamed, second: AvroNamed])[] = [];
  readonly #unions: AvroUnion[] = [];

  constructor(names: Map<string, AvroNamed>, strict: boolean) {
    this.#names = names;
    this.#known = [...names.values()];
    this.#strict = strict;
  }

  parse(text: string): AvroSchema {
    let root: AvroSchema = placeholder;
    this.#type(parseTree(text), undefined, (schema) => {
      root = schema;
    });
    this.#link();
    for (const [first, second] of this.#redefined) {
      const isOpen = this.#open.has(first) || this.#open.has(second);
      if (isOpen || !isSameDefinition(first, second)) throw definedTwice(first);
    }
    for (const union of this.#unions) checkUnion(union);
    if (this.#strict) withinStack(() => checkDefaults(root, this.#known), tooDeep);
    return root;
  }

  /** Names are looked up last, so that one may be used before the text defines it. */
  #link(): void {
    for (const { name, namespace, assign } of this.#pending) {
      const found = this.#names.get(avroName(name, namespace).full);
      if (found === undefined) throw new SchemaParseError(`the type "${name}" is not defined`);
      assign(found);
    }
  }

  /** In its namespace, or else without one; but what has not come to its end yet, Avro sees last, and only in its namespace. */
  #find(name: string, namespace: string | undefined): AvroNamed | undefined {
    const own = this.#names.get(avroName(name, namespace).full);
    const whole = [own, this.#names.get(name)].find((named) => named && !this.#unfinished.has(named));
    return whole ?? own;
  }

  #type(tree: JsonTree, namespace: string | undefined, assign: Assign): void {
    if (typeof tree === 'string') this.#typeName(tree, namespace, assign);
    else if (isJsonArray(tree)) assign(this.#union(tree, namespace));
    else if (isJsonObject(tree)) this.#typeObject(tree, namespace, assign);
    else throw new SchemaParseError(`${printJson(tree, 'double')} is not a schema`);
  }

  #typeName(name: string, namespace: string | undefined, assign: Assign): void {
    // A definition may be called so, and its name is then without the dot; no use of it finds one.
    if (name.startsWith('.')) throw new SchemaParseError(`the type "${name}" is not defined`);
    const found = isPrimitive(name) ? { kind: name, props: noProps } : this.#find(name, namespace);
    if (found === undefined) this.#pending.push({ name, namespace, assign });
    else assign(found);
    if (found === undefined || this.#unfinished.has(found)) this.#openUses += 1;
  }

  #typeObject(tree: JsonObject, namespace: string | undefined, assign: Assign): void {
    const kind = textOf(tree, 'type');
    if (kind === undefined) throw new SchemaParseError(`no type in ${printJson(tree, 'double')}`);
    const name = () => this.#nameOf(tree, namespace);
    if (isPrimitive(kind)) assign({ kind, props: propsOf(tree, 'schema') });
    else if (kind === 'record' || kind === 'error') this.#record(tree, kind === 'error', name(), assign);
    else if (kind === 'enum') assign(this.#define(this.#enum(tree, name())));
    else if (kind === 'fixed') assign(this.#define(this.#fixed(tree, name())));
    else if (kind === 'array' || kind === 'map') assign(this.#collection(tree, kind, namespace));
    else this.#typeName(kind, namespace, assign);
  }

  #record(tree: JsonObject, isError: boolean, name: AvroName, assign: Assign): void {
    const aliases = this.#aliases(tree, name.namespace);
    const doc = textOf(tree, 'doc');
    const props = compoundPropsOf(tree);
    const record: AvroRecord = { kind: 'record', isError, name, doc, aliases, fields: [], props };
    assign(this.#define(record));
    const fields = tree.get('fields');
    if (!isJsonArray(fields)) throw new SchemaParseError(`the record "${name.full}" has no fields array`);
    this.#unfinished.add(record);
    const before = this.#openUses;
    const seen = new Set<string>();
    for (const field of fields) this.#field(field, record, seen);
    if (this.#openUses > before) this.#open.add(record);
    this.#unfinished.delete(record);
  }

  #field(tree: JsonTree, record: AvroRecord, seen: Set<string>): void {
    const [field, type] = parseField(tree, record, placeholder);
    if (this.#strict) checkSimpleName(field.name);
    if (seen.size === seen.add(field.name).size) {
      throw new SchemaParseError(`the record "${record.name.full}" has the field "${field.name}" twice`);
    }
    record.fields.push(field);
    this.#type(type, record.name.namespace, (schema) => {
      field.type = schema;
    });
  }

  #enum(tree: JsonObject, name: AvroName): AvroEnum {
    const symbols = tree.get('symbols');
    if (!isJsonArray(symbols)) throw new SchemaParseError(`the enum "${name.full}" has no symbols array`);
    const texts = symbols.map((symbol) => {
      if (typeof symbol !== 'string') throw new SchemaParseError(`a symbol of "${name.full}" is not text`);
      if (this.#strict) checkSimpleName(symbol);
      return symbol;
    });
    const seen = new Set<string>();
    const twice = texts.find((symbol) => seen.size === seen.add(symbol).size);
    if (twice !== undefined) throw new SchemaParseError(`the enum "${name.full}" has "${twice}" twice`);
    const fallback = textOf(tree, 'default');
    if (fallback !== undefined && !texts.includes(fallback)) {
      throw new SchemaParseError(
        `the default "${fallback}" of the enum "${name.full}" is not one of its symbols`,
      );
    }
    const aliases = this.#aliases(tree, name.namespace);
    const props = propsOf(tree, 'enum');
    return {
      kind: 'enum',
      name,
      doc: textOf(tree, 'doc'),
      aliases,
      symbols: texts,
      default: fallback,
      props,
    };
  }

  #fixed(tree: JsonObject, name: AvroName): AvroFixed {
    const size = tree.get('size');
    if (!(size instanceof JsonNumber) || !size.isInteger || size.toNumber() > fixedSizeMax) {
      throw new SchemaParseError(`the fixed "${name.full}" has no size up to ${fixedSizeMax}`);
    }
    if (size.toNumber() < 0) throw new SchemaParseError(`the fixed "${name.full}" has a negative size`);
    const aliases = this.#aliases(tree, name.namespace);
    const props = propsOf(tree, 'schema');
    return { kind: 'fixed', name, doc: textOf(tree, 'doc'), aliases, size: size.toNumber(), props };
  }

  #collection(tree: JsonObject, kind: 'array' | 'map', namespace: string | undefined): AvroSchema {
    const key = kind === 'array' ? 'items' : 'values';
    const inner = tree.get(key);
    if (inner === undefined) throw new SchemaParseError(`the ${kind} has no ${key}`);
    const props = compoundPropsOf(tree);
    if (kind === 'array') {
      const array: AvroSchema = { kind, items: placeholder, props };
      this.#type(inner, namespace, (schema) => {
        array.items = schema;
      });
      return array;
    }
    const map: AvroSchema = { kind, values: placeholder, props };
    this.#type(inner, namespace, (schema) => {
      map.values = schema;
    });
    return map;
  }

  #union(tree: readonly JsonTree[], namespace: string | undefined): AvroUnion {
    const union: AvroUnion = { kind: 'union', branches: tree.map(() => placeholder) };
    this.#unions.push(union);
    tree.forEach((branch, index) => {
      this.#type(branch, namespace, (schema) => {
        union.branches[index] = schema;
      });
    });
    return union;
  }

  #nameOf(tree: JsonObject, enclosing: string | undefined): AvroName {
    const text = textOf(tree, 'name');
    if (text === undefined) throw new SchemaParseError(`no name in ${printJson(tree, 'double')}`);
    const name = avroName(text, textOf(tree, 'namespace') ?? enclosing);
    if (this.#strict) checkName(name);
    if (isPrimitive(name.full))
      throw new SchemaParseError(`"${name.full}" is a primitive type: take another name`);
    return name;
  }

  #aliases(tree: JsonObject, namespace: string | undefined): AvroName[] {
    const aliases = parseAliases(tree).map((alias) => avroName(alias, namespace));
    if (this.#strict) aliases.forEach(checkName);
    return [...new Map(aliases.map((alias) => [alias.full, alias])).values()];
  }

  /** Returns what the name stands for: the definition that came first. */
  #define(named: AvroNamed): AvroNamed {
    const first = this.#names.get(named.name.full);
    if (first === undefined) this.#names.set(named.name.full, named);
    // Inside of itself a name is never defined again, not even in the same way.
    else if (this.#unfinished.has(first)) throw definedTwice(first);
    else this.#redefined.push([first, named]);
    return first ?? named;
  }
}

function definedTwice({ name }: AvroNamed): SchemaParseError {
  return new SchemaParseError(`the name "${name.full}" is defined twice, in different ways`);
}

/** Java's longest array, in bytes. */
const fixedSizeMax = 2_147_483_639;

const tooDeep = () => new SchemaParseError('the schema is nested too deeply');

const noProps: JsonObject = new Map();
const placeholder: AvroSchema = { kind: 'null', props: noProps };

function parseTree(text: string): JsonTree {
  try {
    return parseJson(text, { comments: true });
  } catch (error) {
    if (error instanceof JsonTextError) throw new SchemaParseError(error.message, { cause: error });
    throw error;
  }
}

function checkUnion({ branches }: AvroUnion): void {
  const seen = new Set<string>();
  for (const branch of branches) {
    if (branch.kind === 'union') throw new SchemaParseError('a union directly inside a union');
    const name = isNamed(branch) ? branch.name.full : branch.kind;
    if (seen.has(name)) throw new SchemaParseError(`a union has "${name}" twice`);
    seen.add(name);
  }
}
