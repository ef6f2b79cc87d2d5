import { describe, expect, test } from 'vitest';
import { protobufLanguage, type ResolvedReference } from '../../schema-registry/index.ts';
import { parseProto } from '../../schema-registry/protobuf/parser.ts';
import { printProto } from '../../schema-registry/protobuf/printer.ts';
import { wellKnownFile, wellKnownPaths } from '../../schema-registry/protobuf/well-known/index.ts';

function parse(text: string, references: readonly ResolvedReference[] = [], strict = true) {
  return protobufLanguage.parse(text, { references, strict });
}

function canonical(text: string, normalize = false, references: readonly ResolvedReference[] = []): string {
  return protobufLanguage.canonical(parse(text, references, false), { normalize });
}

/** A proto3 file with one message of these fields. */
const message = (body: string) => `syntax = "proto3"; message A { ${body} }`;

describe('the text that is stored', () => {
  test('has one order of declarations, two spaces and a blank line in front of each kind', () => {
    const text = `// comment
      syntax="proto3";package a.b;import public "p.proto";import 'q.proto'; /* more */
      enum E{A=0;} option java_package='x';
      message M{enum F{Z=0;} string s=1;message N{} oneof o{int32 i=2;string t=3;} reserved 5,7 to 9,"gone";
      option deprecated=true; map<string,N> m=4;}
      service S{rpc Get(M)returns(stream .a.b.M); rpc Put(stream M) returns (M) {option deprecated=true;}}`;
    expect(canonical(text)).toBe(`syntax = "proto3";
package a.b;

import "q.proto";
import public "p.proto";

option java_package = "x";

message M {
  reserved 5, 7 to 9, "gone";

  option deprecated = true;

  string s = 1;
  map<string, N> m = 4;

  oneof o {
    int32 i = 2;
    string t = 3;
  }

  message N {}
  enum F {
    Z = 0;
  }
}
enum E {
  A = 0;
}

service S {
  rpc Get (M) returns (stream .a.b.M);
  rpc Put (stream M) returns (M) {
    option deprecated = true;
  };
}
`);
  });

  test('keeps options of every kind: one on its line, several on lines of their own', () => {
    const text = `message M { option (x).y = { a: 1 b { c: [1.5, -2] } a: 2, [e.f]: "s" };
      optional string s = 1 [json_name = "S", (z) = WORD, default = "a" 'b']; optional bytes b = 2 [default = "\\xff\\n"]; }`;
    expect(canonical(text)).toBe(`
message M {
  option (x).y = {
    a: [
      1,
      2
    ],
    b: {
      c: [
        1.5,
        -2
      ]
    },
    [e.f]: "s"
  };

  optional string s = 1 [
    (z) = WORD,
    default = "ab",
    json_name = "S"
  ];
  optional bytes b = 2 [default = "\\377\\n"];
}
`);
  });

  test('keeps proto2 groups, extensions and editions, with blank lines indented inside of nested messages', () => {
    const text = `syntax = "proto2"; message M { repeated group G = 1 { optional int32 x = 2; } extensions 100 to max, 10;
      message N { extend M { optional string e = 100; } optional int32 q = 1; } } extend M { optional int32 f = 101; }`;
    expect(canonical(text)).toBe(`syntax = "proto2";

message M {
  repeated group G = 1 {
    optional int32 x = 2;
  }

  extensions 100 to max, 10;

  message N {
    optional int32 q = 1;
  
    extend M {
      optional string e = 100;
    }
  }
}

extend M {
  optional int32 f = 101;
}
`);
    const edition =
      'edition = "2023"; message M { reserved a, b; string s = 1 [features.field_presence = IMPLICIT]; }';
    expect(canonical(edition)).toBe(`edition = "2023";

message M {
  reserved a, b;

  string s = 1 [features.field_presence = IMPLICIT];
}
`);
  });

  test('normalized has an order of its own, full names, and no proto2', () => {
    const text = `syntax = "proto2"; package p; import "google/protobuf/timestamp.proto"; import "confluent/meta.proto";
      import "google/protobuf/timestamp.proto"; option java_package = "x"; option (.confluent.file_meta).doc = "d";
      message B { optional A.I z = 3; optional string a = 1 [packed = true, deprecated = true]; reserved 9, "n", 5 to 6;
      oneof late { int32 l = 8; } oneof soon { google.protobuf.Timestamp s = 7; B t = 2; } }
      message A { message I {} map<int32, I> m = 1; enum E { Y = 2; X = 1; W = 1; } }`;
    expect(canonical(text, true)).toBe(`package p;

import "confluent/meta.proto";
import "google/protobuf/timestamp.proto";

option (confluent.file_meta).doc = "d";
option java_package = "x";

message B {
  reserved 5 to 6;
  reserved 9;
  reserved "n";

  optional string a = 1 [
    deprecated = true,
    packed = true
  ];
  optional .p.A.I z = 3;

  oneof soon {
    .p.B t = 2;
    .google.protobuf.Timestamp s = 7;
  }
  oneof late {
    int32 l = 8;
  }
}
message A {
  map<int32, .p.A.I> m = 1;

  message I {}
  enum E {
    W = 1;
    X = 1;
    Y = 2;
  }
}
`);
  });

  test('is a fixed point, for everything that is built in too', () => {
    for (const path of wellKnownPaths) {
      const file = wellKnownFile(path);
      const text = file === undefined ? '' : printProto(file);
      expect(printProto(parseProto(text)), path).toBe(text);
      expect(canonical(canonical(text, true), true), path).toBe(canonical(text, true));
    }
    expect(wellKnownPaths).toHaveLength(11 + 17 + 3);
  });

  test('without extensions keeps only the annotations of Confluent', () => {
    const text = `import "confluent/meta.proto"; option (own) = 1; message M { option (confluent.message_meta).doc = "d";
      optional int32 a = 1 [(own) = 2]; extensions 5; extend M { optional int32 e = 5; } }`;
    expect(protobufLanguage.formatted(parse(text, [], false), 'ignore_extensions')).toBe(`
import "confluent/meta.proto";

message M {
  option (confluent.message_meta).doc = "d";

  optional int32 a = 1;
}
`);
    expect(protobufLanguage.formatted(parse(text, [], false), 'other')).toBeUndefined();
  });

  test('is named after its first message, else its first enum', () => {
    expect(parse('syntax = "proto3"; package a; enum E { Z = 0; } message M {}').name).toBe('a.M');
    expect(parse('syntax = "proto3"; enum E { Z = 0; }').name).toBe('E');
  });
});

