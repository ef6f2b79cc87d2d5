import fc from 'fast-check';

/** Texts of `.proto` files as people and programs write them: half of them right, the others slightly wrong somewhere. */
export const protoTexts: fc.Arbitrary<string> = fc.infiniteStream(fc.nat(0xffff)).map((stream) => {
  const numbers = stream[Symbol.iterator]();
  return new ProtoText((count) => Number(numbers.next().value ?? 0) % count).file();
});

type Syntax = 'proto2' | 'proto3' | 'editions';

/** Each with a default that is right and one that is not. */
const scalars: Readonly<Record<string, readonly [right: string, wrong: string]>> = {
  int32: ['-7', '2147483648'],
  uint64: ['0x1F', '-1'],
  sint32: ['010', '1.5'],
  fixed64: ['18446744073709551615', '"text"'],
  sfixed32: ['-2147483648', '-2147483649'],
  bool: ['true', 'yes'],
  string: ['"te\\tx\\x74é"', 'text'],
  bytes: ['"\\000\\377a\\"b"', '1'],
  float: ['1.5e3', 'one'],
  double: ['-inf', '"1"'],
};

const words = [
  'a',
  'my_field',
  'fooBar',
  'x1',
  '_y',
  'message',
  'optional',
  'UPPER_Name',
  'map',
  'to__x',
  'stream',
];

class ProtoText {
  readonly #pick: (count: number) => number;
  readonly #syntax: Syntax;
  readonly #isClean: boolean;
  #messages: string[] = [];
  #enums: string[] = [];
  #counter = 0;

  constructor(pick: (count: number) => number) {
    this.#pick = pick;
    this.#syntax = this.#of<Syntax>(['proto2', 'proto3', 'editions']);
    this.#isClean = this.#rarely(2);
  }

