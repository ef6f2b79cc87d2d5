import * as header from './batch-header.ts';
import { type PlainScan, scanPlainRecords } from './plain-scan.ts';
import { type RecordBytes, RecordCursor } from './record-cursor.ts';

/** One refused record: its position in the batch, and why. */
export interface RecordError {
  readonly batchIndex: number;
  readonly message: string;
}

/** The part of the produce rules that concerns single records. */
export interface RecordRules {
  /** Whether `cleanup.policy` contains `compact`: every record needs a key. */
  readonly isCompacted: boolean;
  /** `message.timestamp.type`. */
  readonly timestampType: header.TimestampType;
  /** `message.timestamp.before.max.ms`, Infinity for no limit. */
  readonly timestampBeforeMaxMs: number;
  /** `message.timestamp.after.max.ms`, Infinity for no limit. */
  readonly timestampAfterMaxMs: number;
  readonly nowMs: number;
  /** `topic-partition`, for what is told of a record. */
  readonly topicPartition: string;
}

/** The largest timestamp of records that are all in order; -1 for none. */
export interface ValidRecords {
  readonly ok: true;
  readonly maxTimestamp: number;
}

/** The records to blame, and the error that all of them get. */
export interface RecordProblems {
  readonly ok: false;
  readonly error: 'INVALID_RECORD' | 'INVALID_TIMESTAMP';
  readonly recordErrors: readonly RecordError[];
}

const scan: PlainScan = { timestampDeltaMin: 0, timestampDeltaMax: 0, hasNullKey: false };

/**
 * Checks each record of a produced batch: well-formed, offset deltas 0, 1, 2 and so on, a key where the topic
 * is compacted, a timestamp within range. Throws CorruptRecordError when a record cannot be read.
 */
export function validateRecords(
  batch: Buffer,
  records: RecordBytes,
  rules: RecordRules,
): ValidRecords | RecordProblems {
  const maxTimestamp = plainMaxTimestamp(batch, records, rules);
  if (maxTimestamp !== undefined) return { ok: true, maxTimestamp };
  return validateOneByOne(batch, new RecordCursor(batch, 0, records), rules);
}

/**
 * The largest timestamp when a quick look shows that all is in order; undefined when a cursor has to look.
 */
function plainMaxTimestamp(
  batch: Buffer,
  { bytes, start, end }: RecordBytes,
  rules: RecordRules,
): number | undefined {
  if (header.timestampType(batch, 0) !== 'CreateTime') return undefined;
  if (!scanPlainRecords(bytes, start, end, header.recordCount(batch, 0), scan)) return undefined;
  if (rules.isCompacted && scan.hasNullKey) return undefined;
  const base = header.baseTimestamp(batch, 0);
  const [min, max] = [base + scan.timestampDeltaMin, base + scan.timestampDeltaMax];
  // The times in between are in range as well, but for "none": that is where the exception begins to count.
  return isInRange(min, rules) && isInRange(max, rules) ? Math.max(max, header.NONE) : undefined;
}

function validateOneByOne(
  batch: Buffer,
  cursor: RecordCursor,
  rules: RecordRules,
): ValidRecords | RecordProblems {
  const recordErrors: RecordError[] = [];
  let error: RecordProblems['error'] = 'INVALID_RECORD';
  let maxTimestamp: number = header.NONE;
  const hasAppendTime = header.timestampType(batch, 0) === 'LogAppendTime';
  for (let batchIndex = 0; cursor.next(); batchIndex += 1) {
    const { timestamp } = cursor;
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
    const message = recordProblem(cursor, batchIndex, rules);
    const timeMessage = message === undefined ? timeProblem(cursor, hasAppendTime, rules) : undefined;
    // One refused timestamp names the error of the whole batch, as in Kafka.
    if (timeMessage !== undefined) error = 'INVALID_TIMESTAMP';
    const problem = message ?? timeMessage;
    if (problem !== undefined) recordErrors.push({ batchIndex, message: problem });
  }
  return recordErrors.length === 0 ? { ok: true, maxTimestamp } : { ok: false, error, recordErrors };
}

function recordProblem(
  cursor: RecordCursor,
  batchIndex: number,
  { isCompacted, topicPartition }: RecordRules,
): string | undefined {
  if (cursor.offsetDelta !== batchIndex) {
    return `its offset delta is ${cursor.offsetDelta}, not ${batchIndex}: offsets of a produced batch have no holes`;
  }
  if (!isCompacted || cursor.keyLength >= 0) return undefined;
  return `Compacted topic cannot accept message without key in topic partition ${topicPartition}`;
}

/**
 * Kafka lets a producer's LogAppendTime bit pass where it has no effect, and so do we: it is cleared
 * afterwards.
 */
function timeProblem(
  { timestamp, offsetDelta }: RecordCursor,
  hasAppendTime: boolean,
  rules: RecordRules,
): string | undefined {
  if (rules.timestampType === 'LogAppendTime' || timestamp === header.NONE) {
    return hasAppendTime ? 'a producer must not set the timestamp type LogAppendTime' : undefined;
  }
  if (isInRange(timestamp, rules)) return undefined;
  const first = int64(rules.nowMs - rules.timestampBeforeMaxMs, rules.nowMs);
  const last = int64(rules.nowMs + rules.timestampAfterMaxMs, rules.nowMs);
  return `Timestamp ${timestamp} of message with offset ${offsetDelta} is out of range. The timestamp should be within [${first}, ${last}]`;
}

/** A limit as Kafka, which counts in 64 bits and knows no infinity, tells it. */
function int64(limit: number, nowMs: number): string {
  if (Number.isFinite(limit)) return `${limit}`;
  const longMax = 2n ** 63n - 1n;
  return `${BigInt.asIntN(64, BigInt(nowMs) + (limit < 0 ? -longMax : longMax))}`;
}

/** Times beyond ±2^53 ms are refused even without limits: they could not be written back exactly. */
function isInRange(timestamp: number, rules: RecordRules): boolean {
  if (rules.timestampType === 'LogAppendTime') return true;
  return (
    Number.isSafeInteger(timestamp) &&
    timestamp >= rules.nowMs - rules.timestampBeforeMaxMs &&
    timestamp <= rules.nowMs + rules.timestampAfterMaxMs
  );
}
