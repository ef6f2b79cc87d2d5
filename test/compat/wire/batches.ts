import {
  BatchBuilder,
  type BatchFields,
  batchHeader,
  CODECS,
  HEADER_BYTES,
  readRecords,
} from '../../../kafka/records/index.ts';
import type { Names } from './names.ts';

/** A time of its own that each record here has, in ms, so that look-ups by time give the same on each run. */
export const firstTimestamp = 1_500_000_000_000;

/** A batch with these values; the keys are null, the timestamps a second apart. */
export function batchOf(
  values: readonly string[],
  fields: BatchFields = {},
  timestamp = firstTimestamp,
): Buffer {
  const builder = new BatchBuilder();
  values.forEach((value, i) => {
    builder.append(timestamp + i * 1000, null, Buffer.from(value));
  });
  return builder.build(fields);
}

/** A batch whose records have the keys and values given, null for none. */
export function keyedBatch(
  records: readonly (readonly [key: string | null, value: string | null])[],
  fields: BatchFields = {},
): Buffer {
  const builder = new BatchBuilder();
  for (const [key, value] of records)
    builder.append(
      firstTimestamp,
      key === null ? null : Buffer.from(key),
      value === null ? null : Buffer.from(value),
    );
  return builder.build(fields);
}

/** The batch with a byte changed; its checksum is made right again unless `checksum` is `kept`. */
export function tampered(
  batch: Buffer,
  change: (copy: Buffer) => void,
  checksum: 'kept' | 'renewed' = 'renewed',
): Buffer {
  const copy = Buffer.from(batch);
  change(copy);
  if (checksum === 'renewed') batchHeader.setCrc(copy, 0);
  return copy;
}

/** Lines about the batches in a records field, which is in base64, and their records. */
export function showRecords(field: unknown, indent: string, names: Names): string[] {
  if (field === null) return [`${indent}records null`];
  const bytes = Buffer.from(String(field), 'base64');
  const lines: string[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length && at + batchHeader.sizeInBytes(bytes, at) <= bytes.length) {
    lines.push(...showBatch(bytes, at, indent, names));
    at += batchHeader.sizeInBytes(bytes, at);
  }
  if (at < bytes.length) lines.push(`${indent}a part of a batch`);
  return lines.length === 0 ? [`${indent}no records`] : lines;
}

function showBatch(bytes: Buffer, at: number, indent: string, names: Names): string[] {
  const producerId = batchHeader.producerId(bytes, at);
  const fields = [
    `${indent}batch offsets ${batchHeader.baseOffset(bytes, at)}-${batchHeader.lastOffset(bytes, at)}`,
    `epoch ${batchHeader.leaderEpoch(bytes, at)}`,
    CODECS[batchHeader.codecId(bytes, at)] ?? 'unknown codec',
    batchHeader.timestampType(bytes, at),
    producerId < 0
      ? ''
      : `producer ${names.of(`producer:${producerId}`, 'producer')} epoch ${batchHeader.producerEpoch(bytes, at)} sequence ${batchHeader.baseSequence(bytes, at)}`,
    batchHeader.isTransactional(bytes, at) ? 'transactional' : '',
    batchHeader.isControl(bytes, at) ? 'control' : '',
    batchHeader.isCrcValid(bytes, at) ? '' : 'CHECKSUM WRONG',
  ];
  const records = readRecords(bytes, at, 1 << 20).map(
    ({ offset, timestamp, key, value, headers }) =>
      `${indent}  ${offset} ${timestamp > 1.6e12 ? '<time>' : timestamp} ${part(key)} ${part(value)}${headers.map((header) => ` ${header.key}=${part(header.value)}`).join('')}`,
  );
  return [fields.filter((field) => field !== '').join(' '), ...records];
}

function part(bytes: Buffer | null): string {
  if (bytes === null) return 'null';
  const text = bytes.toString('utf8');
  return /^[ -~]*$/.test(text) ? JSON.stringify(text.slice(0, 40)) : `0x${bytes.toString('hex')}`;
}
