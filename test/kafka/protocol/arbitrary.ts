// Random values of any message, derived from its definition.
import fc from 'fast-check';
import { allMessages, includesVersion, type MessageDefinition } from '../../../kafka/protocol/index.ts';
import type { Field, Fields } from '../../../kafka/protocol/schema/index.ts';

/** What the arbitrary makes of int64: bigints of 64 bits, or numbers that are safe integers. */
export type Int64 = 'bigint' | 'number';

/** Values of a message in one version. Fields that the version lacks are left out. */
export function arbitraryMessage(
  definition: MessageDefinition,
  version: number,
  int64: Int64,
): fc.Arbitrary<object> {
  return arbitraryStruct(definition.fields, version, int64);
}

/** Every message in each of its versions. */
export function everyMessageVersion(): { definition: MessageDefinition; version: number; label: string }[] {
  return allMessages.flatMap((definition) => {
    const { first, last } = definition.versions;
    return Array.from({ length: last - first + 1 }, (_, i) => ({
      definition,
      version: first + i,
      label: `${definition.name} v${first + i}`,
    }));
  });
}

function arbitraryStruct(fields: Fields, version: number, int64: Int64): fc.Arbitrary<object> {
  const present = Object.entries(fields).filter(([, field]) => includesVersion(field.versions, version));
  return fc.record(
    Object.fromEntries(present.map(([name, field]) => [name, arbitraryField(field, version, int64)])),
    {
      noNullPrototype: true,
    },
  );
}

function arbitraryField(field: Field, version: number, int64: Int64): fc.Arbitrary<unknown> {
  const value = arbitraryValue(field, version, int64);
  return includesVersion(field.nullable, version) ? fc.option(value, { freq: 3 }) : value;
}

const ranges = {
  int8: { min: -128, max: 127 },
  int16: { min: -32768, max: 32767 },
  uint16: { min: 0, max: 65535 },
  int32: { min: -2147483648, max: 2147483647 },
  uint32: { min: 0, max: 4294967295 },
} as const;

const arbitraryInt64 = {
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  number: fc.maxSafeInteger(),
} as const;

const arbitraryText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', 'topic-1', 'zażółć', '👋', 'x'.repeat(130), 'ż'.repeat(40)),
);

function arbitraryValue(field: Field, version: number, int64: Int64): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'bool':
      return fc.boolean();
    case 'int64':
      return arbitraryInt64[int64];
    case 'float64':
      return fc.double();
    case 'string':
      return arbitraryText;
    case 'uuid':
      return arbitraryBytes(16, 16).map((bytes) => bytes.toString('base64url'));
    case 'bytes':
    case 'records':
      return fc.oneof({ weight: 9, arbitrary: arbitraryBytes(0, 20) }, arbitraryBytes(4096, 4100));
    case 'struct':
      return arbitraryStruct(field.fields ?? {}, version, int64);
    case 'array':
      return fc.array(arbitraryValue(field.element ?? field, version, int64), { maxLength: 3 });
    default:
      return fc.integer(ranges[field.type]);
  }
}

function arbitraryBytes(minLength: number, maxLength: number): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));
}
