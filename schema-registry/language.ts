/** The languages this registry speaks, named as in the REST interface. */
export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF';

/** A schema that another one refers to: `name` is what the text says, the rest is where the registry has it. */
export interface SchemaReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A reference with the text it stands for. */
export interface ResolvedReference {
  readonly name: string;
  readonly schema: string;
}

/** What a parsed schema shows to those who do not know its language. */
export interface ParsedSchema {
  readonly type: SchemaType;
  /** The record's full name (Avro) or the title (JSON Schema); undefined when it has none. */
  readonly name: string | undefined;
}

/** How strictly {@link SchemaLanguage.parse} reads. */
export interface ParseOptions {
  /** Dependencies first: what a later text uses, an earlier one has defined. */
  readonly references: readonly ResolvedReference[];
  /** True for new schemas (names and defaults are checked), false for what is stored already. */
  readonly strict: boolean;
}

/** How {@link SchemaLanguage.compatibility} judges and words its findings. */
export interface CompatibilityOptions {
  /** What messages call the schema that reads: `new` in a backward check. */
  readonly readerLabel: string;
  /** What messages call the schema that wrote: `old` in a backward check. */
  readonly writerLabel: string;
  /** `LENIENT` lets JSON Schema properties come and go; Avro knows no difference. */
  readonly policy: CompatibilityPolicy;
}

export type CompatibilityPolicy = 'STRICT' | 'LENIENT';

/** A field or a type of a schema, with the tags that the schema's own text gives it. */
export interface TaggedEntity {
  readonly type: 'sr_field' | 'sr_record';
  /** As answers spell it: `ns.Record.field`. */
  readonly path: string;
  /** Other spellings that requests may use. */
  readonly otherPaths: readonly string[];
  readonly tags: readonly string[];
}

/** One schema language behind a few doors. All of it is pure. */
export interface SchemaLanguage<S extends ParsedSchema = ParsedSchema> {
  readonly type: SchemaType;
  /** Throws `SchemaParseError`. */
  parse(text: string, options: ParseOptions): S;
  /** The text that is stored, hashed and returned; `normalize` also orders what has no meaning in its order. */
  canonical(schema: S, options: { readonly normalize: boolean }): string;
  /** The text in another form that REST's `format` names (Avro: `resolved`); undefined when there is no such form. */
  formatted(schema: S, format: string): string | undefined;
  /** One message per reason why `reader` cannot read what `writer` wrote; none when it can. Throws `SchemaCheckError`. */
  compatibility(reader: S, writer: S, options: CompatibilityOptions): readonly string[];
  /** The text with every entity's inline tags (`confluent:tags`) being those that `edit` returns, in their order. */
  editTags(schema: S, edit: (entity: TaggedEntity) => readonly string[]): string;
  /** Names of the fields at the top: of the record, the object, the first message. */
  topFields(schema: S): readonly string[];
}
