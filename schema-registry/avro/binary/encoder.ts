import { SerializationError } from '../../errors.ts';
import type { AvroField, AvroRecord, AvroSchema, AvroUnion } from '../schema.ts';
import { defaultValue } from './default-value.ts';
import { isInherited, ownField } from './record-field.ts';
import { branchName, familyOf, familyOfValue, isWrapped, type UnionShape } from './union-shape.ts';
import { branchIndex, unwrapped } from './value-check.ts';
import type { BinaryWriter } from './writer.ts';

/** Writes one value of a schema. Throws `SerializationError` when it does not fit. */
export type Encode = (writer: BinaryWriter, value: unknown) => void;

/** Compiles schemas into functions, once each: named types may refer to themselves. */
export class EncoderCompiler {
  readonly #shape: UnionShape;
  readonly #records = new Map<AvroRecord, { encode: Encode | undefined }>();

  constructor(shape: UnionShape) {
    this.#shape = shape;
  }

  compile(schema: AvroSchema): Encode {
    switch (schema.kind) {
      case 'record':
        return this.#record(schema);
      case 'union':
        return isWrapped(schema, this.#shape) ? this.#wrapped(schema) : this.#unwrapped(schema);
      case 'array':
        return arrayEncoder(this.compile(schema.items));
      case 'map':
        return mapEncoder(this.compile(schema.values));
      case 'enum':
        return enumEncoder(schema.symbols);
      case 'fixed':
        return fixedEncoder(schema.size);
      default:
        return primitives[schema.kind];
    }
  }

  #record(schema: AvroRecord): Encode {
    const known = this.#records.get(schema);
    if (known !== undefined) {
      return known.encode ?? ((writer, value) => known.encode?.(writer, value));
    }
    const slot: { encode: Encode | undefined } = { encode: undefined };
    this.#records.set(schema, slot);
    slot.encode = recordEncoder(
      schema.fields.map((field) => ({ name: field.name, encode: this.#field(field) })),
    );
    return slot.encode;
  }

  /** A field that is missing takes its default. */
  #field({ name, type, default: fallback }: AvroField): Encode {
    const encode = this.compile(type);
    const missing = fallback === undefined ? undefined : defaultValue(type, fallback, this.#shape);
    if (missing === undefined) {
      return (writer, value) => {
        if (value === undefined) throw new SerializationError(`the field "${name}" is missing`);
        encode(writer, value);
      };
    }
    return (writer, value) => encode(writer, value === undefined ? missing : value);
  }

  #unwrapped({ branches }: AvroUnion): Encode {
    const byFamily = new Map(
      branches.map((branch, index) => [familyOf(branch), { index, encode: this.compile(branch) }]),
    );
    const nothing = byFamily.get('null');
    const others = [...byFamily].filter(([family]) => family !== 'null');
    const [only] = others;
    // Most unions are a type or null: no need to find out what the value is.
    if (others.length === 1 && only !== undefined && nothing !== undefined) {
      const [, { index, encode }] = only;
      return (writer, value) => {
        writer.int(value === null ? nothing.index : index);
        if (value !== null) encode(writer, value);
      };
    }
    return (writer, value) => {
      const family = familyOfValue(value);
      const branch = family && byFamily.get(family);
      if (branch === undefined) throw misfit(value);
      writer.int(branch.index);
      branch.encode(writer, value);
    };
  }

  #wrapped({ branches }: AvroUnion): Encode {
    const encoders = branches.map((branch) => this.compile(branch));
    const nullIndex = branches.findIndex((branch) => branchName(branch) === 'null');
    const choose = (value: unknown) => {
      if (value === null && nullIndex >= 0) return { index: nullIndex, value };
      return unwrapped(branches, value) ?? { index: branchIndex(branches, value), value };
    };
    return (writer, value) => {
      const chosen = choose(value);
      const encode = encoders[chosen.index];
      if (encode === undefined) throw misfit(value);
      writer.int(chosen.index);
      encode(writer, chosen.value);
    };
  }
}

function misfit(value: unknown): SerializationError {
  return new SerializationError(`a value of type ${typeof value} does not fit the schema`);
}

const primitives: Record<
  'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string',
  Encode
> = {
  null(_writer, value) {
    if (value !== null) throw misfit(value);
  },
  boolean(writer, value) {
    if (typeof value !== 'boolean') throw misfit(value);
    writer.boolean(value);
  },
  int(writer, value) {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || number !== (number | 0)) throw misfit(value);
    writer.int(number);
  },
  long(writer, value) {
    if (typeof value === 'number' && Number.isSafeInteger(value)) writer.long(value);
    else if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) writer.bigLong(value);
    else throw misfit(value);
  },
  float(writer, value) {
    writer.float(numberOf(value));
  },
  double(writer, value) {
    writer.double(numberOf(value));
  },
  bytes(writer, value) {
    if (!(value instanceof Uint8Array)) throw misfit(value);
    writer.bytes(value);
  },
  string(writer, value) {
    if (typeof value !== 'string') throw misfit(value);
    writer.string(value);
  },
};

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw misfit(value);
}

function arrayEncoder(encode: Encode): Encode {
  return (writer, value) => {
    if (!Array.isArray(value)) throw misfit(value);
    if (value.length > 0) writer.long(value.length);
    for (const item of value) encode(writer, item);
    writer.int(0);
  };
}

function mapEncoder(encode: Encode): Encode {
  return (writer, value) => {
    if (familyOfValue(value) !== 'object') throw misfit(value);
    const entries = Object.entries(value as object);
    if (entries.length > 0) writer.long(entries.length);
    for (const [key, item] of entries) {
      writer.string(key);
      encode(writer, item);
    }
    writer.int(0);
  };
}

function enumEncoder(symbols: readonly string[]): Encode {
  const indexes = new Map(symbols.map((symbol, index) => [symbol, index]));
  return (writer, value) => {
    const index = typeof value === 'string' ? indexes.get(value) : undefined;
    if (index === undefined) throw misfit(value);
    writer.int(index);
  };
}

function fixedEncoder(size: number): Encode {
  return (writer, value) => {
    if (!(value instanceof Uint8Array) || value.length !== size) throw misfit(value);
    writer.raw(value);
  };
}

interface FieldEncoder {
  readonly name: string;
  readonly encode: Encode;
}

/**
 * Code made for the record's own fields lets the engine see one shape of object, which is several times faster than a
 * loop. Names are quoted; where code may not be made from strings, the loop does it.
 */
function recordEncoder(fields: readonly FieldEncoder[]): Encode {
  const checked: Encode = (writer, value) => {
    if (familyOfValue(value) !== 'object') throw misfit(value);
    write(writer, value);
  };
  const write = generatedWriter(fields) ?? loopWriter(fields);
  return checked;
}

function generatedWriter(fields: readonly FieldEncoder[]): Encode | undefined {
  const parameters = fields.map((_field, index) => `e${index}`);
  const lines = fields.map(({ name }, index) => {
    const key = JSON.stringify(name);
    return `e${index}(w, ${isInherited(name) ? `own(v, ${key})` : `v[${key}]`});`;
  });
  try {
    const make = new Function('own', ...parameters, `return function (w, v) { ${lines.join(' ')} };`);
    return make(ownField, ...fields.map(({ encode }) => encode)) as Encode;
  } catch {
    return undefined;
  }
}

function loopWriter(fields: readonly FieldEncoder[]): Encode {
  return (writer, value) => {
    for (const { name, encode } of fields) encode(writer, ownField(value as object, name));
  };
}
