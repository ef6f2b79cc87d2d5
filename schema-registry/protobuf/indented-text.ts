import { SchemaLimitError } from '../errors.ts';
import { limits } from '../limits.ts';

/** Text in lines, two spaces further in for each block. Throws {@link SchemaLimitError} when it gets too long. */
export class IndentedText {
  readonly #parts: string[] = [];
  #indent = '';
  #length = 0;

  /** Goes on in the line. */
  add(text: string): void {
    this.#length += text.length;
    if (this.#length > limits.schemaCanonicalMax) {
      throw new SchemaLimitError(
        `the schema with its indentation has more than ${limits.schemaCanonicalMax} characters (the limit schema.canonical.max)`,
      );
    }
    this.#parts.push(text);
  }

  /** Begins a line: even a blank one has its indentation. */
  begin(text = ''): void {
    this.add(`${this.#indent}${text}`);
  }

  end(text = ''): void {
    this.add(`${text}\n`);
  }

  /** What is added by `run` stands further in. */
  inside(run: () => void): void {
    const outer = this.#indent;
    this.#indent = `${outer}  `;
    run();
    this.#indent = outer;
  }

  toString(): string {
    return this.#parts.join('');
  }
}
