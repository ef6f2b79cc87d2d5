import fc from 'fast-check';
import { BatchBuilder, type BatchFields, type RecordView } from '../../../kafka/records/index.ts';

/** A record as a test writes it down. */
export interface PlainRecord {
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[];
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const nullable = fc.option(bytes);
const timestamp = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  fc.integer({ min: -1, max: 2 ** 52 }),
);

/** Records with every combination of null, empty, repeated headers and far-apart timestamps. */
export const records: fc.Arbitrary<PlainRecord[]> = fc.array(
  fc.record({
    timestamp,
    key: nullable,
    value: nullable,
    headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 8 }), value: nullable }), {
      maxLength: 3,
    }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** One batch with these records. */
export function batchOf(list: readonly PlainRecord[], fields: BatchFields = {}): Buffer {
  const builder = new BatchBuilder();
  for (const { timestamp, key, value, headers } of list) builder.append(timestamp, key, value, headers);
  return builder.build(fields);
}

/** One batch with `count` small records that begin at the time `timestamp`. */
export function smallBatch(count: number, fields: BatchFields = {}, timestamp = 1_700_000_000_000): Buffer {
  const builder = new BatchBuilder();
  for (let i = 0; i < count; i += 1) {
    builder.append(timestamp + i, Buffer.from(`key-${i}`), Buffer.from(`value-${i}`));
  }
  return builder.build(fields);
}

export function plain({ timestamp, key, value, headers }: RecordView): PlainRecord {
  return { timestamp, key, value, headers };
}
