import type { PipelineProblem } from './problem.ts';

/** A JSON value that knows where it stands. */
export type JsonNode = JsonMember &
  (
    | { readonly kind: 'object'; readonly entries: ReadonlyMap<string, JsonNode> }
    | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
    /** `text`: that of a string, a number as it is written, `true` or `false`. */
    | { readonly kind: 'string' | 'number' | 'boolean'; readonly text: string }
    | { readonly kind: 'null' }
  );

interface JsonMember {
  /** Of its first character in the file. */
  readonly offset: number;
}

/** What is wrong with a JSON text, and where. */
export class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
  }
}

const DEPTH_MAX = 100;
const numberText = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none of them within strings.
const stringText = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const words = { true: 'boolean', false: 'boolean', null: 'null' } as const;

/** Reads a JSON text (RFC 8259). Throws {@link JsonSyntaxError}, also for a key that an object has twice. */
export function parseJsonTree(text: string): JsonNode {
  const parser = new JsonTreeParser(text);
  return parser.document();
}

/** A problem at an offset of a file. */
export function problemAt(
  text: string,
  file: string,
  offset: number,
  { message, hint }: { readonly message: string; readonly hint?: string | undefined },
): PipelineProblem {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message, hint };
}

class JsonTreeParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  document(): JsonNode {
    const node = this.#value(0);
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the file');
    return node;
  }

  #value(depth: number): JsonNode {
    this.#blanks();
    const offset = this.#at;
    if (depth > DEPTH_MAX)
      throw new JsonSyntaxError(offset, `Values are nested more than ${DEPTH_MAX} deep.`);
    const first = this.#text[offset];
    if (first === '{') return { kind: 'object', offset, entries: this.#entries(depth) };
    if (first === '[') return { kind: 'array', offset, items: this.#items(depth) };
    if (first === '"') return { kind: 'string', offset, text: this.#string() };
    const word = /[a-z]+/y;
    word.lastIndex = offset;
    const [found = ''] = word.exec(this.#text) ?? [];
    if (found === 'true' || found === 'false' || found === 'null') {
      this.#at += found.length;
      const kind = words[found];
      return kind === 'null' ? { kind, offset } : { kind, offset, text: found };
    }
    const number = this.#match(numberText);
    if (number === undefined) throw this.#unexpected('a value');
    return { kind: 'number', offset, text: number };
  }

  #entries(depth: number): ReadonlyMap<string, JsonNode> {
    const entries = new Map<string, JsonNode>();
    this.#at++;
    this.#blanks();
    if (this.#take('}')) return entries;
    for (;;) {
      this.#blanks();
      const offset = this.#at;
      if (this.#text[offset] !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (entries.has(key)) throw new JsonSyntaxError(offset, `${JSON.stringify(key)} is there twice.`);
      this.#blanks();
      if (!this.#take(':')) throw this.#unexpected('":" and a value');
      entries.set(key, this.#value(depth + 1));
      this.#blanks();
      if (this.#take('}')) return entries;
      if (!this.#take(',')) throw this.#unexpected('"," or "}"');
    }
  }

  #items(depth: number): readonly JsonNode[] {
    const items: JsonNode[] = [];
    this.#at++;
    this.#blanks();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#blanks();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#unexpected('"," or "]"');
    }
  }

  #string(): string {
    const quoted = this.#match(stringText);
    if (quoted === undefined) {
      throw new JsonSyntaxError(
        this.#at,
        'This text has no closing quote on its line, or an escape that JSON has not.',
      );
    }
    return JSON.parse(quoted) as string;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #blanks(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #unexpected(wanted: string): JsonSyntaxError {
    const found = this.#text[this.#at];
    const what = found === undefined ? 'the file ends' : `there is ${JSON.stringify(found)}`;
    return new JsonSyntaxError(this.#at, `Here ${what}, and JSON has ${wanted} at this place.`);
  }
}
