import type { MessageDefinition } from '../schema/index.ts';
import { type CompileOptions, elementOf, variant } from './decoder-source.ts';
import { defaultOf, isDefault, type Mode } from './defaults.ts';
import { UnsupportedVersionError } from './errors.ts';
import { type Layout, type LayoutField, layoutOf, structLayout } from './layout.ts';
import type { Writer } from './writer.ts';

/** Writes one message. */
export type Encoder = (writer: Writer, value: unknown) => void;

/** What generated encoders call for the rare cases: absent fields and tagged ones. */
interface Runtime {
  readonly fields: LayoutField[];
  readonly defaults: unknown[];
  isDefault(index: number, value: unknown): boolean;
  lacks(index: number): never;
}

/** Compiles the encoder of one version: straight-line code per struct, no look-ups left in it. */
export function compileEncoder(
  definition: MessageDefinition,
  version: number,
  options: CompileOptions,
): Encoder {
  const runtime = createRuntime(definition.name, version, options.mode);
  const source = new EncoderSource(runtime, options);
  const root = source.struct(layoutOf(definition, version), 0);
  // Safe: the source is put together from our own definitions, never from input.
  return new Function('runtime', 'defaults', `${source.functions.join('\n')}\nreturn ${root};`)(
    runtime,
    runtime.defaults,
  );
}

function createRuntime(message: string, version: number, mode: Mode): Runtime {
  const fields: LayoutField[] = [];
  return {
    fields,
    defaults: [],
    isDefault(index, value) {
      const field = fields[index];
      return field !== undefined && isDefault(field.field, value, mode);
    },
    lacks(index) {
      const reason = `it has no field "${fields[index]?.name}", which is set`;
      throw new UnsupportedVersionError(message, version, reason);
    },
  };
}

class EncoderSource {
  readonly functions: string[] = [];
  readonly #runtime: Runtime;
  readonly #options: CompileOptions;

  constructor(runtime: Runtime, options: CompileOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /** Adds the function that writes a struct and gives its name. */
  struct(layout: Layout, depth: number): string {
    const { version } = layout;
    const lines = [
      "if (typeof v !== 'object' || v === null) w.fail('a struct is required');",
      ...layout.absent.filter(({ field }) => !field.isIgnorable).map((field) => this.#mustBeDefault(field)),
      ...layout.plain.flatMap((field) => this.#plain(field, version, depth)),
      ...(layout.isFlexible ? this.#tagSection(layout, depth) : []),
    ];
    const name = `write${this.functions.length}`;
    this.functions.push(`function ${name}(w, v) {\n${lines.filter((line) => line !== '').join('\n')}\n}`);
    return name;
  }

  #mustBeDefault(field: LayoutField): string {
    const index = this.#register(field);
    return `if (v.${field.name} !== undefined && !runtime.isDefault(${index}, v.${field.name})) runtime.lacks(${index});`;
  }

  #register(field: LayoutField): number {
    this.#runtime.defaults.push(defaultOf(field.field, this.#options.mode));
    return this.#runtime.fields.push(field) - 1;
  }

  #plain(field: LayoutField, version: number, depth: number): string[] {
    const given = `$${field.name}`;
    return [
      this.#trace(depth, field.name),
      `let ${given} = v.${field.name};`,
      `if (${given} === undefined) ${given} = defaults[${this.#register(field)}];`,
      ...this.#value(field, given, version, depth),
    ];
  }

  #tagSection({ tagged, version }: Layout, depth: number): string[] {
    if (tagged.length === 0) return ['w.uvarint(0);'];
    const isSet = tagged.map((field) => {
      const index = this.#register(field);
      return `const $${field.name} = v.${field.name}; const has$${field.name} = $${field.name} !== undefined && !runtime.isDefault(${index}, $${field.name});`;
    });
    return [
      ...isSet,
      `w.uvarint(${tagged.map(({ name }) => `(has$${name} ? 1 : 0)`).join(' + ')});`,
      ...tagged.flatMap((field) => [
        `if (has$${field.name}) {`,
        this.#trace(depth, field.name),
        `const from = w.enterTag(${field.field.tag});`,
        ...this.#value(field, `$${field.name}`, version, depth),
        'w.leaveTag(from); }',
      ]),
    ];
  }

  #trace(depth: number, name: string): string {
    return this.#options.isTraced ? `w.at(${depth}, '${name}');` : '';
  }

  #value(field: LayoutField, given: string, version: number, depth: number): string[] {
    if (field.field.type === 'array') return this.#array(field, given, version, depth);
    if (field.field.type === 'struct') return [this.#structValue(field, given, version, depth)];
    return [`w.${this.#primitive(field)}(${given});`];
  }

  #primitive({ field, isNullable, isFlexible }: LayoutField): string {
    switch (field.type) {
      case 'int64':
        return this.#options.mode === 'exact' ? 'bigint64' : 'int64';
      case 'string':
        return variant('String', isFlexible, isNullable);
      case 'bytes':
      case 'records':
        return variant('Bytes', isFlexible, isNullable);
      default:
        return field.type;
    }
  }

  #structValue(
    { field, isNullable, isFlexible }: LayoutField,
    given: string,
    version: number,
    depth: number,
  ): string {
    const name = this.struct(structLayout(field.fields ?? {}, version, isFlexible), depth + 1);
    if (!isNullable) return `${name}(w, ${given});`;
    // A null struct is -1 in a plain field and 0 in a tagged one.
    const whenNull = field.tag === undefined ? -1 : 0;
    return `if (${given} === null) w.int8(${whenNull}); else { w.int8(1); ${name}(w, ${given}); }`;
  }

  #array(
    { name, field, isNullable, isFlexible }: LayoutField,
    given: string,
    version: number,
    depth: number,
  ) {
    const element = elementOf(field, isFlexible);
    const trace = this.#options.isTraced ? `w.at(${depth}, \`${name}[\${i}]\`); ` : '';
    const write =
      element.field.type === 'struct'
        ? `${this.struct(structLayout(element.field.fields ?? {}, version, isFlexible), depth + 1)}(w, items[i])`
        : `w.${this.#primitive(element)}(items[i])`;
    const length = (count: string) => (isFlexible ? `w.uvarint(${count} + 1);` : `w.int32(${count});`);
    const body = [
      `const items = w.array(${given});`,
      length('items.length'),
      `for (let i = 0; i < items.length; i++) { ${trace}${write}; }`,
    ];
    if (!isNullable) return ['{', ...body, '}'];
    return [`if (${given} === null) { ${length('-1')} } else {`, ...body, '}'];
  }
}
