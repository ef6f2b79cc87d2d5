import {
  FatalError,
  type SourceBatch,
  type SourceContext,
  type SourceRecord,
  type UnreadableRecord,
} from '../../runtime/plugin/index.ts';
import type { CsvConfig, CsvRules } from './csv-config.ts';
import { CsvFile } from './csv-file.ts';
import { type FileHead, readHead } from './file-head.ts';
import { RowReader } from './row-reader.ts';
import { RowWindow } from './row-window.ts';

/** Where reading goes on: always the begin of a row. An operator may set `position` alone. */
export type CsvPosition = {
  /** Byte offset in the file. */
  readonly position: number;
  /** Lines before it. */
  readonly line?: number;
  /** Of the bytes before it. */
  readonly fingerprint?: string;
};

/** One reading of a file, from a position to its end or, following it, until the task is stopped. */
export class CsvReading {
  readonly #config: CsvConfig;
  readonly #rules: CsvRules;
  readonly #ctx: SourceContext;
  readonly #reader: RowReader;
  #file: CsvFile;
  #line: number | undefined;
  /** The last position that was handed out. */
  #last: CsvPosition = { position: 0 };
  #records: SourceRecord[] = [];
  #unreadable: UnreadableRecord[] = [];

  constructor(config: CsvConfig, rules: CsvRules, ctx: SourceContext, file: CsvFile) {
    this.#config = config;
    this.#rules = rules;
    this.#ctx = ctx;
    this.#file = file;
    this.#reader = new RowReader(rules.dialect);
  }

  async *batches(from: CsvPosition | undefined): AsyncGenerator<SourceBatch<CsvPosition>> {
    if (from !== undefined) await this.#verify(from);
    const head = await this.#head();
    if (head === undefined) return;
    const start = from === undefined || from.position < head.position ? head : from;
    this.#line = start.line;
    this.#last = from ?? { position: start.position };
    const window = new RowWindow(start.position);
    let consumed = 0;
    let isLast = false;
    let isCaughtUp = false;
    while (!this.#ctx.signal.aborted && !isLast) {
      if (isCaughtUp) await this.#refresh();
      const count = await window.fill(this.#file, consumed);
      isCaughtUp = count === 0;
      isLast = count === 0 && !this.#config.follow;
      this.#reader.load(window.bytes, isLast);
      while (this.#readRow(head, window)) {
        if (this.#records.length + this.#unreadable.length < this.#config['batch.size']) continue;
        yield await this.#batch(window);
        if (this.#ctx.signal.aborted) return;
      }
      consumed = this.#reader.position;
      if (count > 0) continue;
      // At the end of the file, for now or for good.
      if (window.offset + consumed > this.#last.position) yield await this.#batch(window);
      if (!isLast) await this.#ctx.sleep(this.#config['poll.interval.ms']);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #head(): Promise<FileHead | undefined> {
    for (;;) {
      const head = await readHead(this.#file, this.#config, this.#rules, !this.#config.follow);
      if (head !== undefined || !this.#config.follow || this.#ctx.signal.aborted) return head;
      await this.#ctx.sleep(this.#config['poll.interval.ms']);
    }
  }

  /** Takes one row. False when more bytes are needed. */
  #readRow(head: FileHead, window: RowWindow): boolean {
    const reader = this.#reader;
    const cells = reader.next();
    if (cells === undefined && !this.#takeBrokenLine(window)) return false;
    const isComment = cells !== undefined && cells.length === 0;
    const isEmpty = reader.start === reader.end && this.#config['skip.empty.lines'];
    if (!isComment && !isEmpty) this.#take(head, cells ?? [], window);
    if (this.#line !== undefined) this.#line += reader.lines;
    return true;
  }

  /** A quote that is not closed would swallow all the rest: then only its own line is bad. */
  #takeBrokenLine(window: RowWindow): boolean {
    const reader = this.#reader;
    const pending = window.bytes.length - reader.position;
    const isTooLong = pending > this.#config['row.max.bytes'];
    const isBroken = reader.hasOpenQuote && (isTooLong || !this.#config.follow);
    const isFinal = window.bytes.length > 0 && isBroken && (isTooLong || reader.isLast);
    if (isFinal && reader.takeLine('a quote is opened and not closed')) return true;
    if (isTooLong) throw new FatalError(`${this.#place(window)} is longer than row.max.bytes: raise it.`);
    return false;
  }

  #take(head: FileHead, cells: readonly string[], window: RowWindow): void {
    const record = this.#reader.problem === undefined ? head.builder.build(cells) : undefined;
    if (record !== undefined) {
      this.#records.push(record);
      return;
    }
    const place = this.#place(window);
    this.#unreadable.push({
      error: new Error(`${place}: ${this.#reader.problem ?? head.builder.problem}`),
      raw: Buffer.from(window.bytes.subarray(this.#reader.start, this.#reader.end)),
      topic: this.#config.topic,
      headers: {
        'csv.file': this.#config.file,
        'csv.position': String(window.offset + this.#reader.start),
        ...(this.#line === undefined ? {} : { 'csv.line': String(this.#line + 1) }),
      },
    });
  }

  #place(window: RowWindow): string {
    const { file } = this.#config;
    if (this.#line !== undefined) return `${file} line ${this.#line + 1}`;
    return `${file} byte ${window.offset + this.#reader.start}`;
  }

  async #batch(window: RowWindow): Promise<SourceBatch<CsvPosition>> {
    // The rows are in memory since before the last batch was handed out, and the file may have changed meanwhile.
    await this.#verify(this.#last);
    const position = window.offset + this.#reader.position;
    const fingerprint = await this.#file.fingerprint(position);
    if (fingerprint === undefined) throw this.#rewritten(position, 'shorter');
    this.#last = { position, fingerprint, ...(this.#line === undefined ? {} : { line: this.#line }) };
    const batch = { records: this.#records, unreadable: this.#unreadable, position: this.#last };
    this.#records = [];
    this.#unreadable = [];
    return batch;
  }

  /** Before more bytes are read: a file that was replaced or rewritten must begin with what was read. */
  async #refresh(): Promise<void> {
    if (await this.#file.isReplaced()) {
      const file = await CsvFile.open(this.#config.file).catch(() => undefined);
      // Between the removal and the creation of a file that is replaced: look again later.
      if (file === undefined) return;
      await this.#file.close();
      this.#file = file;
    }
    await this.#verify(this.#last);
  }

  async #verify({ position, fingerprint }: CsvPosition): Promise<void> {
    const current = await this.#file.fingerprint(position);
    if (current === undefined) throw this.#rewritten(position, 'shorter');
    if (fingerprint !== undefined && fingerprint !== current) throw this.#rewritten(position, 'not the same');
  }

  #rewritten(position: number, how: string): FatalError {
    return new FatalError(
      `${this.#config.file} was rewritten: its first ${position} bytes, which were read already, are ${how} now. ` +
        "Restore the file, give the new one another name, or reset the connector's offsets to read it from the start.",
    );
  }
}
