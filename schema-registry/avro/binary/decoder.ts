import { SerializationError } from '../../errors.ts';
import type { AvroEnum, AvroField, AvroRecord, AvroSchema, AvroUnion } from '../schema.ts';
import { isNamed } from '../schema.ts';
import { defaultValue } from './default-value.ts';
import type { BinaryReader } from './reader.ts';
import { type RecordPlan, recordDecoder } from './record-decoder.ts';
import { branchName, isWrapped, type UnionShape } from './union-shape.ts';

/** Reads one value. Throws `SerializationError`. */
export type Decode = (reader: BinaryReader) => unknown;

/**
 * Compiles pairs of schemas, the writer's and the reader's, into functions: fields by name or alias, defaults for what
 * was not written, promotions. What cannot be resolved fails when such a value comes, as in Avro: a union may have
 * branches that never occur.
 */
export class DecoderCompiler {
  readonly #shape: UnionShape;
  readonly #records = new Map<AvroRecord, Map<AvroRecord, { decode: Decode | undefined }>>();

  constructor(shape: UnionShape) {
    this.#shape = shape;
  }

  compile(writer: AvroSchema, reader: AvroSchema): Decode {
    if (writer.kind === 'union') return this.#fromUnion(writer, reader);
    if (reader.kind === 'union') return this.#intoUnion(writer, reader);
    if (writer.kind === 'record' && reader.kind === 'record') return this.#record(writer, reader);
    if (writer.kind === 'array' && reader.kind === 'array') {
      return arrayDecoder(this.compile(writer.items, reader.items), leastBytes(writer.items));
    }
    if (writer.kind === 'map' && reader.kind === 'map') {
      return mapDecoder(this.compile(writer.values, reader.values));
    }
    if (writer.kind === 'enum' && reader.kind === 'enum') return enumDecoder(writer, reader);
    if (writer.kind === 'fixed' && reader.kind === 'fixed' && writer.size === reader.size) {
      const { size } = writer;
      return (bytes) => bytes.fixed(size);
    }
    return primitives.get(`${writer.kind}>${reader.kind}`) ?? unreadable(writer, reader);
  }

  #fromUnion({ branches }: AvroUnion, reader: AvroSchema): Decode {
    const decoders = branches.map((branch) => this.compile(branch, reader));
    return (bytes) => {
      const index = bytes.count();
      const decode = decoders[index];
      if (decode === undefined) throw new SerializationError(`a union has no branch ${index}`);
      return decode(bytes);
    };
  }

  #intoUnion(writer: AvroSchema, reader: AvroUnion): Decode {
    const branch = chooseBranch(writer, reader.branches);
    if (branch === undefined) return unreadable(writer, reader);
    const decode = this.compile(writer, branch);
    if (branch.kind === 'null' || !isWrapped(reader, this.#shape)) return decode;
    const name = branchName(branch);
    return (bytes) => ({ [name]: decode(bytes) });
  }

  #record(writer: AvroRecord, reader: AvroRecord): Decode {
    const byReader = this.#records.get(writer) ?? new Map<AvroRecord, { decode: Decode | undefined }>();
    this.#records.set(writer, byReader);
    const known = byReader.get(reader);
    if (known !== undefined) {
      return (
        known.decode ??
        // The record contains itself: how deep is up to the payload.
        ((bytes) => {
          bytes.enter();
          const value = known.decode?.(bytes);
          bytes.leave();
          return value;
        })
      );
    }
    const slot: { decode: Decode | undefined } = { decode: undefined };
    byReader.set(reader, slot);
    slot.decode = this.#plannedRecord(writer, reader);
    return slot.decode;
  }

  #plannedRecord(writer: AvroRecord, reader: AvroRecord): Decode {
    const sources = reader.fields.map((field) =>
      writer.fields.findIndex((written) => isSame(field, written)),
    );
    const reads = writer.fields.map((written, index) => {
      const target = reader.fields[sources.indexOf(index)];
      return target === undefined ? this.#skip(written.type) : this.compile(written.type, target.type);
    });
    const plan: RecordPlan = {
      reads,
      fields: reader.fields.map((field, index) => ({
        name: field.name,
        source: sources[index] ?? -1,
        missing: this.#missing(field),
      })),
    };
    return recordDecoder(plan);
  }

  #missing({ name, type, default: fallback }: AvroField): () => unknown {
    if (fallback === undefined || defaultValue(type, fallback, this.#shape) === undefined) {
      return () => {
        throw new SerializationError(`the field "${name}" was not written and has no default`);
      };
    }
    return () => defaultValue(type, fallback, this.#shape);
  }

  #skip(writer: AvroSchema): Decode {
    switch (writer.kind) {
      case 'string':
      case 'bytes':
        return (bytes) => bytes.skip(bytes.count());
      case 'fixed':
        return (bytes) => bytes.skip(writer.size);
      default:
        return this.compile(writer, writer);
    }
  }
}

