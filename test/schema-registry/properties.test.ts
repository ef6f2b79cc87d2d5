import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AvroCodec,
  avroLanguage,
  jsonLanguage,
  protobufLanguage,
  RegistryError,
  type SchemaDefinition,
  type SchemaLanguage,
  SchemaLimitError,
} from '../../schema-registry/index.ts';
import { MessageCodec } from '../../schema-registry/protobuf/binary/codec.ts';
import { decideRegister } from '../../schema-registry/store/registration.ts';
import { extremeSchemas } from './extreme-schemas.ts';
import { openStore, snapshot } from './fixture.ts';

const backward = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;

/** Whether data of `old` can be read with `now`. */
function isBackward(language: SchemaLanguage, now: string, old: string): boolean {
  const parse = (text: string) => language.parse(text, { references: [], strict: true });
  return language.compatibility(parse(now), parse(old), backward).length === 0;
}

interface Sample {
  readonly schema: unknown;
  readonly value: fc.Arbitrary<unknown>;
}

const avroScalars: readonly Sample[] = [
  { schema: 'int', value: fc.integer() },
  { schema: 'long', value: fc.maxSafeInteger() },
  { schema: 'double', value: fc.double({ noNaN: true }) },
  { schema: 'string', value: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  { schema: 'bytes', value: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)) },
];

const avroDefaults: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ['int', 1],
  ['long', 2],
  ['double', 0.5],
  ['string', 's'],
  ['bytes', 'b'],
]);

const enums = fc.constantFrom<readonly string[]>(['A'], ['A', 'B'], ['A', 'B', 'C']);
const avroTypes: fc.Arbitrary<Sample> = fc.oneof(
  fc.constantFrom(...avroScalars),
  fc
    .constantFrom(...avroScalars)
    .map(({ schema, value }) => ({ schema: ['null', schema], value: fc.option(value) })),
  fc.constantFrom(...avroScalars).map(({ schema, value }) => ({
    schema: { type: 'array', items: schema },
    value: fc.array(value, { maxLength: 3 }),
  })),
  fc.tuple(enums, fc.boolean()).map(([symbols, hasDefault]) => ({
    schema: { type: 'enum', name: 'E', symbols, ...(hasDefault && { default: 'A' }) },
    value: fc.constantFrom(...symbols),
  })),
);

/** Records of few names and few types, so that two of them often get along. */
const avroRecords: fc.Arbitrary<Sample> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), avroTypes, fc.boolean()), {
    selector: ([name]) => name,
  })
  .filter((fields) => fields.filter(([, { schema }]) => JSON.stringify(schema).includes('enum')).length < 2)
  .map((fields) => ({
    schema: {
      type: 'record',
      name: 'R',
      fields: fields.map(([name, { schema }, hasDefault]) => {
        const fallback = Array.isArray(schema) ? null : avroDefaults.get(schema);
        return { name, type: schema, ...(hasDefault && fallback !== undefined && { default: fallback }) };
      }),
    },
    value: fc.record(Object.fromEntries(fields.map(([name, { value }]) => [name, value]))),
  }));

const protoTypes: readonly (readonly [type: string, value: fc.Arbitrary<unknown>])[] = [
  ['int32', fc.integer()],
  ['uint64', fc.maxSafeInteger().map(Math.abs)],
  ['sint32', fc.integer()],
  ['bool', fc.boolean()],
  ['E', fc.constantFrom('Z', 'ONE')],
  ['string', fc.string({ unit: 'grapheme', maxLength: 8 })],
  // Bytes become a string where Confluent calls that compatible: they have to be text for that.
  ['bytes', fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => Buffer.from(text))],
  ['fixed64', fc.maxSafeInteger().map(Math.abs)],
  ['double', fc.double()],
  ['M.N', fc.record({ x: fc.integer() })],
  ['map<string, int32>', fc.dictionary(fc.string({ maxLength: 3 }), fc.integer()).map((map) => ({ ...map }))],
];

