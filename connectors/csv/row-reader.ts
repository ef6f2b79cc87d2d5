import { isAscii, isUtf8 } from 'node:buffer';

/** How a file writes its rows. Characters are single bytes of ASCII. */
export interface Dialect {
  readonly delimiter: number;
  /** Undefined: quotes are ordinary characters. */
  readonly quote: number | undefined;
  /** Makes a quote inside a quoted cell ordinary; most often the quote itself. */
  readonly escaping: number;
  /** Lines that begin with it are skipped. */
  readonly comment: number | undefined;
  readonly charset: 'UTF-8' | 'ISO-8859-1';
  /** Remove blanks around cells, also outside the quotes of a quoted one. */
  readonly isTrimmed: boolean;
}

const newline = 10;
const carriageReturn = 13;
const quoteProblem = 'text after the closing quote of a cell';

/**
 * Cuts bytes into rows (RFC 4180: cells may be quoted, quoted cells may hold line ends and doubled quotes). After
 * {@link next}, `start` and `end` are the row's bytes without its line end, and `problem` says when they are no row. A
 * quote that does not begin a cell is an ordinary character.
 */
export class RowReader {
  readonly #dialect: Dialect;
  readonly #delimiter: string;
  #bytes: Buffer = Buffer.alloc(0);
  #isLast = false;
  #isAscii = false;
  /** Where the next quote is; the length of the bytes when there is none. */
  #nextQuote = 0;
  #hasOpenQuote = false;
  /** First byte that is not read yet. */
  position = 0;
  start = 0;
  end = 0;
  /** How many lines of text the row takes. */
  lines = 1;
  problem: string | undefined;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#delimiter = String.fromCharCode(dialect.delimiter);
  }

  /** Continues with other bytes, from their first. They must stay as they are until the next load. */
  load(bytes: Buffer, isLast: boolean): void {
    this.#bytes = bytes;
    this.#isLast = isLast;
    this.#isAscii = this.#dialect.charset === 'ISO-8859-1' || isAscii(bytes);
    this.#nextQuote = -1;
    this.position = 0;
  }

  /** The cells of the next row; undefined when the bytes end first, in which case `position` has not moved. */
  next(): string[] | undefined {
    this.problem = undefined;
    this.#hasOpenQuote = false;
    this.start = this.position;
    this.lines = 1;
    if (this.start >= this.#bytes.length) return undefined;
    if (this.#bytes[this.start] === this.#dialect.comment) return this.#nextLine() ? [] : undefined;
    const lineEnd = this.#bytes.indexOf(newline, this.start);
    if (this.#quoteFrom(this.start) < (lineEnd < 0 ? this.#bytes.length : lineEnd)) return this.#quotedRow();
    if (!this.#endAt(lineEnd)) return undefined;
    const cells = this.#text(this.start, this.end).split(this.#delimiter);
    return this.#dialect.isTrimmed ? cells.map((cell) => cell.trim()) : cells;
  }

  /** True when the last {@link next} found nothing because a quoted cell was not closed. */
  get hasOpenQuote(): boolean {
    return this.#hasOpenQuote;
  }

  /** True when no bytes will follow those that are loaded. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /** Takes the next line as it is, quotes or not. False when the bytes end first. */
  takeLine(problem: string): boolean {
    this.start = this.position;
    this.lines = 1;
    this.problem = problem;
    return this.#nextLine();
  }

  #nextLine(): boolean {
    return this.#endAt(this.#bytes.indexOf(newline, this.start));
  }

  /** Ends the row before the line end at `lineEnd`, or at the end of the last bytes. */
  #endAt(lineEnd: number): boolean {
    if (lineEnd < 0 && !this.#isLast) return false;
    const end = lineEnd < 0 ? this.#bytes.length : lineEnd;
    this.position = lineEnd < 0 ? end : lineEnd + 1;
    this.end = end > this.start && this.#bytes[end - 1] === carriageReturn ? end - 1 : end;
    return true;
  }

  #countLines(): void {
    let at = this.#bytes.indexOf(newline, this.start);
    for (; at >= 0 && at < this.end; at = this.#bytes.indexOf(newline, at + 1)) this.lines++;
  }

  #quoteFrom(position: number): number {
    const { quote } = this.#dialect;
    if (quote === undefined) return this.#bytes.length;
    if (this.#nextQuote < position) {
      const found = this.#bytes.indexOf(quote, position);
      this.#nextQuote = found < 0 ? this.#bytes.length : found;
    }
    return this.#nextQuote;
  }

  #text(start: number, end: number): string {
    if (this.#isAscii) return this.#bytes.toString('latin1', start, end);
    const text = this.#bytes.toString('utf8', start, end);
    if (text.includes('\uFFFD') && !isUtf8(this.#bytes.subarray(start, end))) {
      this.problem = 'bytes that are not UTF-8';
    }
    return text;
  }

  #quotedRow(): string[] | undefined {
    const bytes = this.#bytes;
    const { delimiter, quote } = this.#dialect;
    const cells: string[] = [];
    let at = this.start;
    for (;;) {
      const first = this.#dialect.isTrimmed ? this.#skipBlanks(at) : at;
      const end = bytes[first] === quote ? this.#quotedCell(first + 1, cells) : this.#plainCell(at, cells);
      if (end === undefined) return undefined;
      if (bytes[end] === delimiter) {
        at = end + 1;
        continue;
      }
      const isLineEnd = end >= bytes.length || bytes[end] === newline || this.#isCrLf(end);
      // Most likely the quote that was taken for the closing one opens a cell some lines below.
      if (!isLineEnd) return this.takeLine(quoteProblem) ? cells : undefined;
      if (!this.#endAt(bytes.indexOf(newline, end))) return undefined;
      this.#countLines();
      return cells;
    }
  }

  /** Reads up to the delimiter or line end and returns where that is. */
  #plainCell(from: number, cells: string[]): number {
    const bytes = this.#bytes;
    const { delimiter, isTrimmed } = this.#dialect;
    let at = from;
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== newline) at++;
    const isRowEnd = bytes[at] !== delimiter;
    const end = isRowEnd && at > from && bytes[at - 1] === carriageReturn ? at - 1 : at;
    const text = this.#text(from, end);
    cells.push(isTrimmed ? text.trim() : text);
    return at;
  }

  /** Reads from behind the opening quote to behind the closing one, and returns the position there. */
  #quotedCell(from: number, cells: string[]): number | undefined {
    const bytes = this.#bytes;
    const { escaping, quote } = this.#dialect;
    let text = '';
    let part = from;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte !== quote && byte !== escaping) continue;
      const following = bytes[at + 1];
      if (byte === escaping && (following === quote || following === escaping)) {
        text += this.#text(part, at);
        part = ++at;
      } else if (byte === quote) {
        const cell = text + this.#text(part, at);
        cells.push(this.#dialect.isTrimmed ? cell.trim() : cell);
        return this.#dialect.isTrimmed ? this.#skipBlanks(at + 1) : at + 1;
      }
    }
    this.#hasOpenQuote = true;
    return undefined;
  }

  #isCrLf(at: number): boolean {
    if (this.#bytes[at] !== carriageReturn) return false;
    return at + 1 >= this.#bytes.length || this.#bytes[at + 1] === newline;
  }

  #skipBlanks(from: number): number {
    let at = from;
    while (this.#bytes[at] === 32 || (this.#bytes[at] === 9 && this.#dialect.delimiter !== 9)) at++;
    return at;
  }
}
