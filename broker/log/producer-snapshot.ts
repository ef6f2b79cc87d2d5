import { crc32c } from '../../kafka/records/index.ts';
import { writeCacheFile, writeFileAtomically } from '../../platform/atomic-write.ts';
import type { Files } from '../../platform/files.ts';
import { type ProducerEntry, ProducerState } from './producer-state.ts';
import { segmentOffsets, segmentPath } from './segment-files.ts';

const VERSION = 1;
const HEADER_BYTES = 10;
const ENTRY_BYTES = 46;

/**
 * Kafka's `.snapshot` file: the state of a partition's producers as of the offset in its name.
 * `int16 version, uint32 CRC-32C of what follows, int32 count, entries`.
 */
function encodeProducerSnapshot(state: ProducerState): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + state.size * ENTRY_BYTES);
  bytes.writeInt16BE(VERSION, 0);
  bytes.writeInt32BE(state.size, 6);
  let at = HEADER_BYTES;
  for (const entry of state.entries) {
    const last = entry.batches.at(-1);
    bytes.writeBigInt64BE(BigInt(entry.producerId), at);
    bytes.writeInt16BE(entry.producerEpoch, at + 8);
    bytes.writeInt32BE(last?.lastSequence ?? -1, at + 10);
    bytes.writeBigInt64BE(BigInt(last?.lastOffset ?? -1), at + 14);
    bytes.writeInt32BE(last?.offsetDelta ?? 0, at + 22);
    bytes.writeBigInt64BE(BigInt(entry.lastTimestamp), at + 26);
    bytes.writeInt32BE(entry.coordinatorEpoch, at + 34);
    bytes.writeBigInt64BE(BigInt(entry.currentTxnFirstOffset), at + 38);
    at += ENTRY_BYTES;
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(6)), 2);
  return bytes;
}

/** Whether a snapshot is whole, and then whether any producer of it has had a transaction ended by a marker. */
export function snapshotKnowsMarkers(bytes: Buffer): boolean | undefined {
  if (!isWhole(bytes)) return undefined;
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    if (bytes.readInt32BE(at + 34) >= 0) return true;
  }
  return false;
}

/** Reads a snapshot; `undefined` when it is not whole (then an older one, or the log itself, must serve). */
export function decodeProducerSnapshot(bytes: Buffer): ProducerState | undefined {
  if (!isWhole(bytes)) return undefined;
  const state = new ProducerState();
  const entries: ProducerEntry[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) entries.push(decodeEntry(bytes, at));
  state.load(entries);
  return state;
}

/**
 * Writes the snapshot as of `offset`. It is a cache: a power cut that takes one that is not `durable` costs a scan of what
 * follows the one before.
 */
export function writeProducerSnapshot(
  files: Files,
  directory: string,
  offset: number,
  state: ProducerState,
  kind: 'durable' | 'cached',
): void {
  const write = kind === 'durable' ? writeFileAtomically : writeCacheFile;
  write(files, segmentPath(directory, offset, '.snapshot'), encodeProducerSnapshot(state));
}

/** Removes the snapshots of a log but those as of the offsets in `wanted`. */
export function removeProducerSnapshots(files: Files, directory: string, wanted: readonly number[]): void {
  for (const offset of segmentOffsets(files.list(directory), '.snapshot')) {
    if (!wanted.includes(offset)) files.remove(segmentPath(directory, offset, '.snapshot'));
  }
}

function isWhole(bytes: Buffer): boolean {
  return (
    bytes.length >= HEADER_BYTES &&
    bytes.readInt16BE(0) === VERSION &&
    bytes.length === HEADER_BYTES + bytes.readInt32BE(6) * ENTRY_BYTES &&
    bytes.readUInt32BE(2) === crc32c(bytes.subarray(6))
  );
}

function decodeEntry(bytes: Buffer, at: number): ProducerEntry {
  const lastTimestamp = Number(bytes.readBigInt64BE(at + 26));
  const batch = {
    lastSequence: bytes.readInt32BE(at + 10),
    lastOffset: Number(bytes.readBigInt64BE(at + 14)),
    offsetDelta: bytes.readInt32BE(at + 22),
    timestamp: lastTimestamp,
  };
  return {
    producerId: Number(bytes.readBigInt64BE(at)),
    producerEpoch: bytes.readInt16BE(at + 8),
    batches: batch.lastOffset < 0 ? [] : [batch],
    coordinatorEpoch: bytes.readInt32BE(at + 34),
    currentTxnFirstOffset: Number(bytes.readBigInt64BE(at + 38)),
    lastTimestamp,
  };
}
