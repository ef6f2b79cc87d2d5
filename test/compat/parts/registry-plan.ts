import type { SchemaType } from '../../../schema-registry/index.ts';

/** A format of values, as the programs of `clients/registry` call it. */
export type Form = 'avro' | 'json' | 'protobuf';

/** A format's schemas: the second version of the customer adds `email`. Both refer to the address by `referenceName`. */
export interface FormSchemas {
  readonly type: SchemaType;
  readonly referenceName: string;
  readonly address: string;
  readonly customer: readonly [string, string];
  /** A customer whose `visits` are text: nothing that is there could be read with it. */
  readonly incompatible: string;
}

/** What every client knows before it begins. */
export const schemas: Readonly<Record<Form, FormSchemas>> = {
  avro: {
    type: 'AVRO',
    referenceName: 'shop.Address',
    address: JSON.stringify({
      type: 'record',
      name: 'Address',
      namespace: 'shop',
      fields: [
        { name: 'street', type: 'string' },
        { name: 'city', type: 'string' },
      ],
    }),
    customer: [avroCustomer([]), avroCustomer([{ name: 'email', type: ['null', 'string'], default: null }])],
    incompatible: avroCustomer([]).replace('"long"', '"string"'),
  },
  json: {
    type: 'JSON',
    referenceName: 'address.json',
    address: JSON.stringify({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'address.json',
      title: 'Address',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
      required: ['street', 'city'],
      additionalProperties: false,
    }),
    customer: [jsonCustomer({}), jsonCustomer({ email: { oneOf: [{ type: 'null' }, { type: 'string' }] } })],
    incompatible: jsonCustomer({}).replace('"integer"', '"string"'),
  },
  protobuf: {
    type: 'PROTOBUF',
    referenceName: 'address.proto',
    address: `syntax = "proto3";
package shop;

message Address {
  string street = 1;
  string city = 2;
}
`,
    customer: [protobufCustomer(''), protobufCustomer('  optional string email = 6;\n')],
    incompatible: protobufCustomer('').replace('int64', 'string'),
  },
};

/** The same Protobuf files for clients that take descriptors: `FileDescriptorProto` in JSON. */
export const descriptors = {
  address: {
    name: 'address.proto',
    package: 'shop',
    syntax: 'proto3',
    messageType: [{ name: 'Address', field: [field('street', 1), field('city', 2)] }],
  },
  customer: [descriptor({}), descriptor({ email: true })],
};

/** A customer, as JSON has it. */
export type Customer = Readonly<Record<string, unknown>>;

const addresses = [
  { street: 'Gerechtigkeitsgasse 1', city: 'Bern' },
  { street: '東京通り', city: 'Zürich' },
];

/** For each version of the schema, customers that fit it. */
export const values: readonly [readonly Customer[], readonly Customer[]] = [
  addresses.map((address, index) => ({
    name: `first ${index}`,
    visits: 4_294_967_297 + index,
    score: 0.5 + index,
    tags: index === 0 ? [] : ['a', 'é漢😀'],
    address,
  })),
  addresses.map((address, index) => ({
    name: `second ${index}`,
    visits: -3 - index,
    score: -1e100,
    tags: ['b'],
    address,
    email: index === 0 ? 'ada@example.org' : 'é@example.org',
  })),
];

function avroCustomer(more: readonly object[]): string {
  const fields = [
    { name: 'name', type: 'string' },
    { name: 'visits', type: 'long' },
    { name: 'score', type: 'double' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'address', type: 'shop.Address' },
    ...more,
  ];
  return JSON.stringify({ type: 'record', name: 'Customer', namespace: 'shop', fields });
}

function jsonCustomer(more: object): string {
  return JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Customer',
    type: 'object',
    properties: {
      name: { type: 'string' },
      visits: { type: 'integer' },
      score: { type: 'number' },
      tags: { type: 'array', items: { type: 'string' } },
      address: { $ref: 'address.json' },
      ...more,
    },
    required: ['name', 'visits', 'address'],
    additionalProperties: false,
  });
}

function protobufCustomer(more: string): string {
  return `syntax = "proto3";
package shop;

import "address.proto";

message Customer {
  string name = 1;
  int64 visits = 2;
  double score = 3;
  repeated string tags = 4;
  .shop.Address address = 5;
${more}}
`;
}

function field(name: string, number: number, more: object = {}): object {
  return { name, number, label: 'LABEL_OPTIONAL', type: 'TYPE_STRING', jsonName: name, ...more };
}

function descriptor({ email = false }): object {
  const fields = [
    field('name', 1),
    field('visits', 2, { type: 'TYPE_INT64' }),
    field('score', 3, { type: 'TYPE_DOUBLE' }),
    field('tags', 4, { label: 'LABEL_REPEATED' }),
    field('address', 5, { type: 'TYPE_MESSAGE', typeName: '.shop.Address' }),
    ...(email ? [field('email', 6, { oneofIndex: 0, proto3Optional: true })] : []),
  ];
  const oneofDecl = email ? [{ name: '_email' }] : [];
  return {
    name: 'customer.proto',
    package: 'shop',
    syntax: 'proto3',
    dependency: ['address.proto'],
    messageType: [{ name: 'Customer', field: fields, oneofDecl }],
  };
}