describe('what is no schema is refused', () => {
  const refused: readonly [text: string, reason: string][] = [
    ['message A {\n  int32 a = x;\n}', 'expected the number of a field, found x at line 2, column 13'],
    ['message A { int32 a = 1 }', 'expected ";", found } at line 1, column 25'],
    ['syntax = "proto4";', 'the syntax "proto4" is not known'],
    ['/* never closed', 'a comment is not closed at line 1, column 1'],
    ['message A { string s = 1 [default = "\\q"]; }', 'the escape \\q is not known'],
    ['message "A" {}', 'expected the name of a message'],
    ['$', 'unexpected character "$"'],
    ['package a; package b;', 'a second package at line 1, column 12'],
    [`${'message A {'.repeat(300)}${'}'.repeat(300)}`, 'nested deeper than 200'],
    [`option a = ${'{a:'.repeat(300)}1${'}'.repeat(300)};`, 'nested deeper than 200'],
    ['syntax = "proto3";', 'the schema defines no message and no enum'],
    [message('B b = 1;'), 'the type "B" is not defined at line 1, column 32'],
    [
      'import "none.proto"; message A {}',
      'the import "none.proto" is neither built in nor among the references',
    ],
    [message('int32 a = 0;'), 'the number 0 of a field is not between 1 and 536870911'],
    [message('int32 a = 536870912;'), 'is not between'],
    [message('int32 a = 19500;'), 'belong to Protobuf itself'],
    [message('int32 a = 1; string b = 1;'), 'the number 1 of A is there twice'],
    [message('int32 a = 1; oneof o { string a = 2; }'), 'the field "a" of A is there twice'],
    [message('reserved 1 to 3; int32 a = 2;'), 'the number 2 is reserved'],
    [message('reserved "a"; int32 a = 2;'), 'the name "a" is reserved'],
    [message('map<float, string> m = 1;'), 'float cannot be the key of a map'],
    [message('repeated map<int32, string> m = 1;'), 'may not be repeated'],
    [message('oneof o {}'), 'the oneof "o" has no field'],
    [message('oneof o { repeated int32 a = 1; }'), 'may not be repeated'],
    [message('required int32 a = 1;'), 'proto3 has no required fields'],
    [message('int32 a = 1 [default = 5];'), 'proto3 has no defaults'],
    [message('enum E { A = 1; }'), 'the first constant of "A.E" must have the number 0'],
    [message('enum E {}'), 'has no constant'],
    [message('enum E { A = 0; B = 0; }'), 'allow_alias is not set'],
    [message('message B {} enum B { A = 0; }'), 'the type "A.B" is there twice'],
    ['message A {} service S { rpc M(A) returns (B); }', 'the type "B" is not defined'],
    ['AAAA', 'neither Protobuf nor a descriptor'],
    [
      'message A { extensions 5; } extend A { optional int32 a = 6; }',
      'is not one that A has for extensions',
    ],
    [
      'message A { extensions 5; extend A { optional A b = 5; } } extend A { optional A a = 5; }',
      'the number 5 of A is extended twice',
    ],
    ['message A { extensions 5; } extend A { required int32 a = 5; }', 'an extension may not be required'],
    ['message A { extensions 5 to 9, 7; }', 'the range 7 overlaps another'],
    ['message A { extensions 5 to 9; reserved 9; }', 'the range 9 overlaps another'],
    ['message A { extensions 5 to 9; optional A a = 6; }', 'the number 6 is for extensions'],
    ['message A { reserved 5 to 3; }', 'the range 5 to 3 ends before it begins'],
    ['message A { reserved "a", "a"; }', 'the name "a" is reserved twice'],
    ['message A { reserved a; }', 'reserved names are strings here'],
    ['edition = "2023"; message A { reserved "a"; }', 'reserved names are identifiers here'],
    ['message A { A a = 1; }', 'the field "a" has no label'],
    ['edition = "2023"; message A { optional A a = 1; }', 'editions have no optional fields'],
    ['edition = "2023"; message A { repeated group G = 1 {} }', 'editions have no groups'],
    [message('extensions 5;'), 'proto3 has no ranges for extensions'],
    [message('enum E { X = 0; } enum F { X = 0; }'), 'the name "A.X" is there twice'],
    [message('int32 a = 1; oneof a { A b = 2; }'), 'the name "A.a" is there twice'],
    [message('map<int32, A> a_b = 1; message ABEntry {}'), 'the name "A.ABEntry" is there twice'],
    [message('enum E { E_A_B = 0; a_b = 1; }'), 'the constant "a_b" is another one'],
    [
      message('enum E { option allow_alias = true; A0 = 0; }'),
      'sets allow_alias, but no number is there twice',
    ],
    [message('option no_such = 1;'), 'the option "no_such" is not known'],
    [message('option deprecated = 1;'), 'the option "deprecated" has a value of another type'],
    [message('option deprecated = true; option deprecated = true;'), 'is set twice'],
    [message('option features.field_presence = IMPLICIT;'), 'only editions have features'],
    [message('A a = 1 [packed = true];'), '"a" cannot be packed'],
    [message('A a = 1 [json_name = 5];'), 'a JSON name is a string'],
    ['message A { optional A a = 1 [default = X]; }', 'the default of "a" is one of a message'],
    ['message A { repeated int32 a = 1 [default = 1]; }', 'is no single value'],
    ['message A { optional uint32 a = 1 [default = -1]; }', 'the default of "a" is out of range'],
    ['message A { optional int32 a = 1 [default = 1.5]; }', 'the default of "a" is no integer'],
    ['message A { optional bool a = 1 [default = 1]; }', 'the default of "a" is not true or false'],
    ['message A {} service S { rpc R(int32) returns (A); }', 'the type "int32" is no message'],
    [
      'message A {} service S { rpc R(A) returns (A); rpc R(A) returns (A); }',
      'the method "R" of S is there twice',
    ],
    [
      'import "google/protobuf/any.proto"; import "google/protobuf/any.proto"; message A {}',
      'the import "google/protobuf/any.proto" is there twice',
    ],
  ];
  test.each(refused)('%s', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'SCHEMA_REGISTRY_INVALID_SCHEMA' }));
  });

  test.each([
    ['optional int32 a = 1 [default = -0x1F];', '-31'],
    ['optional int32 a = 1 [default = 017];', '15'],
    ['optional double a = 1 [default = 1.5e3];', '1500'],
    ['optional double a = 1 [default = -1e21];', '-1e+21'],
    ['optional double a = 1 [default = 0.00001];', '1e-05'],
    ['optional double a = 1 [default = 0.1];', '0.1'],
    ['optional float a = 1 [default = 0.1];', '0.1'],
    ['optional double a = 1 [default = 1e999];', 'inf'],
    ['optional double a = 1 [default = -inf];', '-inf'],
    ['optional bytes a = 1 [default = "\\000\\n\\xff\\"b"];', '\\000\\n\\377\\"b'],
    ['optional string a = 1 [default = "\\t\\x41"];', '\tA'],
  ])('a default is in a descriptor as protoc writes it: %s', (field, expected) => {
    const parsed = parse(`message A { ${field} }`);
    const serialized = protobufLanguage.formatted(parsed, 'serialized') ?? '';
    expect(Buffer.from(serialized, 'base64').toString('latin1')).toContain(
      `:${String.fromCharCode(expected.length)}${expected}`,
    );
    const back = protobufLanguage.canonical(parse(serialized), { normalize: false });
    const again = protobufLanguage.formatted(parse(back), 'serialized');
    expect(again).toBe(serialized);
  });

  test('the oneof of an optional field of proto3 has a name that nothing else has', () => {
    const serialized = protobufLanguage.formatted(
      parse(message('optional int32 _a = 1; optional int32 a = 2;')),
      'serialized',
    );
    const text = Buffer.from(serialized ?? '', 'base64').toString('latin1');
    expect(text).toContain('\x03X_a');
    expect(text).toContain('\x04XX_a');
  });

  test('what is stored already is read although it would be refused today', () => {
    for (const text of [message('B b = 0;'), 'import "none.proto"; message A {}', message('enum E {}')]) {
      expect(() => parse(text, [], false)).not.toThrow();
    }
  });

  test('names are looked for from the inside out, in imports and what they import publicly', () => {
    const references = [
      { name: 'deep.proto', schema: 'package deep; message D {}' },
      {
        name: 'mid.proto',
        schema: 'package mid; import public "deep.proto"; message M { optional deep.D d = 1; }',
      },
      {
        name: 'private.proto',
        schema: 'package top; import "mid.proto"; message P { optional mid.M m = 1; }',
      },
    ];
    const ok =
      'package top; import "mid.proto"; message T { optional deep.D d = 1; optional mid.M m = 2; message U {} optional U u = 3; }';
    expect(canonical(ok, true, references)).toContain('optional .top.T.U u = 3;');
    parse(ok, references);
    const hidden = 'package top; import "private.proto"; message T { optional deep.D d = 1; }';
    expect(() => parse(hidden, references)).toThrow('the type "deep.D" is not defined');
    const cycle = [{ name: 'a.proto', schema: 'import "a.proto"; message A {}' }];
    expect(() => parse('import "a.proto"; message B { optional A a = 1; }', cycle)).not.toThrow();
  });
});

