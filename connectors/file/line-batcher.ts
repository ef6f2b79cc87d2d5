import { FatalError, type SourceRecord, schemas, type UnreadableRecord } from '../../runtime/plugin/index.ts';
import { LineCutter } from './line-cutter.ts';

/** Kafka's FileStreamSource offset, with a fingerprint of what was read. An operator may set `position` alone. */
export type LinePosition = {
  /** Bytes. */
  readonly position: number;
  readonly fingerprint?: string;
};

interface Limits {
  readonly topic: string;
  readonly 'batch.size': number;
  readonly 'line.max.bytes': number;
}

/** What a batch holds. */
interface Lines {
  readonly records: readonly SourceRecord[];
  readonly unreadable: readonly UnreadableRecord[];
}

const valueSchema = schemas.string();

/** Makes batches of records from the bytes of a file or stream. */
export class LineBatcher {
  readonly #limits: Limits;
  readonly #name: string;
  readonly #start: number;
  readonly #cutter = new LineCutter();

  /** `start`: position of the first byte that will be added. */
  constructor(limits: Limits, name: string, start: number) {
    this.#limits = limits;
    this.#name = name;
    this.#start = start;
  }

  /** Position behind the last line that was taken. */
  get position(): number {
    return this.#start + this.#cutter.taken;
  }

  /** Position behind the last byte that was added. */
  get end(): number {
    return this.position + this.#cutter.pending;
  }

  /** Adds the bytes at {@link end}. They are kept, not copied. */
  add(bytes: Buffer): void {
    this.#cutter.add(bytes);
  }

  /**
   * A batch of complete lines, undefined when there is none. `isLast`: no bytes will follow, so what is left is a line too.
   * Throws {@link FatalError} when a line is too long.
   */
  take(isLast: boolean): Lines | undefined {
    const records: SourceRecord[] = [];
    const unreadable: UnreadableRecord[] = [];
    for (let count = 0; count < this.#limits['batch.size']; count++) {
      const position = this.position;
      const line = this.#cutter.next() ?? (isLast ? this.#cutter.last() : undefined);
      if (line === undefined) break;
      if (line.text === undefined) unreadable.push(this.#unreadable(line.bytes, position));
      else records.push({ topic: this.#limits.topic, valueSchema, value: line.text });
    }
    if (records.length + unreadable.length > 0) return { records, unreadable };
    if (this.#cutter.pending <= this.#limits['line.max.bytes']) return undefined;
    throw new FatalError(
      `${this.#name} has a line longer than line.max.bytes at byte ${this.position}: raise it, or correct the file.`,
    );
  }

  #unreadable(raw: Buffer, position: number): UnreadableRecord {
    return {
      error: new Error(`${this.#name} byte ${position}: bytes that are not UTF-8`),
      raw,
      topic: this.#limits.topic,
      headers: { 'file.name': this.#name, 'file.position': String(position) },
    };
  }
}
