import { printJson, quoted } from '../json-text/printer.ts';
import { JsonNumber, type JsonObject, sortedTree } from '../json-text/tree.ts';
import { nameWithin } from './names.ts';
import type { AvroDocument, AvroField, AvroNamed, AvroSchema } from './schema.ts';

/**
 * The text the registry stores: what Avro's own `Schema.toString` writes. Attributes in a fixed order, properties
 * kept in theirs, a named type in full the first time and by name afterwards; referenced types always by name.
 * `normalize` also sorts properties and aliases and drops what says nothing (an empty doc, a scale of 0).
 */
export function printAvro(
  { root, referenced }: AvroDocument,
  options: { readonly normalize: boolean },
): string {
  const style = options.normalize ? 'normal' : 'plain';
  return new AvroPrinter(new Set(referenced), style).print(root, undefined);
}

/** One schema as text, named types in full. For messages. */
export function printSchema(schema: AvroSchema): string {
  return new AvroPrinter(new Set(), 'plain').print(schema, undefined);
}

/** Whether a second definition of a name says the same as the first, as far as Avro looks. */
export function isSameDefinition(first: AvroNamed, second: AvroNamed): boolean {
  const [left, right] = [first, second].map((named) =>
    new AvroPrinter(new Set(), 'definition').print(named, undefined),
  );
  return left === right;
}

/** `definition` has what makes two definitions one: no documentation, aliases, defaults of enums; an error is a record. */
type Style = 'plain' | 'normal' | 'definition';

class AvroPrinter {
  readonly #seen: Set<string>;
  readonly #style: Style;

  /** `seen`: names that are not written out. */
  constructor(seen: Set<string>, style: Style) {
    this.#seen = seen;
    this.#style = style;
  }

  print(schema: AvroSchema, enclosing: string | undefined): string {
    switch (schema.kind) {
      case 'union':
        return `[${schema.branches.map((branch) => this.print(branch, enclosing)).join(',')}]`;
      case 'array':
        return `{"type":"array","items":${this.print(schema.items, enclosing)}${this.#props(schema.props)}}`;
      case 'map':
        return `{"type":"map","values":${this.print(schema.values, enclosing)}${this.#props(schema.props)}}`;
      case 'record':
      case 'enum':
      case 'fixed':
        return this.#named(schema, enclosing);
      default: {
        const props = this.#props(schema.props);
        return props === '' ? `"${schema.kind}"` : `{"type":"${schema.kind}"${props}}`;
      }
    }
  }

  #named(named: AvroNamed, enclosing: string | undefined): string {
    const { name } = named;
    if (this.#seen.has(name.full)) return quoted(nameWithin(name, enclosing));
    this.#seen.add(name.full);
    const isError = named.kind === 'record' && named.isError && this.#style !== 'definition';
    const kind = isError ? 'error' : named.kind;
    const head = `{"type":"${kind}","name":${quoted(name.name)}${this.#namespace(named, enclosing)}`;
    const doc = this.#doc(named.doc);
    const tail = `${this.#props(named.props)}${this.#aliases(named.aliases.map((alias) => nameWithin(alias, name.namespace)))}}`;
    return `${head}${doc}${this.#body(named)}${tail}`;
  }

  #namespace({ name: { namespace } }: AvroNamed, enclosing: string | undefined): string {
    return namespace === enclosing ? '' : `,"namespace":${quoted(namespace ?? '')}`;
  }

  #body(named: AvroNamed): string {
    if (named.kind === 'fixed') return `,"size":${named.size}`;
    if (named.kind === 'enum') {
      const isSilent = named.default === undefined || this.#style === 'definition';
      const fallback = isSilent ? '' : `,"default":${quoted(named.default)}`;
      return `,"symbols":[${named.symbols.map(quoted).join(',')}]${fallback}`;
    }
    return `,"fields":[${named.fields.map((field) => this.#field(field, named.name.namespace)).join(',')}]`;
  }

  #field(field: AvroField, namespace: string | undefined): string {
    const type = this.print(field.type, namespace);
    const fallback = field.default === undefined ? '' : `,"default":${printJson(field.default, 'double')}`;
    const order = field.order === 'ascending' ? '' : `,"order":"${field.order}"`;
    const tail = `${fallback}${order}${this.#aliases(field.aliases)}${this.#props(field.props)}}`;
    return `{"name":${quoted(field.name)},"type":${type}${this.#doc(field.doc)}${tail}`;
  }

  #doc(doc: string | undefined): string {
    const isSilent = this.#style === 'definition' || (this.#style === 'normal' && doc === '');
    if (doc === undefined || isSilent) return '';
    return `,"doc":${quoted(doc)}`;
  }

  #aliases(aliases: readonly string[]): string {
    if (this.#style === 'definition' || aliases.length === 0) return '';
    const ordered = this.#style === 'normal' ? aliases.toSorted() : aliases;
    return `,"aliases":[${ordered.map(quoted).join(',')}]`;
  }

  #props(props: JsonObject): string {
    return [...orderedProps(props, this.#style)]
      .map(([key, value]) => `,${quoted(key)}:${printJson(value, 'double')}`)
      .join('');
  }
}

function orderedProps(props: JsonObject, style: Style): JsonObject {
  if (style === 'normal') return normalProps(props);
  return style === 'definition' ? (sortedTree(props) as JsonObject) : props;
}

function normalProps(props: JsonObject): JsonObject {
  const normal = new Map(props);
  const scale = props.get('scale');
  const logicalType = props.get('logicalType');
  if (logicalType === 'decimal' && scale instanceof JsonNumber && scale.toNumber() === 0)
    normal.delete('scale');
  normal.delete('logicalType');
  const sorted = sortedTree(normal) as JsonObject;
  return logicalType === undefined ? sorted : new Map([['logicalType', sortedTree(logicalType)], ...sorted]);
}
