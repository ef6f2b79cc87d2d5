import { javaTrim } from './java-text.ts';

/** Cuts header text into delimiters `:,{}[]"` and the text between them; a backslash makes a delimiter text. */
export class HeaderTokens {
  readonly text: string;
  #position = 0;
  #peeked: string | undefined;
  #previous: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The token that {@link next} returned last. */
  get previous(): string | undefined {
    return this.#previous;
  }

  /** Where the next token starts: for {@link rewindTo}. */
  mark(): number {
    return this.#position - (this.#peeked?.length ?? 0);
  }

  rewindTo(position: number): void {
    this.#position = position;
    this.#peeked = undefined;
    this.#previous = undefined;
  }

  hasNext(): boolean {
    return this.#peeked !== undefined || this.#position < this.text.length;
  }

  next(): string {
    this.#previous = this.#peeked ?? this.#cut();
    this.#peeked = undefined;
    return this.#previous;
  }

  /** The text of the next `count` tokens; undefined, without moving, when there are fewer. */
  take(count: number): string | undefined {
    const start = this.mark();
    for (let index = 0; index < count; index++) {
      if (!this.hasNext()) {
        this.rewindTo(start);
        return undefined;
      }
      this.next();
    }
    return this.text.slice(start, this.#position);
  }

  /** Skips blanks and then `token`, when that comes next. */
  accept(token: string): boolean {
    if (!this.hasNext()) return false;
    this.#peeked ??= this.#cut();
    while (javaTrim(this.#peeked) === '' && this.#position < this.text.length) this.#peeked = this.#cut();
    if (javaTrim(this.#peeked) !== token) return false;
    this.#peeked = undefined;
    return true;
  }

  #cut(): string {
    const start = this.#position;
    let isEscaped = false;
    for (; this.#position < this.text.length; this.#position++) {
      const char = this.text.charAt(this.#position);
      if (':,{}[]"'.includes(char) && !isEscaped) {
        if (start === this.#position) this.#position++;
        return this.text.slice(start, this.#position);
      }
      isEscaped = char === '\\' && !isEscaped;
    }
    return this.text.slice(start);
  }
}
