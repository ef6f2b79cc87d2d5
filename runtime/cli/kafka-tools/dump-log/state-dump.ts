import { decodeExact, producerSnapshot } from '../../../../kafka/protocol/index.ts';
import { crc32c } from '../../../../kafka/records/index.ts';
import { ToolError } from '../errors.ts';
import type { ToolContext } from '../tool.ts';
import { openFile } from './batch-reader.ts';
import { optionalLong } from './segment-dump.ts';

const SNAPSHOT_VERSION = 1;
const SNAPSHOT_HEADER_BYTES = 10;
const CRC_AT = 2;
const CRC_BYTES = 4;
const ABORTED_ENTRY_BYTES = 34;

/** Prints a `.snapshot` file: the producers that a partition knew. What is broken is told on stderr. */
export async function dumpProducerSnapshot(path: string, context: ToolContext): Promise<void> {
  const { out, err } = context;
  const bytes = contentOf(path, context);
  const problem = snapshotProblem(bytes);
  if (problem !== undefined) {
    await err.line(problem);
    return;
  }
  const { producerEntries } = decodeExact(producerSnapshot, SNAPSHOT_VERSION, bytes.subarray(CRC_AT)) as {
    readonly producerEntries: readonly ProducerEntry[];
  };
  for (const entry of producerEntries) await out.line(producerText(entry));
}

function snapshotProblem(bytes: Buffer): string | undefined {
  if (bytes.length < SNAPSHOT_HEADER_BYTES) return 'Snapshot is corrupt (it is cut off)';
  const version = bytes.readInt16BE(0);
  if (version !== SNAPSHOT_VERSION) return `Snapshot contained an unknown file version ${version}`;
  const stored = bytes.readUInt32BE(CRC_AT);
  const computed = crc32c(bytes.subarray(CRC_AT + CRC_BYTES));
  return stored === computed
    ? undefined
    : `Snapshot is corrupt (CRC is no longer valid). Stored crc: ${stored}. Computed crc: ${computed}`;
}

/** As {@link decodeExact} gives it: int64 as bigint. */
interface ProducerEntry {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly lastSequence: number;
  readonly lastOffset: bigint;
  readonly offsetDelta: number;
  readonly timestamp: bigint;
  readonly coordinatorEpoch: number;
  readonly currentTxnFirstOffset: bigint;
}

function producerText(entry: ProducerEntry): string {
  const { lastSequence, offsetDelta, timestamp, currentTxnFirstOffset } = entry;
  const firstOffset = currentTxnFirstOffset < 0n ? undefined : Number(currentTxnFirstOffset);
  const facts = [
    `producerId: ${entry.producerId}`,
    `producerEpoch: ${entry.epoch}`,
    `coordinatorEpoch: ${entry.coordinatorEpoch}`,
    `currentTxnFirstOffset: ${optionalLong(firstOffset)}`,
    `lastTimestamp: ${timestamp}`,
  ];
  // Without a batch of its own a producer is known by a marker alone.
  if (lastSequence < 0) return `${facts.join(' ')} `.trimEnd();
  const first = lastSequence - offsetDelta;
  return [
    ...facts,
    `firstSequence: ${first < 0 ? first + 0x8000_0000 : first}`,
    `lastSequence: ${lastSequence}`,
    `lastOffset: ${entry.lastOffset}`,
    `offsetDelta: ${offsetDelta}`,
    `timestamp: ${timestamp}`,
  ].join(' ');
}

/** Prints a `.txnindex` file: the aborted transactions of a segment. */
export async function dumpTransactionIndex(path: string, context: ToolContext): Promise<void> {
  const bytes = contentOf(path, context);
  for (let at = 0; at + ABORTED_ENTRY_BYTES <= bytes.length; at += ABORTED_ENTRY_BYTES) {
    const version = bytes.readInt16BE(at);
    if (version > 0) throw new ToolError(`Unexpected aborted transaction version ${version}`);
    const facts = ['producerId', 'firstOffset', 'lastOffset', 'lastStableOffset'].map(
      (name, index) => `${name}: ${bytes.readBigInt64BE(at + 2 + 8 * index)}`,
    );
    await context.out.line(`version: ${version} ${facts.join(' ')}`);
  }
}

function contentOf(path: string, { platform }: ToolContext): Buffer {
  const file = openFile(path, platform.files);
  try {
    const bytes = Buffer.alloc(file.size());
    return bytes.subarray(0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}