/** By name first: an alias stands for a name that the writer may also use otherwise. */
function isSame(field: AvroField, written: AvroField): boolean {
  return field.name === written.name || field.aliases.includes(written.name);
}

/** The branch of the reader's union for a writer's type: the same one, else one of that kind, else a promotion. */
function chooseBranch(writer: AvroSchema, branches: readonly AvroSchema[]): AvroSchema | undefined {
  const sameKind = branches.filter(({ kind }) => kind === writer.kind);
  if (isNamed(writer)) {
    return (
      sameKind.find((branch) => branchName(branch) === writer.name.full) ??
      sameKind.find((branch) => isNamed(branch) && isRelated(branch, writer))
    );
  }
  return sameKind[0] ?? branches.find((branch) => primitives.has(`${writer.kind}>${branch.kind}`));
}

function isRelated(
  reader: Extract<AvroSchema, { name: unknown }>,
  writer: Extract<AvroSchema, { name: unknown }>,
): boolean {
  return (
    reader.name.name === writer.name.name || reader.aliases.some(({ full }) => full === writer.name.full)
  );
}

function unreadable(writer: AvroSchema, reader: AvroSchema): Decode {
  const message = `${branchName(writer)} cannot be read as ${branchName(reader)}`;
  return () => {
    throw new SerializationError(message);
  };
}

const readLong: Decode = (bytes) => bytes.long();
const readNumber: Decode = (bytes) => Number(bytes.long());
const readString: Decode = (bytes) => bytes.string();
const readBytes: Decode = (bytes) => bytes.bytes();
const readFloat: Decode = (bytes) => bytes.float();

const primitives: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['null>null', () => null],
  ['boolean>boolean', (bytes) => bytes.boolean()],
  ['int>int', (bytes) => bytes.int()],
  ['int>long', readLong],
  ['int>float', readNumber],
  ['int>double', readNumber],
  ['long>long', readLong],
  ['long>float', readNumber],
  ['long>double', readNumber],
  ['float>float', readFloat],
  ['float>double', readFloat],
  ['double>double', (bytes) => bytes.double()],
  ['string>string', readString],
  ['bytes>string', readString],
  ['bytes>bytes', readBytes],
  ['string>bytes', readBytes],
]);

function arrayDecoder(decode: Decode, itemBytesMin: number): Decode {
  return (bytes) => {
    const items: unknown[] = [];
    for (let count = bytes.block(itemBytesMin); count > 0; count = bytes.block(itemBytesMin)) {
      for (; count > 0; count -= 1) items.push(decode(bytes));
    }
    return items;
  };
}

function mapDecoder(decode: Decode): Decode {
  return (bytes) => {
    const entries: Record<string, unknown> = {};
    // A key takes a byte at least.
    for (let count = bytes.block(1); count > 0; count = bytes.block(1)) {
      for (; count > 0; count -= 1) {
        const key = bytes.string();
        const value = decode(bytes);
        if (key === '__proto__') define(entries, key, value);
        else entries[key] = value;
      }
    }
    return entries;
  };
}

/** Plain assignment would set the prototype. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function enumDecoder(writer: AvroEnum, reader: AvroEnum): Decode {
  const symbols = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.default));
  return (bytes) => {
    const index = bytes.int();
    const symbol = symbols[index];
    if (symbol !== undefined) return symbol;
    const written = writer.symbols[index] ?? `number ${index}`;
    throw new SerializationError(`the enum ${reader.name.full} has no symbol ${written}, and no default`);
  };
}

/** The least number of bytes that a value takes: 0 only for null, empty records, fixed of size 0 and what has but these. */
function leastBytes(schema: AvroSchema, open: ReadonlySet<AvroSchema> = new Set()): number {
  if (open.has(schema)) return 0;
  switch (schema.kind) {
    case 'null':
      return 0;
    case 'float':
      return 4;
    case 'double':
      return 8;
    case 'fixed':
      return schema.size;
    case 'record': {
      const inside = new Set([...open, schema]);
      return schema.fields.reduce((sum, { type }) => sum + leastBytes(type, inside), 0);
    }
    default:
      return 1;
  }
}
