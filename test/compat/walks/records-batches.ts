import { BatchBuilder, type BatchFields, batchHeader } from '../../../kafka/records/index.ts';
import type { Dice } from '../dice.ts';
import { firstTimestamp, tampered } from '../wire/batches.ts';

/** Records to produce, and what a reader should know of them. */
export interface DrawnRecords {
  readonly what: string;
  readonly records: Buffer;
  readonly count: number;
}

/** A batch of 1 to 5 records, of any codec, in order. */
export function drawBatch(dice: Dice, fields: BatchFields = {}): DrawnRecords {
  const builder = new BatchBuilder();
  const count = dice.chance(3) ? 0 : 1 + dice.below(5);
  const shift = dice.below(10) * 1000;
  for (let i = 0; i < count; i++) builder.append(timeFrom(dice, shift), ...contentFrom(dice, i));
  const codec = dice.chance(60) ? 'none' : dice.pick(['gzip', 'snappy', 'lz4', 'zstd'] as const);
  const own = dice.chance(8) ? { baseOffset: dice.below(50), leaderEpoch: dice.below(3) } : {};
  const records = builder.build({ codec, ...own, ...fields });
  return { what: `${count} records, ${codec}`, records, count };
}

function timeFrom(dice: Dice, shift: number): number {
  if (dice.chance(97)) return firstTimestamp + shift + dice.below(4) * 500;
  return dice.pick([-1, 0, 5, 4_000_000_000_000]);
}

type Content = [key: string | null, value: string | null, headers: { key: string; value: Buffer | null }[]];

function contentFrom(dice: Dice, index: number): Content {
  const key = dice.pick([null, '', 'k', `key-${dice.below(4)}`, 'k']);
  const value = dice.chance(8)
    ? 'x'.repeat(dice.pick([300, 300, 9000]))
    : dice.pick([null, '', `v${index}-${dice.below(100)}`, 'v']);
  const headers = dice.chance(75)
    ? []
    : dice.list(1, 3, () => ({
        key: dice.pick(['', 'h', 'trace']),
        value: dice.chance(30) ? null : Buffer.from(dice.pick(['', 'one', 'two'])),
      }));
  return [key, value, headers];
}

type Change = (batch: Buffer, dice: Dice) => Buffer;

const int32 = (at: number, values: readonly number[], checksum: 'kept' | 'renewed' = 'renewed'): Change => {
  return (batch, dice) => tampered(batch, (copy) => copy.writeInt32BE(dice.pick(values), at), checksum);
};
const attributes = (bits: number): Change => {
  return (batch) => tampered(batch, (copy) => copy.writeInt16BE(copy.readInt16BE(21) | bits, 21));
};

/**
 * Not among them: what lets Kafka refuse a whole request, as a magic of 3 or a length of 1; the type of the timestamps,
 * which lets it lose them where it packs a batch anew.
 */
const changes: Readonly<Record<string, Change>> = {
  'cut off': (batch, dice) => batch.subarray(0, dice.below(batch.length)),
  'bytes after it': (batch, dice) => Buffer.concat([batch, Buffer.alloc(1 + dice.below(10))]),
  'the same once more': (batch) => Buffer.concat([batch, batch]),
  'another after it': (batch, dice) => Buffer.concat([batch, drawBatch(dice).records]),
  'its length': int32(8, [1 << 20, 1 << 30], 'kept'),
  'its magic': (batch, dice) => tampered(batch, (copy) => copy.writeInt8(dice.pick([0, 1]), 16)),
  'its checksum': (batch, dice) => tampered(batch, (copy) => copy.writeUInt32BE(dice.below(9), 17), 'kept'),
  'its last offset': int32(23, [0, 1, 2, 3, 7, -1, 0x7fff_ffff]),
  'its count': int32(57, [0, 1, 2, 3, 7, -1, 0x7fff_ffff]),
  'its largest time': (batch, dice) =>
    tampered(batch, (copy) => copy.writeBigInt64BE(dice.pick([-1n, 0n, 7n, BigInt(firstTimestamp)]), 35)),
  transactional: attributes(0x10),
  control: attributes(0x20),
  'a delete horizon': attributes(0x40),
  'bits that nobody has named': attributes(0x180),
  'a producer without more': (batch) => tampered(batch, (copy) => copy.writeBigInt64BE(9n, 43)),
  'an epoch without more': (batch) => tampered(batch, (copy) => copy.writeInt16BE(1, 51)),
  'a sequence without more': int32(53, [0, 5, -3]),
};

/** A record that no topic refuses. */
export function batchWithKey(): Buffer {
  const builder = new BatchBuilder();
  builder.append(-1, 'k', 'after');
  return builder.build();
}

/** The same with something wrong about it, and perhaps refused. */
export function tamper({ what, records, count }: DrawnRecords, dice: Dice): DrawnRecords {
  const name = dice.pick(Object.keys(changes));
  const change = changes[name];
  if (change === undefined || records.length < 61) return { what, records, count };
  return { what: `${what}, changed: ${name}`, records: change(records, dice), count };
}

/** A line for each batch with what the transcript does not show of it otherwise. */
export function headersOf(base64: string): string[] {
  const bytes = Buffer.from(base64, 'base64');
  const lines: string[] = [];
  for (let at = 0; at + 61 <= bytes.length; ) {
    const size = batchHeader.sizeInBytes(bytes, at);
    if (size < 61 || at + size > bytes.length) break;
    const isAppendTime = batchHeader.timestampType(bytes, at) === 'LogAppendTime';
    lines.push(
      [
        `offset ${batchHeader.baseOffset(bytes, at)}`,
        `attributes ${bytes.readInt16BE(at + 21)}`,
        `first time ${bytes.readBigInt64BE(at + 27)}`,
        isAppendTime ? '' : `largest ${bytes.readBigInt64BE(at + 35)}`,
        `producer epoch ${bytes.readInt16BE(at + 51)} sequence ${bytes.readInt32BE(at + 53)}`,
        `count ${bytes.readInt32BE(at + 57)}`,
      ].join(', '),
    );
    at += size;
  }
  return lines;
}
