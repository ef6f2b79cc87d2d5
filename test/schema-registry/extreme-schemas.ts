import fc from 'fast-check';
import type { SchemaDefinition } from '../../schema-registry/index.ts';

type Text = Pick<SchemaDefinition, 'schemaType' | 'schema'>;

/** Texts in a row, each made with its place. */
export function row(count: number, text: (index: number) => string, between = ' '): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(between);
}

/** `inner` inside of so many messages. */
export function nestedMessages(depth: number, inner: string, name = (index: number) => `M${index}`): string {
  return `${row(depth, (index) => `message ${name(index)} {`)} ${inner} ${'}'.repeat(depth)}`;
}

/** How many of what is repeated, how deep what is nested, and how long names are. */
interface Size {
  readonly count: number;
  readonly depth: number;
  readonly length: number;
}

const extend = 'import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions';

/** Shapes whose costs grow with more than their text where an algorithm is careless. */
const protoShapes: readonly ((size: Size) => string)[] = [
  ({ count, depth }) =>
    `message T {} ${nestedMessages(
      depth,
      row(count, (index) => `T f${index} = ${index + 1};`),
    )}`,
  ({ count, depth, length }) =>
    nestedMessages(
      depth,
      row(count, (index) => `M0 f${index} = ${index + 1};`),
      (index) => `M${index}`.padEnd(length, 'x'),
    ),
  ({ count }) =>
    `message M { ${row(count, (index) => `oneof o${index} { int32 f${index} = ${index + 1}; }`)} }`,
  ({ count }) =>
    `message M { reserved ${row(count + 1, (index) => `${1000 + index * 2}`, ',')}; ${row(count, (index) => `int32 f${index} = ${index + 1};`)} }`,
  ({ count, depth }) =>
    `message M { } option (x) = ${'{a:'.repeat(depth)}[${row(count + 1, (index) => `{b: ${index}}`, ',')}]${'}'.repeat(depth)};`,
  ({ count }) => `message M { } option (x) = {${row(count, (index) => `a: ${index}`)}};`,
  ({ count }) => `${extend} { ${row(count, (index) => `optional int32 e${index} = ${50_000 + index};`)} }
    message M { optional int32 a = 1 [deprecated = true${row(count, (index) => `,(e${index}) = ${index}`, '')}]; }`,
  ({ count }) => `message M { ${row(count, (index) => `map<string, M> m${index} = ${index + 1};`)} }`,
  ({ count }) =>
    `message M { extensions 1000 to max; } ${row(count, (index) => `extend M { optional M e${index} = ${1000 + index}; }`)}`,
  ({ count, depth }) =>
    nestedMessages(depth, `enum E { ${row(count + 1, (index) => `C${index} = ${index};`)} }`),
  ({ depth, length }) =>
    `package ${row(depth + 1, (index) => `p${index}`.padEnd(length, 'x'), '.')}; message M { M m = 1; }`,
];

const jsonShapes: readonly ((size: Size) => unknown)[] = [
  ({ count }) => ({
    definitions: Object.fromEntries([
      ...range(count).map((index) => [`d${index}`, { $ref: `#/definitions/d${index + 1}` }]),
      [`d${count}`, { type: 'string' }],
    ]),
    properties: Object.fromEntries(
      range(count).map((index) => [`p${index}`, { $ref: `#/definitions/d${index}` }]),
    ),
  }),
  ({ depth, count }) =>
    range(depth).reduce<unknown>(
      (inner, index) => ({ [index % 2 === 0 ? 'anyOf' : 'allOf']: [inner, { const: index }] }),
      { enum: range(count + 1) },
    ),
  ({ count }) => ({
    patternProperties: Object.fromEntries(range(count).map((index) => [`^(a|b)*${index}.*$`, {}])),
    properties: Object.fromEntries(range(count).map((index) => [`${'ab'.repeat(20)}${index}`, {}])),
  }),
  ({ depth, length }) =>
    range(depth).reduce<unknown>((inner) => ({ $id: `${'i'.repeat(length)}/`, not: inner }), {
      $ref: '#',
    }),
  ({ depth, length }) =>
    range(depth).reduce<unknown>((inner) => ({ properties: { ['n'.repeat(length)]: inner } }), {}),
];

const avroShapes: readonly ((size: Size) => unknown)[] = [
  ({ count }) =>
    range(count).map((index) => ({
      type: 'record',
      name: `R${index}`,
      fields: [{ name: 'a', type: 'int' }],
    })),
  ({ count }) => ({ type: 'enum', name: 'E', symbols: range(count).map((index) => `S${index}`) }),
  ({ depth }) =>
    range(depth).reduce<unknown>(
      (inner, index) => ({ type: 'record', name: `R${index}`, fields: [{ name: 'a', type: inner }] }),
      'int',
    ),
  ({ count, length }) => ({
    type: 'record',
    name: 'R',
    namespace: 'n'.repeat(length),
    fields: range(count).map((index) => ({
      name: `f${index}`,
      type: { type: 'fixed', name: `A${index}`, size: 1 },
    })),
  }),
  ({ depth }) => range(depth).reduce<unknown>((inner) => ({ type: 'array', items: inner }), 'int'),
];

/** Schemas that are wide, deep or both, of shapes that have been slow once; small enough to make many of them. */
export const extremeSchemas: fc.Arbitrary<Text> = fc
  .record({
    count: fc.nat(40),
    depth: fc.oneof(fc.nat(20), fc.integer({ min: 90, max: 220 })),
    length: fc.constantFrom(1, 20, 3000),
  })
  .chain((size) =>
    fc.oneof(
      fc.constantFrom(...protoShapes).map((shape) => proto(`syntax = "proto3"; ${shape(size)}`)),
      fc.constantFrom(...protoShapes).map((shape) => proto(shape(size))),
      fc
        .constantFrom(...jsonShapes)
        .map((shape): Text => ({ schemaType: 'JSON', schema: JSON.stringify(shape(size)) })),
      fc
        .constantFrom(...avroShapes)
        .map((shape): Text => ({ schemaType: 'AVRO', schema: JSON.stringify(shape(size)) })),
    ),
  );

function proto(schema: string): Text {
  return { schemaType: 'PROTOBUF', schema };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