describe('descriptors', () => {
  const text = `syntax = "proto3";
package p;

import "confluent/meta.proto";
import "google/protobuf/descriptor.proto";

option (p.own) = "z";
option java_package = "x";

message M {
  reserved 100 to 200;
  reserved "gone";

  option (confluent.message_meta) = {
    doc: "d",
    params: {
      key: "k",
      value: "v"
    }
  };

  optional int32 o = 1;
  .p.M m = 2;
  string z = 3 [
    (confluent.field_meta) = {
      tags: "PII"
    },
    deprecated = true
  ];
  repeated int64 r = 5 [json_name = "RR"];
  map<string, .p.M.N> my_map = 9;

  oneof k {
    .p.M.N n = 10;
    string s = 11;
  }

  message N {
    .p.M.E e = 1;
  }
  enum E {
    reserved 5 to max;
    A = 0;
    B = -1;
  }
}

extend .google.protobuf.FileOptions {
  string own = 1234;
}

service S {
  rpc A (.p.M) returns (stream .p.M.N);
}
`;

  test('a schema survives the way to a descriptor in base64 and back', () => {
    const serialized = protobufLanguage.formatted(parse(text), 'serialized') ?? '';
    expect(serialized).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const back = parse(serialized);
    const normal = protobufLanguage.canonical(parse(text), { normalize: true });
    expect(protobufLanguage.canonical(back, { normalize: true })).toBe(normal);
    expect(back.name).toBe('p.M');
  });

  test('proto2 groups, defaults and extensions, and editions survive too', () => {
    const proto2 = `syntax = "proto2"; message M { required group G = 1 { optional int32 x = 2 [default = -5]; }
      optional bytes b = 3 [default = "\\377x"]; optional float f = 4 [default = inf]; optional string s = 6 [default = "q\\"q"];
      enum E { A = 1; } optional E e = 5 [default = A]; extensions 100 to max; } extend M { repeated M more = 100; }`;
    for (const source of [proto2, 'edition = "2023"; message M { string s = 1; repeated M m = 2; }']) {
      const serialized = protobufLanguage.formatted(parse(source), 'serialized') ?? '';
      expect(protobufLanguage.canonical(parse(serialized), { normalize: true })).toBe(
        canonical(source, true),
      );
    }
  });
});
