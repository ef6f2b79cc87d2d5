/** Makes a value of a number's text. */
type NumberReader<J> = (text: string) => J;

const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const depthMax = 1000;
const blanks = /[ \t\n\r]*/y;
const wholeString = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const wholeNumber = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wholeLiteral = /[\p{ID_Continue}$]+/uy;

/**
 * Parses what Jackson takes for JSON as Kafka has set it up: numbers may begin with zeros, and what comes after the value is
 * not looked at, unless it touches a number. Throws SyntaxError. Slower than JSON.parse: for text that this refuses.
 */
export class JacksonParser<J> {
  readonly #text: string;
  readonly #readNumber: NumberReader<J>;
  #at = 0;

  constructor(text: string, readNumber: NumberReader<J>) {
    this.#text = text;
    this.#readNumber = readNumber;
  }

  /** The first value; undefined when there is none but blanks. */
  parse(): J | undefined {
    this.#match(blanks);
    if (this.#at === this.#text.length) return undefined;
    const isNumber = /[-\d]/.test(this.#text.charAt(this.#at));
    const value = this.#value(0);
    if (isNumber && !/^[ \t\n\r]?$/.test(this.#text.charAt(this.#at))) throw this.#unexpected();
    return value;
  }

  #value(depth: number): J {
    if (depth > depthMax) throw new SyntaxError(`it is nested more than ${depthMax} levels deep`);
    this.#match(blanks);
    const first = this.#text.charAt(this.#at);
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string() as J;
    if (first === '-' || (first >= '0' && first <= '9')) return this.#number();
    const word = this.#match(wholeLiteral) ?? '';
    const literal = literals.get(word);
    if (literal === undefined) throw this.#unexpected();
    return literal as J;
  }

  #object(depth: number): J {
    const entries: [string, J][] = [];
    this.#at += 1;
    for (let isFirst = true; !this.#accept('}'); isFirst = false) {
      if (!isFirst && !this.#accept(',')) throw this.#unexpected();
      this.#match(blanks);
      const name = this.#string();
      if (!this.#accept(':')) throw this.#unexpected();
      entries.push([name, this.#value(depth + 1)]);
    }
    return Object.fromEntries(entries) as J;
  }

  #array(depth: number): J {
    const items: J[] = [];
    this.#at += 1;
    for (let isFirst = true; !this.#accept(']'); isFirst = false) {
      if (!isFirst && !this.#accept(',')) throw this.#unexpected();
      items.push(this.#value(depth + 1));
    }
    return items as J;
  }

  #string(): string {
    const text = this.#match(wholeString);
    if (text === undefined) throw this.#unexpected();
    return JSON.parse(text) as string;
  }

  #number(): J {
    const text = this.#match(wholeNumber);
    if (text === undefined) throw this.#unexpected();
    return this.#readNumber(text.replace(/^(-?)0+(?=\d)/, '$1'));
  }

  #accept(char: string): boolean {
    this.#match(blanks);
    if (this.#text.charAt(this.#at) !== char) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(`the JSON cannot be read at position ${this.#at}`);
  }
}
