import { SchemaParseError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Position } from './syntax-tree.ts';

/** `word` is an identifier, without dots; `string` has its bytes; `symbol` is one character. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
}

const blank = /(?:[ \t\r\n\f\v]|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?)/y;
const string = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'/y;

/** The tokens of a `.proto` text, one at a time. All methods throw {@link SchemaParseError} with the position. */
export class Tokens {
  readonly #text: string;
  /** Where each line begins. */
  readonly #lineStarts: readonly number[];
  #current: Token;
  #offset = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    if (text.charCodeAt(0) === 0xfeff) this.#offset = 1;
    this.#current = this.#read();
  }

  get current(): Token {
    return this.#current;
  }

  next(): Token {
    const token = this.#current;
    this.#current = this.#read();
    return token;
  }

  /** Takes the symbol or word when it comes next. */
  accept(text: string): boolean {
    if (this.#current.text !== text || this.#current.kind === 'string') return false;
    this.next();
    return true;
  }

  /** True when the word or symbol comes next, which stays. */
  isAt(text: string): boolean {
    return this.#current.text === text && this.#current.kind !== 'string';
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`"${text}"`);
  }

  word(what: string): string {
    if (this.#current.kind !== 'word') throw this.unexpected(what);
    return this.next().text;
  }

  /** A name with dots, one in front too when `leadingDot` says so. */
  dottedName(what: string, leadingDot = false): string {
    let name = leadingDot && this.accept('.') ? '.' : '';
    name += this.word(what);
    while (this.accept('.')) name += `.${this.word(what)}`;
    return name;
  }

  /** Adjacent literals are one string. */
  string(what: string): Buffer {
    if (this.#current.kind !== 'string') throw this.unexpected(what);
    const parts: Buffer[] = [];
    while (this.#current.kind === 'string') parts.push(this.#unescape(this.next()));
    return Buffer.concat(parts);
  }

  /** A whole number, negative too. */
  integer(what: string): number {
    const isNegative = this.accept('-');
    const { kind, text } = this.#current;
    const isOctal = /^0\d+$/.test(text);
    const value = isOctal ? Number.parseInt(text, 8) : Number(text);
    if (kind !== 'number' || !Number.isSafeInteger(value) || /[.eEfF]/.test(text.replace(/^0[xX].*/, ''))) {
      throw this.unexpected(what);
    }
    this.next();
    return isNegative ? -value : value;
  }

  /** Runs what may contain itself. Throws when it does so too deeply. */
  nested<T>(run: () => T): T {
    this.#depth += 1;
    if (this.#depth > limits.schemaDepthMax) {
      const problem = `nested deeper than ${limits.schemaDepthMax} (the limit schema.depth.max)`;
      throw this.error(problem, this.#current.offset);
    }
    const result = run();
    this.#depth -= 1;
    return result;
  }

  get position(): Position {
    return this.#positionOf(this.#current.offset);
  }

  unexpected(expected: string): SchemaParseError {
    const { kind, text, offset } = this.#current;
    return this.error(`expected ${expected}, found ${kind === 'end' ? 'the end of the text' : text}`, offset);
  }

  error(problem: string, offset: number): SchemaParseError {
    return new SchemaParseError(`${problem} at ${this.#positionOf(offset)}`);
  }

  #positionOf(offset: number): Position {
    let [first, last] = [0, this.#lineStarts.length - 1];
    while (first < last) {
      const middle = Math.ceil((first + last) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) first = middle;
      else last = middle - 1;
    }
    return `line ${first + 1}, column ${offset - (this.#lineStarts[first] ?? 0) + 1}`;
  }

  #read(): Token {
    this.#match(blank);
    const offset = this.#offset;
    if (offset >= this.#text.length) return { kind: 'end', text: '', offset };
    for (const [kind, pattern] of patterns) {
      const text = this.#match(pattern);
      if (text !== undefined) return { kind, text, offset };
    }
    const text = this.#text[offset] ?? '';
    if (text === '"' || text === "'") throw this.error('a string is not closed', offset);
    if (this.#text.startsWith('/*', offset)) throw this.error('a comment is not closed', offset);
    if (!/[{}[\]()<>;,=.:+/-]/.test(text))
      throw this.error(`unexpected character ${JSON.stringify(text)}`, offset);
    this.#offset += 1;
    return { kind: 'symbol', text, offset };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const text = pattern.exec(this.#text)?.[0];
    if (text === undefined) return undefined;
    this.#offset += text.length;
    return text;
  }

  #unescape({ text, offset }: Token): Buffer {
    const inner = text.slice(1, -1);
    if (!inner.includes('\\')) return Buffer.from(inner);
    const parts: Buffer[] = [];
    for (const [piece] of inner.matchAll(escapes)) {
      const bytes = piece.startsWith('\\') ? escapedBytes(piece.slice(1)) : Buffer.from(piece);
      if (bytes === undefined) throw this.error(`the escape ${piece} is not known`, offset);
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  }
}

const patterns = [
  ['word', word],
  ['number', number],
  ['string', string],
] as const;

const escapes = /[^\\]+|\\(?:[0-7]{1,3}|[xX][0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/gu;

const shortEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['?', 63],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
]);

function escapedBytes(code: string): Buffer | undefined {
  if (/^[0-7]/.test(code)) return Buffer.of(Number.parseInt(code, 8) & 0xff);
  if (/^[xX]./.test(code)) return Buffer.of(Number.parseInt(code.slice(1), 16));
  if (/^[uU]./.test(code)) {
    const point = Number.parseInt(code.slice(1), 16);
    return point > 0x10ffff ? undefined : Buffer.from(String.fromCodePoint(point));
  }
  const byte = shortEscapes.get(code);
  return byte === undefined ? undefined : Buffer.of(byte);
}
