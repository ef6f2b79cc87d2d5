import { GrowingBytes } from './growing-bytes.ts';
import type { SeededEntropy } from './seeded-entropy.ts';

/**
 * What of the unsynced state a crash leaves behind. `nothing`: none of it (the default). `everything`: all, as when
 * only the process dies. `prefix`: per file the first so many changes. `torn`: the same, and the next change up to any
 * byte. `pages`: any of the 4 KiB pages, with the new or the old size.
 */
export type Survival = 'everything' | PowerLossSurvival;

type PowerLossSurvival = 'nothing' | 'prefix' | 'torn' | 'pages';

type Change =
  | { readonly sequence: number; readonly position: number; readonly bytes: Uint8Array }
  | { readonly sequence: number; readonly size: number };

const PAGE_BYTES = 4096;

/** The content of a simulated file: as the page cache shows it, and as the platter has it. */
export class MemoryContent {
  readonly #image = new GrowingBytes();
  readonly #durable = new GrowingBytes();
  #unsynced: Change[] = [];
  #lastSequence = 0;
  modifiedMs: number;

  constructor(modifiedMs: number) {
    this.modifiedMs = modifiedMs;
  }

  get size(): number {
    return this.#image.length;
  }

  /** Names the state as it is now, for {@link sync}. */
  get sequence(): number {
    return this.#lastSequence;
  }

  /** Bytes from `position` on, at most `length`. Valid until the next change. */
  view(position: number, length: number): Uint8Array {
    return this.#image.view(position, position + length);
  }

  write(bytes: Uint8Array, position: number): void {
    this.#image.write(bytes, position);
    // Not slice(), which of a Buffer is the caller's memory.
    this.#unsynced.push({ sequence: ++this.#lastSequence, position, bytes: new Uint8Array(bytes) });
  }

  truncate(size: number): void {
    this.#image.resize(size);
    this.#unsynced.push({ sequence: ++this.#lastSequence, size });
  }

  /** Makes all changes up to this state durable. */
  sync(sequence: number): void {
    const later = this.#unsynced.findIndex((change) => change.sequence > sequence);
    const synced = this.#unsynced.splice(0, later < 0 ? this.#unsynced.length : later);
    for (const change of synced) apply(change, this.#durable);
  }

  /** What Linux does when a sync fails: the pages count as clean, and are never written. */
  forgetUnsynced(): void {
    this.#unsynced = [];
  }

  /** The file as it is found after the crash. */
  crash(survival: Survival, entropy: SeededEntropy): void {
    if (survival === 'everything') return;
    if (survival === 'pages') this.#keepPages(entropy);
    else if (survival !== 'nothing') this.#keepPrefix(survival, entropy);
    this.#unsynced = [];
    this.#image.assign(this.#durable);
  }

  #keepPrefix(survival: 'prefix' | 'torn', entropy: SeededEntropy): void {
    const kept = entropy.below(this.#unsynced.length + 1);
    for (const change of this.#unsynced.slice(0, kept)) apply(change, this.#durable);
    const next = this.#unsynced[kept];
    if (survival === 'prefix' || next === undefined || !('bytes' in next)) return;
    const torn = next.bytes.subarray(0, entropy.below(next.bytes.length + 1));
    if (torn.length > 0) this.#durable.write(torn, next.position);
  }

  #keepPages(entropy: SeededEntropy): void {
    if (this.#unsynced.length === 0) return;
    if (entropy.below(2) === 1) this.#durable.resize(this.#image.length);
    for (let start = 0; start < this.#durable.length; start += PAGE_BYTES) {
      if (entropy.below(2) === 1) continue;
      const end = Math.min(start + PAGE_BYTES, this.#durable.length);
      this.#durable.write(this.#image.view(start, end), start);
    }
  }
}

function apply(change: Change, target: GrowingBytes): void {
  if ('bytes' in change) target.write(change.bytes, change.position);
  else target.resize(change.size);
}
