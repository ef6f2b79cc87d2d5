import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Chunk } from './clients/client.ts';
import { expectEqual, Mismatch } from './report.ts';

const filler = 'abcdefghijklmnopqrstuvwxyz é漢 ';

/** The key of the record with this index. */
export function recordKey(index: number): string {
  return `key-${index}`;
}

/** The value of the record with this index, 8 to 130 characters. */
export function recordValue(index: number): string {
  return `value-${index}-${filler.repeat(index % 4)}`;
}

/** The header that says the index; kcat's headers are the same for a whole run. */
export function recordHeaders(client: string, codec: string, index: number): string {
  return `codec=${codec},index=${client === 'kcat' ? 'every' : index}`;
}

/** Records as members of a group wrote them to their files: `partition, offset, key, value, headers`, tab separated. */
export class RecordSet {
  /** Line by `partition:offset`. */
  readonly #lines = new Map<string, string>();
  readonly #files: string[] = [];
  readonly #read = new Map<string, number>();
  duplicates = 0;

  add(file: string): void {
    this.#files.push(file);
  }

  /** Reads what the members have written since; throws when one offset was seen with two contents. */
  refresh(): void {
    for (const file of this.#files) {
      if (!existsSync(file)) continue;
      const bytes = readFileSync(file);
      const from = this.#read.get(file) ?? 0;
      const to = bytes.lastIndexOf(10) + 1;
      this.#read.set(file, to);
      for (const line of bytes.subarray(from, to).toString('utf8').split('\n'))
        if (line !== '') this.#see(line);
    }
  }

  /** How many different partition-offsets were seen. */
  get size(): number {
    return this.#lines.size;
  }

  /** How many complete lines one member has written. */
  linesOf(file: string): number {
    if (!existsSync(file)) return 0;
    return readFileSync(file).reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
  }

  /**
   * Throws unless exactly the records of `chunks` were seen, in partitions whose offsets have no gap from `firstOffsets`
   * (0 by default). Returns the next offset of each partition.
   */
  verify(
    client: string,
    chunks: readonly Chunk[],
    firstOffsets: ReadonlyMap<number, number> = new Map(),
  ): Map<number, number> {
    const expected = chunks.flatMap(({ codec, first, count }) =>
      Array.from({ length: count }, (_, i) => first + i).map(
        (index) => `${recordKey(index)}\t${recordValue(index)}\t${recordHeaders(client, codec, index)}`,
      ),
    );
    const seen = [...this.#lines.values()].map((line) => line.split('\t').slice(2).join('\t'));
    expectEqual('number of records', seen.length, expected.length);
    const missing = new Set(expected);
    for (const record of seen) {
      if (!missing.delete(record))
        throw new Mismatch('a record that was not produced, or one twice', [...missing][0], record);
    }
    expectEqual('checksum of all records', checksum(seen), checksum(expected));
    return this.#nextOffsets(firstOffsets);
  }

  #see(line: string): void {
    const [partition, offset] = line.split('\t', 2);
    const key = `${partition}:${offset}`;
    const known = this.#lines.get(key);
    if (known !== undefined && known !== line) throw new Mismatch('two records at one offset', known, line);
    if (known !== undefined) this.duplicates += 1;
    this.#lines.set(key, line);
  }

  /** The first offset that was not seen though a later one of its partition was, when all begin at 0. */
  gap(): { readonly partition: number; readonly offset: number } | undefined {
    for (const [partition, offsets] of this.#offsets()) {
      const offset = offsets.findIndex((each, i) => each !== i);
      if (offset !== -1) return { partition, offset };
    }
    return undefined;
  }

  #nextOffsets(firstOffsets: ReadonlyMap<number, number>): Map<number, number> {
    const next = new Map(firstOffsets);
    for (const [partition, offsets] of this.#offsets()) {
      const first = firstOffsets.get(partition) ?? 0;
      const gap = offsets.findIndex((offset, i) => offset !== first + i);
      if (gap !== -1)
        throw new Mismatch(`offsets of partition ${partition}`, `offset ${first + gap} next`, offsets[gap]);
      next.set(partition, first + offsets.length);
    }
    return next;
  }

  /** Those that were seen, ascending, by partition. */
  #offsets(): [partition: number, offsets: number[]][] {
    const byPartition = Map.groupBy([...this.#lines.keys()], (key) => Number(key.split(':')[0]));
    return [...byPartition].map(([partition, keys]) => [
      partition,
      keys.map((key) => Number(key.split(':')[1])).sort((a, b) => a - b),
    ]);
  }
}

function checksum(records: readonly string[]): string {
  const hash = createHash('sha256');
  for (const record of [...records].sort()) hash.update(record).update('\n');
  return hash.digest('hex');
}