const protoMessages: fc.Arbitrary<{ readonly schema: string; readonly value: fc.Arbitrary<unknown> }> = fc
  .tuple(
    fc.uniqueArray(
      fc.tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(...protoTypes),
        fc.constantFrom('', 'repeated', 'optional', 'oneof', 'required', 'required'),
      ),
      { selector: ([tag]) => tag },
    ),
    fc.constantFrom('int32', 'int64', 'string'),
    fc.constantFrom('proto2', 'proto3'),
    fc.boolean(),
  )
  .map(([fields, inner, syntax, isInnerRequired]) => {
    const isOld = syntax === 'proto2';
    const plain = fields.map(([tag, [type, value], label]) => {
      const isMap = type.startsWith('map');
      return {
        tag,
        type,
        label: isMap ? '' : labelIn(syntax, label, type),
        value: label === 'repeated' && !isMap ? fc.array(value, { maxLength: 3 }) : value,
      };
    });
    const text = (kind: boolean) =>
      plain
        .filter(({ label }) => (label === 'oneof') === kind)
        .map(({ tag, type, label }) => `${kind ? '' : label} ${type} f${tag} = ${tag};`)
        .join(' ');
    const alternatives = text(true);
    const innerLabel = isOld ? (isInnerRequired ? 'required' : 'optional') : '';
    const schema = `syntax = "${syntax}"; message M { ${text(false)} ${alternatives === '' ? '' : `oneof o { ${alternatives} }`}
      message N { ${innerLabel} ${inner} x = 1; } enum E { Z = 0; ONE = 1; } }`;
    const chosen = plain.find(({ label }) => label === 'oneof')?.tag;
    const set = plain.filter(({ tag, label }) => label !== 'oneof' || tag === chosen);
    const members = set.map(
      ({ tag, type, value }) =>
        [`f${tag}`, inner === 'string' && type === 'M.N' ? value.map(textual) : value] as const,
    );
    const requiredKeys = set.filter(({ label }) => label === 'required').map(({ tag }) => `f${tag}`);
    return { schema, value: fc.record(Object.fromEntries(members), { requiredKeys }) };
  });

/** proto3 requires nothing, and proto2 has a label everywhere. An integer may be no constant of an enum that is required. */
function labelIn(syntax: string, label: string, type: string): string {
  if (syntax === 'proto3') return label === 'required' ? '' : label;
  return label === '' || (label === 'required' && type === 'E') ? 'optional' : label;
}

/** The inner message's field is text in some schemas. */
function textual(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textual);
  if (typeof value !== 'object' || value === null || !('x' in value)) return value;
  return { x: String(value.x) };
}

