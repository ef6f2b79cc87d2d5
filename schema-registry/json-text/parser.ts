import { limits } from '../limits.ts';
import { JsonNumber, type JsonTree } from './tree.ts';

/** The text is not JSON. `offset` is where, in UTF-16 units; the message says line and column. */
export class JsonTextError extends Error {
  readonly offset: number;

  constructor(problem: string, text: string, offset: number) {
    const before = text.slice(0, offset).split('\n');
    super(`${problem} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`);
    this.name = 'JsonTextError';
    this.offset = offset;
  }
}

/** What {@link parseJson} takes besides strict JSON. */
export interface JsonParseOptions {
  /** Accept `//` and `/* *\/` comments, as Avro's own parser does. */
  readonly comments?: boolean;
}

/**
 * Parses one JSON text without loss: see {@link JsonTree}.
 * Throws {@link JsonTextError}, also when values are nested too deeply.
 */
export function parseJson(text: string, options: JsonParseOptions = {}): JsonTree {
  const parser = new Parser(text, options.comments === true);
  return parser.document();
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const space = /[ \t\n\r]*/y;
const doubleQuote = 0x22;
const backslash = 0x5c;
const literals: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Parser {
  readonly #text: string;
  readonly #comments: boolean;
  #offset = 0;

  constructor(text: string, comments: boolean) {
    this.#text = text;
    this.#comments = comments;
  }

  document(): JsonTree {
    this.#skipSpace();
    const tree = this.#value(0);
    this.#skipSpace();
    if (this.#offset < this.#text.length) throw this.#error('unexpected text after the value');
    return tree;
  }

  #value(depth: number): JsonTree {
    if (depth > limits.schemaDepthMax) {
      throw this.#error(
        `values are nested deeper than ${limits.schemaDepthMax} (the limit schema.depth.max)`,
      );
    }
    switch (this.#text[this.#offset]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case undefined:
        throw this.#error('unexpected end of text');
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): JsonTree {
    const members = new Map<string, JsonTree>();
    this.#offset += 1;
    this.#skipSpace();
    if (this.#accept('}')) return members;
    for (;;) {
      if (this.#text[this.#offset] !== '"') throw this.#error('expected a member name in double quotes');
      const key = this.#string();
      this.#skipSpace();
      if (!this.#accept(':')) throw this.#error("expected ':' after a member name");
      this.#skipSpace();
      members.set(key, this.#value(depth + 1));
      this.#skipSpace();
      if (this.#accept('}')) return members;
      if (!this.#accept(',')) throw this.#error("expected ',' or '}' in an object");
      this.#skipSpace();
    }
  }

  #array(depth: number): JsonTree {
    const items: JsonTree[] = [];
    this.#offset += 1;
    this.#skipSpace();
    if (this.#accept(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#skipSpace();
      if (this.#accept(']')) return items;
      if (!this.#accept(',')) throw this.#error("expected ',' or ']' in an array");
      this.#skipSpace();
    }
  }

  #string(): string {
    const first = this.#offset;
    let offset = first + 1;
    for (; ; offset += 1) {
      const code = this.#text.charCodeAt(offset);
      if (code === doubleQuote) break;
      if (code === backslash) offset += 1;
      // Also true for the NaN behind the end of the text.
      if (!(code >= 0x20)) throw this.#error('a string is not closed or has a raw control character');
    }
    this.#offset = offset + 1;
    try {
      return JSON.parse(this.#text.slice(first, this.#offset)) as string;
    } catch {
      this.#offset = first;
      throw this.#error('a string has an illegal escape');
    }
  }

  #scalar(): JsonTree {
    for (const [word, value] of literals) {
      if (this.#text.startsWith(word, this.#offset)) {
        this.#offset += word.length;
        this.#expectBoundary();
        return value;
      }
    }
    const token = this.#match(numberPattern);
    if (token === undefined) throw this.#error('expected a JSON value');
    this.#expectBoundary();
    return new JsonNumber(token);
  }

  #expectBoundary(): void {
    if (/[\w.+-]/.test(this.#text[this.#offset] ?? ' ')) throw this.#error('expected a JSON value');
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#offset += token.length;
    return token;
  }

  #skipSpace(): void {
    this.#match(space);
    while (this.#comments && this.#text[this.#offset] === '/') {
      this.#skipComment();
      this.#match(space);
    }
  }

  #skipComment(): void {
    const isBlock = this.#text.startsWith('/*', this.#offset);
    if (!isBlock && !this.#text.startsWith('//', this.#offset)) throw this.#error('expected a JSON value');
    const end = this.#text.indexOf(isBlock ? '*/' : '\n', this.#offset + 2);
    if (isBlock && end < 0) throw this.#error('a comment is not closed');
    this.#offset = end < 0 ? this.#text.length : end + (isBlock ? 2 : 1);
  }

  #accept(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false;
    this.#offset += 1;
    return true;
  }

  #error(problem: string): JsonTextError {
    return new JsonTextError(problem, this.#text, this.#offset);
  }
}
