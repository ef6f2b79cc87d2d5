import fc from 'fast-check';
import { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';

/** JSON that remembers what a value of JavaScript would not: number tokens as written, keys that repeat. */
type Text = { readonly token: string } | readonly Text[] | { readonly members: readonly Member[] };
type Member = readonly [key: string, value: Text];

/** A schema and one that is much like it, mostly valid, as text. */
export interface AvroPair {
  readonly reader: string;
  readonly writer: string;
}

/** Two schemas of which one has come out of the other by a few changes, or which have nothing to do with each other. */
export const avroPairs: fc.Arbitrary<AvroPair> = fc.nat().map((seed) => {
  const entropy = new SeededEntropy(seed);
  const pick: Pick = (count) => entropy.u32() % count;
  const maker = new SchemaMaker(pick);
  const writer = pick(3) > 0 ? maker.record(3) : maker.schema(3);
  let reader = pick(10) > 0 ? writer : new SchemaMaker(pick).schema(3);
  for (let count = pick(5); count > 0; count -= 1) reader = changed(reader, pick);
  return { reader: printed(reader), writer: printed(writer) };
});

/** A whole number below `count`. */
type Pick = (count: number) => number;

const text = (value: string): Text => ({ token: JSON.stringify(value) });
const token = (value: string): Text => ({ token: value });

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const namespaces = ['n', 'm.o', 'n.n', ''];
const oddNames = ['a.b.C', '.D', 'n.', 'a-b', 'é', '1x', '', 'int', 'n.string', 'n..E', 'x y', 'F$'];
const fieldNames = ['a', 'b', 'c', 'd'];
const symbolSets = [['A'], ['A', 'B'], ['B', 'A', 'C'], ['C', 'D', 'E', 'F'], [], ['A', 'A'], ['é'], ['a-b']];
const words = [
  '',
  'doc',
  'é ü 漢 😀',
  'quote " and \\ back',
  'tab\tline\nnull\u0000',
  'slash / </script>',
  '\u2028',
];
const numbers = [
  '0',
  '1',
  '-0',
  '-1',
  '2147483647',
  '2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '1.0',
  '1.5',
  '-0.0',
  '1e3',
  '1E-7',
  '12345678.9',
  '0.001',
  '1e400',
  '1.10',
];
const logicalTypes: readonly (readonly Member[])[] = [
  [
    ['logicalType', text('decimal')],
    ['precision', token('4')],
    ['scale', token('2')],
  ],
  [
    ['logicalType', text('decimal')],
    ['precision', token('-4')],
  ],
  [
    ['precision', token('4')],
    ['logicalType', text('decimal')],
    ['scale', token('0')],
  ],
  [['logicalType', text('date')]],
  [['logicalType', text('timestamp-millis')]],
  [['logicalType', text('uuid')]],
  [['logicalType', text('duration')]],
  [['logicalType', text('unknown')]],
  [['logicalType', token('5')]],
];

/** Makes one random schema; knows which names it has defined so that most references lead somewhere. */
class SchemaMaker {
  readonly #pick: Pick;
  readonly #names: string[] = [];

  constructor(pick: Pick) {
    this.#pick = pick;
  }

  schema(depth: number): Text {
    const kind = this.#below(depth > 0 ? 20 : 8);
    if (kind < 6) return text(this.#one(primitives));
    if (kind < 8) return this.#reference();
    if (kind < 9) return this.#object([['type', text(this.#one(primitives))]]);
    if (kind < 14) return this.record(depth);
    if (kind < 15) return this.#enum();
    if (kind < 16) return this.#fixed();
    if (kind < 18) return this.#union(depth);
    if (kind < 19)
      return this.#object([
        ['type', text('array')],
        ['items', this.schema(depth - 1)],
      ]);
    return this.#object([
      ['type', text('map')],
      ['values', this.schema(depth - 1)],
    ]);
  }

  #reference(): Text {
    const known = this.#names;
    if (known.length > 0 && this.#isUsual()) return text(this.#one(known));
    return text(this.#one([...primitives, 'R0', 'R1', 'n.R1', 'R9', 'record']));
  }

  record(depth: number): Text {
    const count = this.#below(4);
    const head = this.#named(this.#isUsual() ? 'record' : 'error');
    const fields = Array.from({ length: count }, (_, index) => this.#field(depth, fieldNames[index] ?? 'x'));
    return this.#object([...head, ['fields', fields]]);
  }

  #field(depth: number, name: string): Text {
    const type = this.schema(depth - 1);
    const members: Member[] = [
      ['name', text(this.#isUsual() ? name : this.#one([...fieldNames, ...oddNames]))],
      ['type', type],
    ];
    if (this.#below(3) === 0) members.push(['default', this.#default(type)]);
    if (this.#below(8) === 0) members.push(['doc', text(this.#one(words))]);
    if (this.#below(8) === 0)
      members.push(['order', text(this.#one(['ascending', 'descending', 'ignore', 'IGNORE', 'up']))]);
    if (this.#below(6) === 0)
      members.push(['aliases', this.#list(() => text(this.#one([...fieldNames, 'e', 'é'])))]);
    if (this.#below(8) === 0) members.push(this.#property());
    return { members: this.#shuffled(members) };
  }

  /** Mostly one that fits. */
  #default(type: Text): Text {
    if (!this.#isUsual()) return this.#json(2);
    if (isList(type)) return this.#default(type[this.#below(Math.max(1, type.length))] ?? text('null'));
    const kind = 'token' in type ? type.token : (memberOf(type, 'type')?.token ?? '');
    const pool = defaults[kind.replaceAll('"', '')];
    return pool === undefined ? this.#json(1) : this.#one(pool);
  }

  #enum(): Text {
    const symbols = this.#isUsual() ? this.#one(symbolSets.slice(0, 4)) : this.#one(symbolSets);
    const members: Member[] = [...this.#named('enum'), ['symbols', symbols.map(text)]];
    if (this.#below(3) === 0) members.push(['default', text(symbols[0] ?? 'A')]);
    return this.#object(members);
  }

  #fixed(): Text {
    const size = this.#isUsual()
      ? this.#one(['4', '8', '12', '16'])
      : this.#one(['0', '-1', '1.5', '99999999999', '"4"']);
    return this.#object([...this.#named('fixed'), ['size', token(size)]]);
  }

  #union(depth: number): Text {
    const branches = this.#list(() => this.schema(depth - 1));
    return this.#below(2) === 0 ? [text('null'), ...branches] : branches;
  }

  #named(type: string): Member[] {
    const fresh = `R${this.#names.length}`;
    const name = this.#isUsual() ? fresh : this.#one([...oddNames, ...this.#names, 'R0']);
    const members: Member[] = [
      ['type', text(type)],
      ['name', text(name)],
    ];
    let full = name;
    if (this.#below(4) === 0) {
      const namespace = this.#one(namespaces);
      members.push(['namespace', text(namespace)]);
      if (namespace !== '' && !name.includes('.')) full = `${namespace}.${name}`;
    }
    if (this.#below(8) === 0) members.push(['doc', text(this.#one(words))]);
    if (this.#below(6) === 0)
      members.push([
        'aliases',
        this.#list(() => text(this.#one(['R0', 'R1', 'n.R1', 'm.o.R2', 'Q', 'a-b']))),
      ]);
    this.#names.push(full);
    return members;
  }

  /** Adds what any type may have, in any order. */
  #object(members: readonly Member[]): Text {
    const more: Member[] = [];
    if (this.#below(5) === 0) more.push(...this.#one(logicalTypes));
    if (this.#below(6) === 0) more.push(this.#property());
    return { members: this.#shuffled([...members, ...more]) };
  }

  #property(): Member {
    const name = this.#one([
      'p',
      'q',
      'é',
      'avro.java.string',
      'default',
      'order',
      'items',
      'connect.name',
      '__proto__',
      'doc',
      'size',
    ]);
    return [name, this.#json(2)];
  }

  #json(depth: number): Text {
    const kind = this.#below(depth > 0 ? 8 : 6);
    if (kind < 2) return text(this.#one(words));
    if (kind < 4) return token(this.#one(numbers));
    if (kind < 5) return token(this.#one(['true', 'false']));
    if (kind < 6) return token('null');
    if (kind < 7) return this.#list(() => this.#json(depth - 1));
    return {
      members: this.#list((): Member => [this.#one(['b', 'a', '', '__proto__']), this.#json(depth - 1)]),
    };
  }

  #list<T>(make: () => T): T[] {
    return Array.from({ length: this.#below(4) }, make);
  }

  #shuffled(members: readonly Member[]): readonly Member[] {
    if (this.#below(4) > 0) return members;
    return members.toReversed();
  }

  #isUsual(): boolean {
    return this.#below(12) > 0;
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #below(count: number): number {
    return this.#pick(count);
  }
}

const defaults: Readonly<Record<string, readonly Text[]>> = {
  null: [token('null')],
  boolean: [token('true'), token('false')],
  int: [token('1'), token('-0'), token('2147483648'), token('1.0')],
  long: [token('1'), token('9223372036854775807'), token('1.0')],
  float: [token('1'), token('1.5'), token('1e3'), text('NaN'), text('-Infinity'), text('1.5'), token('1e40')],
  double: [token('1'), token('-0.0'), token('1E-7'), text('Infinity'), text('1e400'), token('12345678.9')],
  bytes: [text(''), text('ÿ'), text('漢')],
  string: [text(''), text('é "\\ \t'), token('1')],
  array: [[], [token('1')], [text('a')], [token('null')]],
  map: [{ members: [] }, { members: [['k', token('1')]] }],
  record: [{ members: [] }, { members: [['a', token('1')]] }, { members: [['a', text('x')]] }],
  enum: [text('A'), text('Z')],
  fixed: [text('abcd'), text('')],
};

function memberOf(type: Text, key: string): { readonly token: string } | undefined {
  if (!('members' in type)) return undefined;
  const value = type.members.find(([name]) => name === key)?.[1];
  return value !== undefined && 'token' in value ? value : undefined;
}

/** The tree with one node replaced, or one element gone, come or moved. */
function changed(tree: Text, pick: Pick): Text {
  const target = pick(nodeCount(tree));
  return changeAt(tree, target, pick);
}

function changeAt(tree: Text, target: number, pick: Pick): Text {
  if (target === 0) return replacement(tree, pick);
  let index = target - 1;
  const within = (child: Text): Text => {
    const count = nodeCount(child);
    const isHere = index >= 0 && index < count;
    const result = isHere ? changeAt(child, index, pick) : child;
    index -= count;
    return result;
  };
  if (isList(tree)) return tree.map(within);
  if ('members' in tree) return { members: tree.members.map(([key, value]): Member => [key, within(value)]) };
  return tree;
}

const replacements = [...primitives, 'R0', 'R1', 'R2', 'Q', 'a', 'b', 'A', 'n', 'enum', 'fixed'];

function replacement(tree: Text, pick: Pick): Text {
  const choice = pick(6);
  if (choice === 0) return new SchemaMaker(pick).schema(1);
  if ('token' in tree) {
    if (choice === 1) return [text('null'), tree];
    if (/^-?\d/.test(tree.token)) return token(['4', '8', '0', '7'][pick(4)] ?? '4');
    return text(replacements[pick(replacements.length)] ?? 'int');
  }
  if (isList(tree)) return changedList(tree, pick, choice, text('int'));
  const isNeeded = ([key]: Member) => needed.has(key);
  const optional = changedList(
    tree.members.filter((member) => !isNeeded(member)),
    pick,
    choice,
    ['default', token('null')],
  );
  return { members: [...tree.members.filter(isNeeded), ...optional] };
}

/** What a type or field without would be none. */
const needed = new Set(['type', 'name', 'fields', 'symbols', 'size', 'items', 'values']);

function changedList<T>(list: readonly T[], pick: Pick, choice: number, fresh: T): readonly T[] {
  if (choice < 4 && list.length > 0) return list.toSpliced(pick(list.length), 1);
  return choice < 5 ? [...list, fresh] : list.toReversed();
}

function nodeCount(tree: Text): number {
  const children = isList(tree) ? tree : 'members' in tree ? tree.members.map(([, value]) => value) : [];
  return children.reduce((sum, child) => sum + nodeCount(child), 1);
}

function printed(tree: Text): string {
  if (isList(tree)) return `[${tree.map(printed).join(',')}]`;
  if ('members' in tree)
    return `{${tree.members.map(([key, value]) => `${JSON.stringify(key)}:${printed(value)}`).join(',')}}`;
  return tree.token;
}

function isList(tree: Text): tree is readonly Text[] {
  return Array.isArray(tree);
}
