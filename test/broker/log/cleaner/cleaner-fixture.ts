import { LogCleaner } from '../../../../broker/log/index.ts';
import { batchHeader } from '../../../../kafka/records/index.ts';
import { LogFixture } from '../log-fixture.ts';

const COMPACTED = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.00001' };

/** A compacted log and its cleaner. */
export class CleanerFixture extends LogFixture {
  cleaner: LogCleaner;
  readonly #dedupeBytes: number;

  constructor(configs: Record<string, string> = {}, seed = 1, dedupeBytes = 1 << 20) {
    super({ ...COMPACTED, ...configs }, 'fsync', seed);
    this.#dedupeBytes = dedupeBytes;
    this.cleaner = this.#newCleaner();
  }

  /** Appends one record durably and lets `pauseMs` pass; returns its offset. */
  async put(key: string, value: string | null, pauseMs = 0): Promise<number> {
    const offset = await this.appendDurably([value], { key });
    await this.platform.runFor(pauseMs);
    return offset;
  }

  /** Closes the active segment, so that all there is may be cleaned. */
  roll(): void {
    this.log.roll();
  }

  /** Header facts of every batch, as `base-last count`. */
  batches(): string[] {
    const found: string[] = [];
    for (const segment of this.log.segments) {
      segment.scan({ from: 0 }, (buffer, at) => {
        const range = `${batchHeader.baseOffset(buffer, at)}-${batchHeader.lastOffset(buffer, at)}`;
        found.push(`${range} ${batchHeader.recordCount(buffer, at)}`);
        return true;
      });
    }
    return found;
  }

  bases(): number[] {
    return this.log.segments.map((segment) => segment.baseOffset);
  }

  checkpoint(): string {
    return this.platform.files.readFile('/data/cleaner-offset-checkpoint').toString();
  }

  override reopen(): void {
    super.reopen();
    this.cleaner = this.#newCleaner();
  }

  #newCleaner(): LogCleaner {
    return new LogCleaner(this.directory, this.platform, {
      logCleanerBackoffMs: 15_000,
      logCleanerDedupeBufferSize: this.#dedupeBytes,
      logCleanerIoMaxBytesPerSecond: Number.MAX_VALUE,
    });
  }
}
