import { basename, resolve } from 'node:path';
import { batchHeader, CODECS, openRecords, type RecordView } from '../../../../kafka/records/index.ts';
import { ToolError } from '../errors.ts';
import type { ToolContext } from '../tool.ts';
import { openFile, readBatches } from './batch-reader.ts';
import { controlText } from './control-text.ts';
import type { RecordParser } from './record-parsers.ts';

const ALL_BYTES = 2_147_483_647;
/** A batch may expand to this. */
const EXPANDED_BYTES_MAX = 2_147_483_647;

/** What is shown of a segment. */
export interface SegmentView {
  readonly isDeep: boolean;
  /** Undefined: records are not opened. */
  readonly parser: RecordParser | undefined;
  readonly hasMetadata: boolean;
  readonly bytesMax: number;
}

/** Prints the batches of a `.log` or `.checkpoint` file. Throws ToolError and the errors of broken records. */
export async function dumpSegment(
  path: string,
  view: SegmentView,
  { out, err, platform }: ToolContext,
): Promise<void> {
  await out.line(headline(path));
  const file = openFile(path, platform.files);
  const gaps = new OffsetGaps();
  let valid = 0;
  try {
    for (const { bytes, position } of readBatches(file, 0, view.bytesMax)) {
      await out.line(batchText(bytes, position));
      if (view.isDeep) {
        // One by one: what comes before a broken record is shown.
        for (const records = openRecords(bytes, 0, EXPANDED_BYTES_MAX); records.next(); ) {
          const record = records.view();
          gaps.pass(record.offset);
          await out.line(recordText(record, bytes, view));
        }
      }
      valid = position + bytes.length;
    }
    const trailing = file.size() - valid;
    if (trailing > 0 && view.bytesMax === ALL_BYTES) {
      await out.line(`Found ${trailing} invalid bytes at the end of ${basename(path)}`);
    }
  } finally {
    file.close();
  }
  if (gaps.lines.length > 0) {
    await err.line([`Non-consecutive offsets in ${resolve(path)}`, ...gaps.lines].join('\n'));
  }
}

function headline(path: string): string {
  const name = basename(path);
  if (name === 'bootstrap.checkpoint') return 'KRaft bootstrap snapshot';
  const snapshot = /^(\d+)-(\d+)\.checkpoint$/.exec(name);
  if (snapshot !== null) return `Snapshot end offset: ${Number(snapshot[1])}, epoch: ${Number(snapshot[2])}`;
  return `Log starting offset: ${baseOffsetOf(path)}`;
}

/** The offset in the name of a segment's file. Throws ToolError when there is none. */
export function baseOffsetOf(path: string): number {
  const name = basename(path).replace(/\..*$/, '');
  if (/^\d{1,20}$/.test(name)) return Number(name);
  throw new ToolError(`For input string: "${name}"`, 'java.lang.NumberFormatException');
}

/** Offsets that do not follow each other. */
class OffsetGaps {
  readonly lines: string[] = [];
  #last: number | undefined;

  pass(offset: number): void {
    if (this.#last !== undefined && offset !== this.#last + 1) {
      this.lines.push(`  ${this.#last} is followed by ${offset}`);
    }
    this.#last = offset;
  }
}

function batchText(bytes: Buffer, position: number): string {
  const deleteHorizonMs = batchHeader.deleteHorizonMs(bytes, 0);
  return [
    `baseOffset: ${batchHeader.baseOffset(bytes, 0)}`,
    `lastOffset: ${batchHeader.lastOffset(bytes, 0)}`,
    `count: ${batchHeader.recordCount(bytes, 0)}`,
    `baseSequence: ${batchHeader.baseSequence(bytes, 0)}`,
    `lastSequence: ${batchHeader.lastSequence(bytes, 0)}`,
    `producerId: ${batchHeader.producerId(bytes, 0)}`,
    `producerEpoch: ${batchHeader.producerEpoch(bytes, 0)}`,
    `partitionLeaderEpoch: ${batchHeader.leaderEpoch(bytes, 0)}`,
    `isTransactional: ${batchHeader.isTransactional(bytes, 0)}`,
    `isControl: ${batchHeader.isControl(bytes, 0)}`,
    `deleteHorizonMs: ${optionalLong(deleteHorizonMs)}`,
    `position: ${position}`,
    `${batchHeader.timestampType(bytes, 0)}: ${batchHeader.maxTimestamp(bytes, 0)}`,
    `size: ${bytes.length}`,
    `magic: ${batchHeader.magic(bytes, 0)}`,
    `compresscodec: ${CODECS[batchHeader.codecId(bytes, 0)] ?? 'unknown'}`,
    `crc: ${batchHeader.crc(bytes, 0)}`,
    `isvalid: ${batchHeader.isCrcValid(bytes, 0)}`,
  ].join(' ');
}

/** As Java prints it. */
export function optionalLong(value: number | undefined): string {
  return value === undefined ? 'OptionalLong.empty' : `OptionalLong[${value}]`;
}

function recordText(record: RecordView, batch: Buffer, { parser, hasMetadata }: SegmentView): string {
  const isControl = batchHeader.isControl(batch, 0);
  const parts = hasMetadata ? [metadataText(record, batch)] : [];
  if (isControl) {
    if (!hasMetadata) return '';
    parts.push(controlText(record));
  } else if (parser !== undefined) {
    const { key, payload } = parser(record);
    if (key !== undefined) parts.push(`key: ${key}`);
    if (payload !== undefined) parts.push(`payload: ${payload}`);
  }
  return `| ${parts.join(' ')}`;
}

function metadataText(record: RecordView, batch: Buffer): string {
  const { offset, timestamp, keyLength, valueLength, headers } = record;
  const baseSequence = batchHeader.baseSequence(batch, 0);
  const sequence =
    baseSequence < 0
      ? -1
      : batchHeader.incrementSequence(baseSequence, offset - batchHeader.baseOffset(batch, 0));
  return [
    `offset: ${offset}`,
    `${batchHeader.timestampType(batch, 0)}: ${timestamp}`,
    `keySize: ${keyLength}`,
    `valueSize: ${valueLength}`,
    `sequence: ${sequence}`,
    `headerKeys: [${headers.map(({ key }) => key).join(',')}]`,
  ].join(' ');
}
