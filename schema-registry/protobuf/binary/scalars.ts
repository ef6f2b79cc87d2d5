import type { ScalarType } from '../syntax-tree.ts';
import { type ProtoReader, wireTypes } from './reader.ts';
import type { ProtoWriter } from './writer.ts';

/** How a scalar is written, read and checked. */
export interface Scalar {
  readonly wireType: number;
  /** What a value must be, for messages. */
  readonly expected: string;
  accepts(value: unknown): boolean;
  write(writer: ProtoWriter, value: never): void;
  read(reader: ProtoReader): unknown;
  /** A new one each time: buffers are the caller's. */
  zero(): unknown;
  isZero(value: unknown): boolean;
}

const int32: Pick<Scalar, 'expected' | 'accepts'> = {
  expected: 'a 32-bit integer',
  accepts: (value) => typeof value === 'number' && value === (value | 0),
};

const uint32: Pick<Scalar, 'expected' | 'accepts'> = {
  expected: 'an integer from 0 to 2^32-1',
  accepts: (value) => typeof value === 'number' && value === value >>> 0,
};

const int64: Pick<Scalar, 'expected' | 'accepts'> = {
  expected: 'a 64-bit integer: a safe number or a bigint',
  accepts: (value) =>
    typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value),
};

const uint64: Pick<Scalar, 'expected' | 'accepts'> = {
  expected: 'an integer from 0 to 2^64-1: a safe number or a bigint',
  accepts: (value) =>
    typeof value === 'bigint'
      ? BigInt.asUintN(64, value) === value
      : Number.isSafeInteger(value) && (value as number) >= 0,
};

const real: Pick<Scalar, 'expected' | 'accepts'> = {
  expected: 'a number',
  accepts: (value) => typeof value === 'number',
};

const number = {
  zero: () => 0,
  // Minus zero is a value of its own.
  isZero: (value: unknown) => Object.is(value, 0) || value === 0n,
};

const { varint, fixed32, fixed64, bytes } = wireTypes;

/** The codec of each scalar type. */
export const scalars: Readonly<Record<ScalarType, Scalar>> = {
  int32: { ...number, ...int32, wireType: varint, write: (w, v) => w.int64(v), read: (r) => r.int32() },
  uint32: { ...number, ...uint32, wireType: varint, write: (w, v) => w.uint32(v), read: (r) => r.uint32() },
  sint32: { ...number, ...int32, wireType: varint, write: (w, v) => w.sint32(v), read: (r) => r.sint32() },
  int64: { ...number, ...int64, wireType: varint, write: (w, v) => w.int64(v), read: (r) => r.int64() },
  uint64: { ...number, ...uint64, wireType: varint, write: (w, v) => w.int64(v), read: (r) => r.uint64() },
  sint64: { ...number, ...int64, wireType: varint, write: (w, v) => w.sint64(v), read: (r) => r.sint64() },
  fixed32: {
    ...number,
    ...uint32,
    wireType: fixed32,
    write: (w, v) => w.fixed32(v),
    read: (r) => r.fixed32(),
  },
  sfixed32: {
    ...number,
    ...int32,
    wireType: fixed32,
    write: (w, v) => w.fixed32(v),
    read: (r) => r.sfixed32(),
  },
  fixed64: {
    ...number,
    ...uint64,
    wireType: fixed64,
    write: (w, v) => w.fixed64(v),
    read: (r) => r.fixed64(),
  },
  sfixed64: {
    ...number,
    ...int64,
    wireType: fixed64,
    write: (w, v) => w.fixed64(v),
    read: (r) => r.sfixed64(),
  },
  float: { ...number, ...real, wireType: fixed32, write: (w, v) => w.float(v), read: (r) => r.float() },
  double: { ...number, ...real, wireType: fixed64, write: (w, v) => w.double(v), read: (r) => r.double() },
  bool: {
    wireType: varint,
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    write: (w, v) => w.uint32(v ? 1 : 0),
    read: (r) => r.boolean(),
    zero: () => false,
    isZero: (value) => value === false,
  },
  string: {
    wireType: bytes,
    expected: 'a string',
    accepts: (value) => typeof value === 'string',
    write: (w, v) => w.string(v),
    read: (r) => r.string(true),
    zero: () => '',
    isZero: (value) => value === '',
  },
  bytes: {
    wireType: bytes,
    expected: 'bytes',
    accepts: (value) => value instanceof Uint8Array,
    write: (w, v) => w.bytes(v),
    read: (r) => r.bytes(),
    zero: () => Buffer.alloc(0),
    isZero: (value) => value instanceof Uint8Array && value.length === 0,
  },
};
