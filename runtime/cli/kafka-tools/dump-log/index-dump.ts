import { resolve } from 'node:path';
import { batchHeader } from '../../../../kafka/records/index.ts';
import type { File } from '../../../../platform/files.ts';
import { ToolError } from '../errors.ts';
import type { ToolContext } from '../tool.ts';
import { openFile, readBatches } from './batch-reader.ts';
import { baseOffsetOf } from './segment-dump.ts';

const CORRUPT = 'org.apache.kafka.storage.internals.log.CorruptIndexException';

/** How an index is looked at. */
export interface IndexView {
  readonly isSanityCheck: boolean;
  readonly isVerifyOnly: boolean;
}

/** An entry of the offset index: the batch at `position` ends with `offset`. */
interface OffsetEntry {
  readonly offset: number;
  readonly position: number;
}

const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;

/** Prints an `.index` file, and on stderr where it does not agree with its log. Throws ToolError when it is corrupt. */
export async function dumpOffsetIndex(path: string, view: IndexView, context: ToolContext): Promise<void> {
  const { out, err, platform } = context;
  const log = openFile(path.replace(/\.index$/, '.log'), platform.files);
  try {
    const bytes = entriesOf(path, OFFSET_ENTRY_BYTES, context);
    if (view.isSanityCheck) {
      await out.line(`${path} passed sanity check.`);
      return;
    }
    if (bytes.length === 0) await out.line(`${path} is empty.`);
    const mismatches: string[] = [];
    for (const { offset, position } of offsetEntries(bytes, baseOffsetOf(path))) {
      const batch = firstBatch(log, position);
      const lastOffset = batchHeader.lastOffset(batch, 0);
      if (lastOffset !== offset) mismatches.push(`  Index offset: ${offset}, log offset: ${lastOffset}`);
      if (!view.isVerifyOnly) await out.line(`offset: ${offset} position: ${position}`);
    }
    if (mismatches.length > 0) await err.line([`Mismatches in :${resolve(path)}`, ...mismatches].join('\n'));
  } finally {
    log.close();
  }
}

/** The entries up to the zeros that a broker sets aside at the end. */
function* offsetEntries(bytes: Buffer, baseOffset: number): Generator<OffsetEntry> {
  for (let at = 0; at < bytes.length; at += OFFSET_ENTRY_BYTES) {
    const delta = bytes.readInt32BE(at);
    if (delta === 0 && at > 0) return;
    yield { offset: baseOffset + delta, position: bytes.readInt32BE(at + 4) };
  }
}

function firstBatch(log: File, position: number): Buffer {
  if (position < 0 || position > log.size()) {
    throw new ToolError(
      `Slice from position ${position} exceeds end position of ${log.path} (${log.size()} bytes)`,
    );
  }
  for (const { bytes } of readBatches(log, position, log.size())) return bytes;
  throw new ToolError(`There is no batch at position ${position} of ${log.path}`);
}

/** What is wrong with a time index, in the order in which it is told. */
class TimeIndexErrors {
  readonly mismatches: string[] = [];
  readonly outOfOrder: string[] = [];
  readonly missing: string[] = [];

  text(path: string): string {
    const parts = [
      [`Found timestamp mismatch in :${path}`, this.mismatches],
      [`Found out of order timestamp in :${path}`, this.outOfOrder],
      [`The following indexed offsets are not found in :${path}`, this.missing],
    ] as const;
    return parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : [title, ...lines])).join('\n');
  }
}

/** Prints a `.timeindex` file, and on stderr where it does not agree with its log. Throws ToolError when it is corrupt. */
export async function dumpTimeIndex(path: string, view: IndexView, context: ToolContext): Promise<void> {
  const { out, err, platform } = context;
  const log = openFile(path.replace(/\.timeindex$/, '.log'), platform.files);
  try {
    const bytes = entriesOf(path, TIME_ENTRY_BYTES, context);
    if (view.isSanityCheck) {
      checkTimes(path, bytes);
      await out.line(`${path} passed sanity check.`);
      return;
    }
    const baseOffset = baseOffsetOf(path);
    const errors = new TimeIndexErrors();
    const batches = new BatchSearch(log);
    let previous = -1;
    for (let at = 0; at < bytes.length; at += TIME_ENTRY_BYTES) {
      const timestamp = Number(bytes.readBigInt64BE(at));
      const offset = baseOffset + bytes.readInt32BE(at + 8);
      if (offset === baseOffset && at > 0) break;
      const batch = batches.upTo(offset);
      if (batch === undefined || batch.lastOffset !== offset) {
        errors.missing.push(`Indexed offset: ${offset}, found log offset: ${batch?.lastOffset ?? -1}`);
      } else {
        if (batch.timestamp !== timestamp) {
          errors.mismatches.push(`  Index timestamp: ${timestamp}, log timestamp: ${batch.timestamp}`);
        }
        if (previous >= timestamp) {
          errors.outOfOrder.push(
            `  Index timestamp: ${timestamp}, Previously indexed timestamp: ${previous}`,
          );
        }
      }
      if (!view.isVerifyOnly) await out.line(`timestamp: ${timestamp} offset: ${offset}`);
      previous = timestamp;
    }
    const text = errors.text(resolve(path));
    if (text !== '') await err.line(text);
  } finally {
    log.close();
  }
}

/** Finds batches by rising offsets, in one walk through the log. */
class BatchSearch {
  readonly #batches: ReturnType<typeof readBatches>;
  #current: { readonly lastOffset: number; readonly timestamp: number } | undefined;

  constructor(log: File) {
    this.#batches = readBatches(log, 0, log.size());
  }

  /** The first batch that reaches `offset`. */
  upTo(offset: number) {
    while (this.#current === undefined || this.#current.lastOffset < offset) {
      const next = this.#batches.next();
      if (next.done === true) return undefined;
      const { bytes } = next.value;
      this.#current = {
        lastOffset: batchHeader.lastOffset(bytes, 0),
        timestamp: batchHeader.maxTimestamp(bytes, 0),
      };
    }
    return this.#current;
  }
}

function checkTimes(path: string, bytes: Buffer): void {
  if (bytes.length === 0) return;
  const last = bytes.length - TIME_ENTRY_BYTES;
  const [firstTime, lastTime] = [Number(bytes.readBigInt64BE(0)), Number(bytes.readBigInt64BE(last))];
  const found = `Corrupt time index found, time index file (${resolve(path)}) has non-zero size but the last`;
  if (lastTime < firstTime) {
    throw new ToolError(
      `${found} timestamp is ${lastTime} which is less than the first timestamp ${firstTime}`,
      CORRUPT,
    );
  }
  if (bytes.readInt32BE(last + 8) < 0) {
    const offset = baseOffsetOf(path) + bytes.readInt32BE(last + 8);
    throw new ToolError(
      `${found} offset is ${offset} which is less than the first offset ${baseOffsetOf(path)}`,
      CORRUPT,
    );
  }
}

/** All entries of an index. Throws ToolError when the last is cut off. */
function entriesOf(path: string, entryBytes: number, { platform }: ToolContext): Buffer {
  const bytes = platform.files.readFile(path);
  if (bytes.length % entryBytes !== 0) {
    throw new ToolError(
      `Index file ${resolve(path)} is corrupt, found ${bytes.length} bytes which is neither positive nor a multiple of ${entryBytes}`,
      CORRUPT,
    );
  }
  return bytes;
}
