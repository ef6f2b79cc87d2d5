import { SerializationError } from '../errors.ts';
import type { ResolvedReference } from '../language.ts';
import { type Decode, DecoderCompiler } from './binary/decoder.ts';
import { type Encode, EncoderCompiler } from './binary/encoder.ts';
import { BinaryReader } from './binary/reader.ts';
import type { UnionShape } from './binary/union-shape.ts';
import { describeMismatch } from './binary/value-check.ts';
import { BinaryWriter } from './binary/writer.ts';
import { parseAvro } from './parser.ts';
import type { AvroSchema } from './schema.ts';

/** An Avro schema as text. */
export interface AvroText {
  readonly schema: string;
  /** Dependencies first. */
  readonly references?: readonly ResolvedReference[];
}

/** How values look. */
export interface AvroCodecOptions {
  /** `auto` by default. */
  readonly unions?: UnionShape;
  /** What decoded values should look like when it is not the schema they were written with. */
  readonly reader?: AvroText;
}

/** Shared by all codecs of the process: encoding never waits. */
const writer = new BinaryWriter();

/**
 * Data to Avro's binary form and back. Values are plain: record and map as object, bytes and fixed as Buffer, enum as
 * string, int, float and double as number, long as number when safe and else as bigint, unions as {@link UnionShape}
 * says; logical types as the type below them. Throws `SchemaParseError` for a text that is no schema.
 */
export class AvroCodec {
  readonly #schema: AvroSchema;
  readonly #reader: AvroSchema;
  readonly #unions: UnionShape;
  #encode: Encode | undefined;
  #decode: Decode | undefined;

  constructor(text: AvroText, options: AvroCodecOptions = {}) {
    this.#schema = parse(text);
    this.#reader = options.reader === undefined ? this.#schema : parse(options.reader);
    this.#unions = options.unions ?? 'auto';
  }

  /** True for a schema that is `bytes` and nothing else: on the wire such values have no length in front. */
  get isBytes(): boolean {
    return this.#schema.kind === 'bytes';
  }

  /**
   * Encodes behind `prefix`, into a buffer that is the caller's. Fields that are missing take their default; extra
   * ones are left out. Throws {@link SerializationError}, which says what does not fit and where.
   */
  encode(value: unknown, prefix?: Uint8Array): Buffer {
    this.#encode ??= new EncoderCompiler(this.#unions).compile(this.#schema);
    try {
      writer.begin(prefix?.length ?? 0);
      this.#encode(writer, value);
      const bytes = writer.finish();
      if (prefix !== undefined) bytes.set(prefix, 0);
      return bytes;
    } catch (error) {
      throw this.#encodeError(value, error);
    }
  }

  /** Decodes what begins at `position`; bytes behind the value are ignored. The payload is not kept. Throws {@link SerializationError}. */
  decode(bytes: Uint8Array, position = 0): unknown {
    this.#decode ??= new DecoderCompiler(this.#unions).compile(this.#schema, this.#reader);
    try {
      return this.#decode(new BinaryReader(bytes, position));
    } catch (error) {
      if (error instanceof SerializationError) throw error;
      throw new SerializationError('the payload is nested too deeply', { cause: error });
    }
  }

  #encodeError(value: unknown, error: unknown): SerializationError {
    if (error instanceof RangeError) {
      return new SerializationError('the value is nested too deeply, or contains itself', { cause: error });
    }
    return new SerializationError(describeMismatch(this.#schema, value, this.#unions), { cause: error });
  }
}

function parse({ schema, references = [] }: AvroText): AvroSchema {
  return parseAvro(schema, { references, strict: false }).root;
}