  file(): string {
    const messages = this.#times(1, 3, (index) => `M${index}`);
    const enums = this.#times(0, 2, (index) => `E${index}`);
    this.#messages = [...messages, ...messages.map((name) => `${name}.N`), 'N'];
    this.#enums = [...enums, 'NE'];
    const scope = this.#of(['', '', 'p', 'p.q', 'a.b.c']);
    return [
      this.#head(),
      scope === '' ? '' : `package ${scope};`,
      ...this.#imports(),
      ...this.#times(0, 1, () => this.#fileOption()),
      ...messages.map((name) => this.#message(name, true)),
      ...enums.map((name) => this.#enum(name)),
      ...(this.#syntax === 'proto3' && !this.#odd(3)
        ? []
        : this.#times(0, 2, (index) => this.#extend(index))),
      ...this.#times(0, 1, () => this.#service(messages)),
    ].join(this.#of(['\n', ' ', ' // comment\n', ' /* c */ ', ';\n']));
  }

  #head(): string {
    if (this.#syntax === 'editions') return 'edition = "2023";';
    if (this.#syntax === 'proto2' && this.#rarely(4)) return '';
    return `syntax = ${this.#of(['"', "'"])}${this.#syntax}"`.replace(/'(\w+)"$/, "'$1'").concat(';');
  }

  #imports(): string[] {
    const files = ['any', 'timestamp', 'descriptor', 'wrappers'].filter(() => this.#rarely(4));
    const twice = this.#odd(15) ? files.slice(0, 1) : [];
    return [...files, ...twice].map(
      (file) => `import ${this.#rarely(6) ? 'public ' : ''}"google/protobuf/${file}.proto";`,
    );
  }

  #fileOption(): string {
    const features = [
      'features.field_presence = IMPLICIT',
      'features.enum_type = CLOSED',
      'features.repeated_field_encoding = EXPANDED',
    ];
    const list = [
      'java_package = "com.x"',
      'java_outer_classname = \'A\' "B"',
      'java_multiple_files = true',
      'optimize_for = CODE_SIZE',
      'go_package = "x\\ny\\x41\\101"',
      ...(this.#syntax === 'editions' || this.#odd(8) ? features : []),
      ...(this.#isClean
        ? []
        : ['cc_enable_arenas = 1', 'optimize_for = QUICK', 'unknown = 1', 'go_package = 1']),
    ];
    return `option ${this.#of(list)};`;
  }

  #message(name: string, isTop: boolean): string {
    const parts = [
      ...this.#times(0, 4, (index) => this.#field(index + 1)),
      ...(this.#rarely(3) ? [this.#oneof(10)] : []),
      ...(this.#rarely(3) ? [this.#map(20)] : []),
      ...(this.#rarely(3) ? [this.#group(30)] : []),
      ...(this.#rarely(4) ? [this.#reserved()] : []),
      ...(this.#syntax !== 'proto3' || this.#odd(10) ? [this.#extensions(isTop)] : []),
      ...(this.#rarely(5) ? ['option deprecated = true;'] : []),
      ...(this.#odd(20)
        ? [
            this.#of([
              'option no_such = 1;',
              'option deprecated = 1;',
              'option deprecated = true; option deprecated = true;',
            ]),
          ]
        : []),
      ...(isTop ? [this.#message('N', false), this.#enum('NE')] : []),
      ...(isTop && this.#syntax !== 'proto3' && this.#rarely(5) ? [this.#extend(7)] : []),
    ];
    return `message ${name} { ${parts.filter((part) => part !== '').join(this.#of([' ', '\n  ', '; ']))} }`;
  }

  /** Every message at the top can be extended from 100 to 199. */
  #extensions(isTop: boolean): string {
    if (!isTop) return '';
    const declaration = this.#of(['100 to 199', '100 to 199, 5000 to max', '100 to 199, 300']);
    const odd = this.#odd(12) ? this.#of(['3 to 5', '150 to 160', '20 to 10', '0 to 5']) : '';
    const options = this.#rarely(4) ? ' [verification = UNVERIFIED]' : '';
    return `extensions ${declaration}${options};${odd === '' ? '' : ` extensions ${odd};`}`;
  }

  #field(tag: number): string {
    const label = this.#label();
    const type = this.#type(label);
    const odd = ['0', '19500', '536870912', '-1', '1', '55', '150', '1.5', '"1"'];
    const number = this.#odd(25) ? this.#of(odd) : this.#number(tag);
    return `${label}${type} ${this.#name()} = ${number}${this.#options(type, label)};`;
  }

  #label(): string {
    if (this.#odd(30)) return this.#of(['', 'optional ', 'required ', 'repeated ']);
    if (this.#syntax === 'proto2') return this.#of(['optional ', 'optional ', 'required ', 'repeated ']);
    return this.#of(this.#syntax === 'proto3' ? ['', '', 'optional ', 'repeated '] : ['', '', 'repeated ']);
  }

  #type(label: string): string {
    if (this.#odd(40))
      return this.#of(['Nowhere', 'M0.Nowhere', '.Nowhere', 'p.Nowhere', 'int31', 'group', 'S']);
    if (label === 'required ' || !this.#rarely(3)) return this.#of(Object.keys(scalars));
    return this.#of([...this.#messages, ...this.#enums]);
  }

  #name(): string {
    if (this.#odd(25)) return this.#of([...words, 'N', 'NE', '1a', 'ä', 'a-b']);
    this.#counter += 1;
    return `${this.#of(words)}${this.#counter}`;
  }

  #number(value: number): string {
    return this.#rarely(10) ? this.#of([`0x${value.toString(16)}`, `0${value.toString(8)}`]) : String(value);
  }

  #options(type: string, label: string): string {
    if (!this.#rarely(4)) return '';
    this.#counter += 1;
    const isRepeated = label === 'repeated ';
    const [right, wrong] = scalars[type] ?? ['NE_A', '5'];
    const isText = type === 'string' || type === 'bytes';
    const isEnum = this.#enums.includes(type);
    const isScalar = type in scalars;
    const list = [
      'deprecated = true',
      `json_name = "j${this.#counter}"`,
      'retention = RETENTION_SOURCE',
      'targets = TARGET_TYPE_FIELD',
      ...(isRepeated && isScalar && !isText && this.#syntax !== 'editions'
        ? ['packed = true', 'packed = false']
        : []),
      ...(isScalar && !isRepeated && this.#syntax !== 'proto3' ? [`default = ${right}`] : []),
      ...(type === 'uint64' || type === 'fixed64' ? ['jstype = JS_STRING'] : []),
      ...(this.#syntax === 'editions' && isRepeated && isScalar && !isText
        ? ['features.repeated_field_encoding = EXPANDED']
        : []),
      ...(this.#syntax === 'editions' && !isRepeated && isScalar
        ? ['features.field_presence = LEGACY_REQUIRED']
        : []),
      ...(this.#syntax === 'editions' && !isScalar && !isEnum
        ? ['features.message_encoding = DELIMITED']
        : []),
      ...(this.#isClean ? [] : this.#wrongOptions(wrong, right)),
    ];
    const first = this.#of(list);
    return this.#odd(12) ? ` [${first}, ${this.#of(list)}]` : ` [${first}]`;
  }

  #wrongOptions(wrong: string, right: string): readonly string[] {
    return [
      `default = ${wrong}`,
      `default = ${right}`,
      'packed = true',
      'deprecated = 3',
      'unknown = 3',
      'json_name = 3',
      'json_name = "a"',
      'lazy = true',
      'jstype = JS_NUMBER',
      'ctype = NO_SUCH',
      'features.field_presence = IMPLICIT',
      'features.repeated_field_encoding = PACKED',
      'features.message_encoding = DELIMITED',
    ];
  }

  #oneof(tag: number): string {
    this.#counter += 1;
    const fields = this.#times(this.#odd(10) ? 0 : 1, 3, (index) => {
      const label = this.#odd(20) ? this.#of(['optional ', 'repeated ', 'required ']) : '';
      const type = this.#type('');
      return `${label}${type} ${this.#name()} = ${tag + index}${this.#odd(4) ? this.#options(type, '') : ''};`;
    });
    const name = this.#odd(15) ? this.#of(['N', 'a', 'M0']) : `o${this.#counter}`;
    return `oneof ${name} { ${fields.join(' ')} }`;
  }

  #map(tag: number): string {
    const keys = ['int32', 'string', 'bool', 'fixed64', 'sint32'];
    const key = this.#odd(10) ? this.#of(['float', 'bytes', 'M0', 'E0', 'double']) : this.#of(keys);
    const label = this.#odd(15) ? this.#of(['repeated ', 'optional ']) : '';
    return `${label}map<${key}, ${this.#type('')}> ${this.#name()} = ${tag};`;
  }

  #group(tag: number): string {
    if (this.#syntax !== 'proto2' && !this.#odd(8)) return '';
    this.#counter += 1;
    const name = this.#odd(15) ? 'lower' : `G${this.#counter}`;
    return `${this.#label()}group ${name} = ${tag} { ${this.#field(1)} }`;
  }

  #reserved(): string {
    const gone = this.#syntax === 'editions' ? 'gone' : '"gone"';
    const right = ['reserved 50, 60 to 70, 600 to max;', `reserved ${gone};`, 'reserved 55 to 55;'];
    const last = this.#syntax === 'proto3' ? right : right.slice(1);
    if (!this.#odd(4)) return this.#of(last);
    return this.#of([
      'reserved 2;',
      'reserved 50 to 60, 55;',
      'reserved 60 to 50;',
      `reserved ${gone}, ${gone};`,
      'reserved "not a name";',
      'reserved "gone";',
      'reserved gone;',
      'reserved 150;',
      'reserved 0;',
      'reserved 50, "gone";',
    ]);
  }

  #enum(name: string): string {
    if (this.#odd(30)) return `enum ${name} { }`;
    const first = this.#odd(10) ? this.#of(['1', '-1', '0x0']) : '0';
    const constants = this.#times(0, 3, (index) => {
      const number = this.#odd(12)
        ? this.#of(['0', '1', '2147483648', '-2147483648', '9'])
        : String(index + 1);
      const own = this.#odd(20) ? this.#of(['A', 'NE_A']) : `${name}_${this.#of(['B', 'c', 'D'])}${index}`;
      return `${own} = ${number}${this.#rarely(8) ? ' [deprecated = true]' : ''};`;
    });
    const aliases = 'option allow_alias = true; ';
    const alias = this.#rarely(6) ? `${aliases}${this.#odd(4) ? '' : `${name}_Z = ${first};`}` : '';
    const ranges = ['reserved 9, 20 to max;', 'reserved -5 to -2;'];
    const odd = ['reserved 1;', 'reserved 5 to 3;', 'reserved 9, 9;'];
    const reserved = this.#rarely(6) ? this.#of(this.#odd(3) ? odd : ranges) : '';
    return `enum ${name} { ${alias} ${name}_A = ${first}; ${constants.join(' ')} ${reserved} }`;
  }

  #extend(index: number): string {
    const extended = this.#odd(8)
      ? this.#of(['M0.N', 'google.protobuf.FieldOptions', 'Nowhere', 'E0'])
      : this.#of(['M0', '.M0']).replace('.M0', 'M0');
    const label = this.#odd(12)
      ? this.#of(['required ', '', 'optional '])
      : this.#syntax === 'editions'
        ? this.#of(['', 'repeated '])
        : this.#of(['optional ', 'repeated ']);
    const tag = this.#odd(8) ? this.#of(['200', '3', '100']) : String(100 + index);
    return `extend ${extended} { ${label}${this.#of([...Object.keys(scalars), 'M0'])} ext${index} = ${tag}; }`;
  }

  #service(messages: readonly string[]): string {
    const odd = ['int32', 'E0', 'Nowhere', 'stream'];
    const type = () =>
      `${this.#rarely(3) ? 'stream ' : ''}${this.#of([...messages, ...(this.#odd(10) ? odd : [])])}`;
    const ends = [';', '{}', '{ option deprecated = true; }', '{ option idempotency_level = IDEMPOTENT; };'];
    const rpcs = this.#times(
      0,
      2,
      (index) => `rpc R${this.#odd(8) ? 0 : index}(${type()}) returns (${type()})${this.#of(ends)}`,
    );
    return `service S { ${rpcs.join(' ')} }`;
  }

  #of<T>(list: readonly T[]): T {
    return list[this.#pick(list.length)] as T;
  }

  #rarely(one: number): boolean {
    return this.#pick(one) === 0;
  }

  /** What is wrong, or may be: not in clean texts. */
  #odd(one: number): boolean {
    return this.#rarely(one) && !this.#isClean;
  }

  #times<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: min + this.#pick(max - min + 1) }, (_, index) => make(index));
  }
}
