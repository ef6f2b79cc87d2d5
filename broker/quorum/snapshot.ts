import { encodeToBuffer, snapshotFooterRecord, snapshotHeaderRecord } from '../../kafka/protocol/index.ts';
import { BatchBuilder, batchHeader, controlRecordType, readRecords } from '../../kafka/records/index.ts';
import { MetadataSnapshotError } from './errors.ts';
import {
  type ControlRecord,
  controlEntry,
  type QuorumVoters,
  replayVoters,
  staticVoters,
  voterRecords,
} from './voters.ts';

const RECORDS_PER_BATCH_MAX = 5000;
const BATCH_BYTES_MAX = 4 << 20;
const EXPANDED_BYTES_MAX = 1 << 30;

/** Which state of the log a snapshot is: everything before `endOffset`, the last of it written in `epoch`. */
export interface SnapshotId {
  readonly endOffset: number;
  readonly epoch: number;
}

/** What a snapshot says besides its records. */
export interface SnapshotHead {
  /** Time of the last record that it stands for. */
  readonly lastContainedTimestamp: number;
  readonly voters: QuorumVoters;
}

/** A snapshot that was read. The values are slices of the file's bytes. */
export interface Snapshot {
  readonly voters: QuorumVoters;
  readonly values: readonly Buffer[];
}

/**
 * The content of a `.checkpoint` file (KIP-630), batch by batch: a header with the quorum's voters, the values of
 * metadata records, a footer. Offsets are those in the file.
 */
export function* snapshotBatches(
  { epoch }: SnapshotId,
  { lastContainedTimestamp, voters }: SnapshotHead,
  values: Iterable<Buffer>,
): Generator<Buffer> {
  let offset = 0;
  const finish = (builder: BatchBuilder, count: number, isControl: boolean): Buffer => {
    const batch = builder.build({ baseOffset: offset, leaderEpoch: epoch, isControl });
    offset += count;
    return batch;
  };
  const control = (records: readonly ControlRecord[]): Buffer => {
    const builder = new BatchBuilder();
    for (const record of records) builder.append(lastContainedTimestamp, ...controlEntry(record));
    return finish(builder, records.length, true);
  };
  const header = { version: 0, lastContainedLogTimestamp: lastContainedTimestamp };
  yield control([
    { type: 'SNAPSHOT_HEADER', value: encodeToBuffer(snapshotHeaderRecord, 0, header) },
    ...voterRecords(voters),
  ]);
  let builder = new BatchBuilder();
  let count = 0;
  let bytes = 0;
  for (const value of values) {
    builder.append(lastContainedTimestamp, null, value);
    count += 1;
    bytes += value.length;
    if (count < RECORDS_PER_BATCH_MAX && bytes < BATCH_BYTES_MAX) continue;
    yield finish(builder, count, false);
    builder = new BatchBuilder();
    count = bytes = 0;
  }
  if (count > 0) yield finish(builder, count, false);
  yield control([
    { type: 'SNAPSHOT_FOOTER', value: encodeToBuffer(snapshotFooterRecord, 0, { version: 0 }) },
  ]);
}

/** Reads a whole `.checkpoint` file. Throws {@link MetadataSnapshotError} when it is damaged or was cut off. */
export function readSnapshot(path: string, bytes: Buffer): Snapshot {
  try {
    return parse(path, bytes);
  } catch (error) {
    throw error instanceof MetadataSnapshotError
      ? error
      : new MetadataSnapshotError(path, 'it is damaged', error);
  }
}

function parse(path: string, bytes: Buffer): Snapshot {
  const values: Buffer[] = [];
  const controls: ControlRecord[] = [];
  for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
    refuseDamaged(path, bytes, at);
    const isControl = batchHeader.isControl(bytes, at);
    for (const { key, value } of readRecords(bytes, at, EXPANDED_BYTES_MAX)) {
      if (value === null) continue;
      const type = isControl ? controlRecordType(key) : undefined;
      if (!isControl) values.push(value);
      else if (type !== undefined) controls.push({ type, value });
    }
  }
  if (controls[0]?.type !== 'SNAPSHOT_HEADER') throw new MetadataSnapshotError(path, 'its header is missing');
  if (controls.at(-1)?.type !== 'SNAPSHOT_FOOTER')
    throw new MetadataSnapshotError(path, 'its end is missing');
  return { values, voters: controls.reduce(replayVoters, staticVoters) };
}

function refuseDamaged(path: string, bytes: Buffer, at: number): void {
  const left = bytes.length - at;
  const isWhole = left >= batchHeader.HEADER_BYTES && batchHeader.sizeInBytes(bytes, at) <= left;
  if (!isWhole || batchHeader.sizeInBytes(bytes, at) < batchHeader.HEADER_BYTES) {
    throw new MetadataSnapshotError(path, `it is cut off at byte ${at}`);
  }
  if (!batchHeader.isCrcValid(bytes, at))
    throw new MetadataSnapshotError(path, `it is damaged at byte ${at}`);
}