describe('a schema that passes BACKWARD reads every datum of the old one', () => {
  test('Avro', () => {
    let compared = 0;
    fc.assert(
      fc.property(avroRecords, avroRecords, fc.infiniteStream(fc.nat()), (old, now, seeds) => {
        const [writer, reader] = [JSON.stringify(old.schema), JSON.stringify(now.schema)];
        if (!isBackward(avroLanguage, reader, writer)) return;
        compared += 1;
        const codec = new AvroCodec({ schema: writer }, { reader: { schema: reader } });
        for (const datum of fc.sample(old.value, { numRuns: 5, seed: seeds.next().value ?? 0 })) {
          codec.decode(codec.encode(datum));
        }
      }),
      { numRuns: 1500 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  test('Protobuf', () => {
    let compared = 0;
    const link = (text: string) => {
      const { linked } = protobufLanguage.parse(text, { references: [], strict: true });
      const type = linked.definitions.get('M');
      if (type?.kind !== 'message') throw new TypeError('no message');
      return { type, codec: new MessageCodec(linked) };
    };
    fc.assert(
      fc.property(protoMessages, protoMessages, fc.nat(), (old, now, seed) => {
        if (!isBackward(protobufLanguage, now.schema, old.schema)) return;
        compared += 1;
        const [writer, reader] = [link(old.schema), link(now.schema)];
        for (const datum of fc.sample(old.value, { numRuns: 5, seed })) {
          reader.codec.decode(reader.type, writer.codec.encode(writer.type, datum));
        }
      }),
      { numRuns: 4000 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

describe('canonical text', () => {
  const jsonSchemas = fc
    .letrec((tie) => ({
      schema: fc.oneof(
        { depthSize: 'small' },
        fc.boolean(),
        fc.record(
          {
            type: fc.constantFrom('string', 'number', 'object', 'array'),
            maximum: fc.double({ noNaN: true, noDefaultInfinity: true }),
            enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }),
            properties: fc.dictionary(fc.string({ maxLength: 4 }), tie('schema'), { maxKeys: 3 }),
            items: tie('schema'),
            anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
            title: fc.string(),
          },
          { requiredKeys: [] },
        ),
      ),
    }))
    .schema.map((schema) => JSON.stringify(schema));

  /** Extensions at the top and inside, of own messages and of imported ones, fields and groups. */
  const extensions = fc
    .uniqueArray(
      fc.tuple(
        fc.integer({ min: 100, max: 110 }),
        fc.constantFrom('M', '.p.M', 'p.M.N', 'google.protobuf.FieldOptions'),
        fc.constantFrom(
          'optional int32',
          'repeated M',
          'optional .p.M.N',
          'optional group',
          'repeated bytes',
        ),
        fc.constantFrom('top', 'M', 'N'),
        fc.constantFrom('', ' [deprecated = true]', ' [json_name = "x", debug_redact = false]'),
      ),
      { selector: ([tag]) => tag, maxLength: 5 },
    )
    .map((list) => {
      const at = (place: string) =>
        list
          .filter(([, , , where]) => where === place)
          .map(([tag, extended, type, , options]) => {
            const number = extended.startsWith('google') ? tag + 50_000 : tag;
            const field = type.endsWith('group')
              ? `${type} G${tag} = ${number} { optional int32 x = 1; }`
              : `${type} e${tag} = ${number}${options};`;
            return `extend ${extended} { ${field} }`;
          })
          .join(' ');
      return `syntax = "proto2"; import "google/protobuf/descriptor.proto"; package p;
        message M { ${at('M')} extensions 100 to max [verification = UNVERIFIED];
        message N { ${at('N')} extensions 100 to 105, 106 to 200; } } ${at('top')}`;
    });

  test('of extensions has all of them: the same descriptor', () => {
    fc.assert(
      fc.property(extensions, (text) => {
        const parse = (source: string) => protobufLanguage.parse(source, { references: [], strict: true });
        const canonical = protobufLanguage.canonical(parse(text), { normalize: false });
        const serialized = protobufLanguage.formatted(parse(text), 'serialized');
        expect(protobufLanguage.formatted(parse(canonical), 'serialized')).toBe(serialized);
        expect(canonical.match(/extend /g)?.length).toBe(text.match(/extend /g)?.length);
        const differences = protobufLanguage.compatibility(parse(serialized ?? ''), parse(text), backward);
        expect(differences).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test.each<readonly [SchemaLanguage, fc.Arbitrary<string>]>([
    [protobufLanguage, extensions],
    [avroLanguage, avroRecords.map(({ schema }) => JSON.stringify(schema))],
    [jsonLanguage, jsonSchemas],
    [protobufLanguage, protoMessages.map(({ schema }) => schema)],
  ])('is a fixed point, normalized or not: %o', (language, schemas) => {
    fc.assert(
      fc.property(schemas, fc.boolean(), (text, normalize) => {
        const canonical = (source: string) =>
          language.canonical(language.parse(source, { references: [], strict: false }), { normalize });
        expect(canonical(canonical(text))).toBe(canonical(text));
      }),
      { numRuns: 150 },
    );
  });
});

/** Texts that are nearly schemas: the golden ones, cut, doubled, and with characters put in. */
function nearlySchemas(): fc.Arbitrary<SchemaDefinition> {
  const golden = (file: string) =>
    readFileSync(join(import.meta.dirname, '..', 'golden', 'schema-registry', file), 'utf8');
  const avro = (JSON.parse(golden('avro-1.12.1-parse-cases.json')) as { schema: unknown }[]).map(
    ({ schema }) => JSON.stringify(schema),
  );
  const json = (
    JSON.parse(golden('json-schema-diff-draft7-probes.json')) as { update_schema: unknown }[]
  ).map(({ update_schema: schema }) => JSON.stringify(schema));
  const proto = [
    'syntax = "proto3"; package a; import "google/protobuf/any.proto"; message M { map<string, N> a = 1; oneof o { int32 b = 2; } enum E { Z = 0; } reserved 5 to 9, "x"; message N {} }',
    'syntax = "proto2"; message M { optional group G = 1 { required int32 a = 1 [default = 5, (x).y = {a: [1]}]; } extensions 100 to max; } extend M { optional M m = 100; } service S { rpc A(M) returns (stream M); }',
    'edition = "2023"; option features.field_presence = IMPLICIT; message M { string s = 1; }',
    'CgdkZWZhdWx0EgFwIhAKAU0SCwoBYRgBIAEoBVIBYWIGcHJvdG8z',
  ];
  const source = fc.oneof(
    extremeSchemas,
    fc.record({ schemaType: fc.constant('AVRO' as const), schema: fc.constantFrom(...avro) }),
    fc.record({ schemaType: fc.constant('JSON' as const), schema: fc.constantFrom(...json) }),
    fc.record({ schemaType: fc.constant('PROTOBUF' as const), schema: fc.constantFrom(...proto) }),
    fc.record({
      schemaType: fc.constantFrom('AVRO' as const, 'JSON' as const, 'PROTOBUF' as const),
      schema: fc.string(),
    }),
  );
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '1e999',
    '-0',
    'null',
    '"type"',
    '\\',
    '\u0000',
    '\ud800',
    '{"$ref":"#"}',
    '"record"',
    ';',
    '= 1',
    'message A {',
    '(',
    '__proto__',
  );
  const cut = fc
    .nat()
    .chain((at) => fc.tuple(fc.constant(at), fc.nat(12), fc.oneof(pieces, fc.string({ maxLength: 4 }))));
  return fc.tuple(source, fc.array(cut, { maxLength: 4 })).map(([{ schemaType, schema }, cuts]) => {
    const text = cuts.reduce((current, [at, length, piece]) => {
      const first = at % (current.length + 1);
      return current.slice(0, first) + piece + current.slice(first + length);
    }, schema);
    return { schemaType, schema: text, references: [] };
  });
}

/** More of them on demand: REGISTRY_FUZZ_RUNS=100000, which also tells how long the slowest took. */
const fuzzRuns = Number(process.env['REGISTRY_FUZZ_RUNS'] ?? 1500);

test('nothing that looks like a schema is our fault, or changes anything by being looked at', {
  timeout: 20_000 + fuzzRuns * 5,
}, async () => {
  const store = await openStore();
  for (const [type, schema] of [
    ['AVRO', '{"type":"record","name":"R","fields":[{"name":"a","type":["null","R"]}]}'],
    ['JSON', '{"type":"object","properties":{"a":{"$ref":"#"}},"patternProperties":{"^(a+)+$":true}}'],
    ['PROTOBUF', 'syntax = "proto3"; message M { M m = 1; oneof o { string s = 2; } }'],
  ] as const) {
    const request = {
      subject: type,
      definition: { schemaType: type, schema, references: [] },
      normalize: false,
    };
    await store.write('Register', (state, reader) => decideRegister(state, reader, request));
  }
  const before = snapshot(store.state);
  let slowest = { cpuMs: 0, told: '' };
  fc.assert(
    fc.property(nearlySchemas(), fc.boolean(), (definition, normalize) => {
      const begin = process.cpuUsage();
      try {
        decideRegister(store.state, store.reader, { subject: definition.schemaType, definition, normalize });
      } catch (error) {
        const isTold =
          error instanceof SchemaLimitError || (error instanceof RegistryError && error.status < 500);
        if (!isTold) throw error;
      } finally {
        const cpuMs = process.cpuUsage(begin).user / 1000;
        const told = `${definition.schemaType}, ${definition.schema.length} characters: ${cpuMs.toFixed(0)} ms of CPU`;
        if (cpuMs > slowest.cpuMs) slowest = { cpuMs, told };
      }
    }),
    { numRuns: fuzzRuns },
  );
  if (process.env['REGISTRY_FUZZ_RUNS'] !== undefined) console.log(`the slowest: ${slowest.told}`);
  expect(snapshot(store.state)).toEqual(before);
});
