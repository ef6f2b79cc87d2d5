import type { Field, MessageDefinition } from '../schema/index.ts';
import { defaultOf, emptyBytes, type Mode } from './defaults.ts';
import { bytesMin, type Layout, type LayoutField, layoutOf, structLayout } from './layout.ts';
import type { Reader } from './reader.ts';

/** Reads one message; the reader is left behind its last byte. */
export type Decoder = (reader: Reader) => unknown;

/** Which decoder: `isTraced` ones tell the reader each field they come to, for error messages. */
export interface CompileOptions {
  readonly mode: Mode;
  readonly isTraced: boolean;
}

/** Compiles the decoder of one version: straight-line code per struct, no look-ups left in it. */
export function compileDecoder(
  definition: MessageDefinition,
  version: number,
  options: CompileOptions,
): Decoder {
  const source = new DecoderSource(options);
  const root = source.struct(layoutOf(definition, version), 0);
  // Safe: the source is put together from our own definitions, never from input.
  return new Function('emptyBytes', `${source.functions.join('\n')}\nreturn ${root};`)(emptyBytes);
}

class DecoderSource {
  readonly functions: string[] = [];
  readonly #options: CompileOptions;

  constructor(options: CompileOptions) {
    this.#options = options;
  }

  /** Adds the function that reads a struct and gives its name. */
  struct(layout: Layout, depth: number): string {
    const lines = [
      ...layout.plain.flatMap((field) => [
        this.#trace(depth, field.name),
        ...this.#value(field, `const ${local(field)} =`, layout.version, depth),
      ]),
      ...layout.absent.map((field) => `const ${local(field)} = ${this.#default(field.field)};`),
      ...(layout.isFlexible ? this.#tagSection(layout, depth) : []),
      `return { ${layout.all.map((field) => `${field.name}: ${local(field)}`).join(', ')} };`,
    ];
    const name = `read${this.functions.length}`;
    this.functions.push(`function ${name}(r) {\n${lines.filter((line) => line !== '').join('\n')}\n}`);
    return name;
  }

  #trace(depth: number, name: string): string {
    return this.#options.isTraced ? `r.at(${depth}, '${name}');` : '';
  }

  #default(field: Field): string {
    return defaultSource(defaultOf(field, this.#options.mode));
  }

  #tagSection({ tagged, version }: Layout, depth: number): string[] {
    const trace = this.#trace(depth, '(tagged fields)');
    if (tagged.length === 0) return [trace, 'r.skipTags();'];
    return [
      trace,
      ...tagged.map((field) => `let ${local(field)} = ${this.#default(field.field)};`),
      'for (let i = r.tagCount(), tag = -1; i > 0; i--) {',
      'tag = r.tag(tag);',
      'const outer = r.enterTag();',
      'switch (tag) {',
      ...tagged.flatMap((field) => [
        `case ${field.field.tag}: {`,
        this.#trace(depth, field.name),
        ...this.#value(field, `${local(field)} =`, version, depth),
        'break; }',
      ]),
      'default: r.skipTag();',
      '}',
      'r.leaveTag(outer);',
      '}',
    ];
  }

  #value(field: LayoutField, assign: string, version: number, depth: number): string[] {
    if (field.field.type === 'array') return this.#array(field, assign, version, depth);
    if (field.field.type === 'struct') return [this.#structValue(field, assign, version, depth)];
    return [`${assign} ${this.#primitive(field)};`];
  }

  #primitive({ field, isNullable, isFlexible }: LayoutField): string {
    switch (field.type) {
      case 'int64':
        return this.#options.mode === 'exact' ? 'r.bigint64()' : 'r.int64()';
      case 'string':
        return `r.${variant('String', isFlexible, isNullable)}()`;
      case 'bytes':
      case 'records':
        return `r.${variant('Bytes', isFlexible, isNullable)}()`;
      default:
        return `r.${field.type}()`;
    }
  }

  #structValue(
    { field, isNullable, isFlexible }: LayoutField,
    assign: string,
    version: number,
    depth: number,
  ): string {
    const name = this.struct(structLayout(field.fields ?? {}, version, isFlexible), depth + 1);
    if (!isNullable) return `${assign} ${name}(r);`;
    // A null struct is -1 in a plain field and 0 in a tagged one.
    const isNull = field.tag === undefined ? 'r.int8() < 0' : 'r.int8() <= 0';
    return `${assign} ${isNull} ? null : ${name}(r);`;
  }

  #array(
    { name, field, isNullable, isFlexible }: LayoutField,
    assign: string,
    version: number,
    depth: number,
  ) {
    const element = elementOf(field, isFlexible);
    const min = Math.max(1, bytesMin(element, version));
    const length = `${name}Length`;
    const items = `${name}Items`;
    const readLength = `const ${length} = r.${variant('ArrayLength', isFlexible, isNullable)}(${min});`;
    const read =
      element.field.type === 'struct'
        ? `${this.struct(structLayout(element.field.fields ?? {}, version, isFlexible), depth + 1)}(r)`
        : this.#primitive(element);
    const trace = this.#options.isTraced ? `r.at(${depth}, \`${name}[\${i}]\`); ` : '';
    return [
      readLength,
      `const ${items} = [];`,
      `for (let i = 0; i < ${length}; i++) { ${trace}${items}.push(${read}); }`,
      isNullable ? `${assign} ${length} < 0 ? null : ${items};` : `${assign} ${items};`,
    ];
  }
}

/** The element of an array field, as a field without a name. Elements are never null. */
export function elementOf(field: Field, isFlexible: boolean): LayoutField {
  if (field.element === undefined) throw new TypeError('an array field has no element type');
  return { name: '', field: field.element, isNullable: false, isFlexible };
}

/** `compactNullableString`, `string` and so on: the reader's and the writer's names for a wire type. */
export function variant(type: string, isFlexible: boolean, isNullable: boolean): string {
  const name = `${isFlexible ? 'Compact' : ''}${isNullable ? 'Nullable' : ''}${type}`;
  return name.charAt(0).toLowerCase() + name.slice(1);
}

// Field names may be words of the language (`default`): prefixed they are not.
function local({ name }: LayoutField): string {
  return `$${name}`;
}

function defaultSource(value: unknown): string {
  if (Buffer.isBuffer(value)) return 'emptyBytes';
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return '[]';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, nested]) => `${name}: ${defaultSource(nested)}`)
    .join(', ')} }`;
}
