import { StreamError } from '../../platform/errors.ts';
import { taskUrl } from '../../platform/executor.ts';
import { BatchCursor } from './batch-cursor.ts';
import * as header from './batch-header.ts';
import { Scratch } from './compression/bounded-output.ts';
import { CODECS, type Codec } from './compression/codec.ts';
import { DecompressionLimitError, UnsupportedCodecError } from './errors.ts';
import { withCodec } from './recompression.ts';
import { expandRecords, type RecordBytes } from './record-cursor.ts';
import {
  type RecordError,
  type RecordProblems,
  type RecordRules,
  validateRecords,
} from './record-validation.ts';

/** What a message of magic 0 takes at least after its length: Kafka knows no smaller record. */
const OLDEST_OVERHEAD_BYTES = 14;

/** Records are looked at here and not kept: the batch is stored as it came, or packed anew. */
const scratch = new Scratch();

/** Names of Kafka's errors that a produced batch can be refused with. */
export type ProduceErrorName =
  | 'CORRUPT_MESSAGE'
  | 'INVALID_RECORD'
  | 'INVALID_TIMESTAMP'
  | 'MESSAGE_TOO_LARGE'
  | 'UNSUPPORTED_COMPRESSION_TYPE';

/** What the topic's config, the request and the clock say about a produced batch. */
export interface ProduceRules extends RecordRules {
  /** `compression.type` of the topic. */
  readonly compressionType: Codec | 'producer' | 'uncompressed';
  /** Level of the topic's codec, used when the batch is recompressed. */
  readonly compressionLevel?: number | undefined;
  /** `max.message.bytes`: of the batch as it came, and again as it is stored. */
  readonly maxMessageBytes: number;
  /** Most bytes that the records may take uncompressed. */
  readonly maxDecompressedBytes: number;
  /** False for Produce below v7, which knows no zstd. */
  readonly isZstdAllowed: boolean;
}

/** A batch that may be appended once its offsets and leader epoch are set. */
export interface AcceptedBatch {
  readonly ok: true;
  /**
   * The batch alone: a slice of the input, patched in place where necessary, or a new buffer if
   * {@link isRebuilt}.
   */
  readonly batch: Buffer;
  /** Whether it was recompressed with the topic's codec. */
  readonly isRebuilt: boolean;
  /**
   * Under LogAppendTime the time that the records got, otherwise -1: `log_append_time_ms` of the response.
   */
  readonly logAppendTimeMs: number;
}

/** A batch that must not be appended: all of it is refused. */
export interface RejectedBatch {
  readonly ok: false;
  readonly error: ProduceErrorName;
  readonly message: string;
  /** The records to blame; empty when it is the batch. */
  readonly recordErrors: readonly RecordError[];
  /** Whether Kafka's log refuses it, and tells its start offset with that; otherwise its request handler does. */
  readonly isByLog: boolean;
}

/**
 * Checks the records of one partition in a produce request as Kafka's leader does, and makes of them the
 * batch to append: offsets and leader epoch stay as they came, timestamps and codec become what the topic
 * wants. May write to `buffer`. Never throws for what a client can send.
 */
export function validateProduced(buffer: Buffer, rules: ProduceRules): AcceptedBatch | RejectedBatch {
  const cursor = new BatchCursor(buffer);
  if (!cursor.next()) return noBatch(cursor);
  const size = cursor.sizeInBytes;
  if (CODECS[header.codecId(buffer, 0)] === 'zstd' && !rules.isZstdAllowed) {
    return rejectUnlogged(
      'UNSUPPORTED_COMPRESSION_TYPE',
      'zstd needs version 7 or later of the produce request',
    );
  }
  if (cursor.next()) {
    return rejectUnlogged(
      'INVALID_RECORD',
      'a partition of a produce request takes exactly one record batch',
    );
  }
  if (cursor.state === 'corrupt')
    return rejectUnlogged('CORRUPT_MESSAGE', 'the bytes behind the record batch are none');
  const rejected = validateHeader(buffer, size, rules);
  if (rejected !== undefined) return rejected;
  try {
    return validateContent(size === buffer.length ? buffer : buffer.subarray(0, size), rules);
  } catch (error) {
    return rejectFor(error);
  }
}

/** The URL of the task that does {@link validateProduced} in another thread: `run({ bytes, rules })`. */
export const validationTask: URL = taskUrl(import.meta.url, 'validation-task');

/** Whether the topic wants another codec than the one that the batch says it has: then checking it takes long. */
export function needsRecompression(batch: Buffer, rules: ProduceRules): boolean {
  if (rules.compressionType === 'producer' || batch.length < header.HEADER_BYTES) return false;
  return CODECS[header.codecId(batch, 0)] !== targetCodec(rules, undefined);
}

function noBatch({ buffer, at, state }: BatchCursor): RejectedBatch {
  if (state !== 'corrupt')
    return rejectUnlogged('INVALID_RECORD', 'a partition of a produce request takes one whole record batch');
  const size = header.batchLength(buffer, at);
  if (size < OLDEST_OVERHEAD_BYTES) {
    const message = `Record size ${size} is less than the minimum record overhead (${OLDEST_OVERHEAD_BYTES})`;
    return rejectUnlogged('CORRUPT_MESSAGE', message);
  }
  const magic = buffer.length - at > header.FIELD.magic ? header.magic(buffer, at) : header.MAGIC;
  if (magic < 0 || magic > header.MAGIC)
    return rejectUnlogged('CORRUPT_MESSAGE', `Invalid magic found in record: ${magic}`);
  if (magic < header.MAGIC)
    return rejectUnlogged('INVALID_RECORD', 'only record batches of magic 2 are accepted');
  return rejectUnlogged('CORRUPT_MESSAGE', 'the size of the record batch is below the smallest one possible');
}

/** Everything that the header alone tells, in Kafka's order. */
function validateHeader(batch: Buffer, sizeInBytes: number, rules: ProduceRules): RejectedBatch | undefined {
  const codec = CODECS[header.codecId(batch, 0)];
  if (codec === undefined)
    return reject('UNSUPPORTED_COMPRESSION_TYPE', 'the codec of the batch does not exist');
  if (header.baseOffset(batch, 0) !== 0) {
    return reject(
      'INVALID_RECORD',
      `the base offset of a produced batch is 0, not ${header.baseOffset(batch, 0)}`,
    );
  }
  if (sizeInBytes > rules.maxMessageBytes) return tooLarge(sizeInBytes, rules);
  if (!header.isCrcValid(batch, 0)) {
    const [stored, computed] = [header.crc(batch, 0), header.computeCrc(batch, 0)];
    return rejectUnlogged(
      'CORRUPT_MESSAGE',
      `the record batch is corrupt (stored crc ${stored}, computed crc ${computed})`,
    );
  }
  const count = header.recordCount(batch, 0);
  const lastOffsetDelta = header.lastOffsetDelta(batch, 0);
  if (count <= 0 || count !== lastOffsetDelta + 1) {
    return reject(
      'INVALID_RECORD',
      `a batch with ${count} records cannot end at the offset delta ${lastOffsetDelta}`,
    );
  }
  if (header.isControl(batch, 0))
    return reject('INVALID_RECORD', 'clients are not allowed to write control records');
  if (header.producerId(batch, 0) >= 0 && header.baseSequence(batch, 0) < 0) {
    return reject(
      'INVALID_RECORD',
      `${header.baseSequence(batch, 0)} is no sequence number of an idempotent producer`,
    );
  }
  return undefined;
}

function validateContent(batch: Buffer, rules: ProduceRules): AcceptedBatch | RejectedBatch {
  const records = expandRecords(batch, 0, rules.maxDecompressedBytes, scratch);
  const outcome = validateRecords(batch, records, rules);
  if (!outcome.ok) return rejectRecords(outcome);
  const source = CODECS[header.codecId(batch, 0)];
  const target = targetCodec(rules, source);
  const stored = source === target ? batch : recompress(batch, records, rules, target);
  if (stored.length > rules.maxMessageBytes) return tooLarge(stored.length, rules);
  const isAppendTime = rules.timestampType === 'LogAppendTime';
  if (isAppendTime) header.setLogAppendTime(stored, 0, rules.nowMs);
  else if (!hasCreateTime(stored, outcome.maxTimestamp))
    header.setCreateTime(stored, 0, outcome.maxTimestamp);
  return {
    ok: true,
    batch: stored,
    isRebuilt: stored !== batch,
    logAppendTimeMs: isAppendTime ? rules.nowMs : -1,
  };
}

function hasCreateTime(batch: Buffer, maxTimestamp: number): boolean {
  return header.timestampType(batch, 0) === 'CreateTime' && header.maxTimestamp(batch, 0) === maxTimestamp;
}

function targetCodec({ compressionType }: ProduceRules, source: Codec | undefined): Codec {
  if (compressionType === 'producer') return source ?? 'none';
  return compressionType === 'uncompressed' ? 'none' : compressionType;
}

function recompress(
  batch: Buffer,
  { bytes, start, end }: RecordBytes,
  rules: ProduceRules,
  codec: Codec,
): Buffer {
  return withCodec(batch, 0, bytes.subarray(start, end), { codec, level: rules.compressionLevel });
}

function rejectRecords({ error, recordErrors }: RecordProblems): RejectedBatch {
  return {
    ...reject(error, error === 'INVALID_TIMESTAMP' ? BAD_TIMES : badRecords(recordErrors)),
    recordErrors,
  };
}

const BAD_TIMES = 'One or more records have been rejected due to invalid timestamp';

function badRecords(recordErrors: readonly RecordError[]): string {
  const first = recordErrors
    .slice(0, 3)
    .map(({ batchIndex, message }) => `RecordError(batchIndex=${batchIndex}, message='${message}')`);
  return `One or more records have been rejected due to ${recordErrors.length} record errors in total, and only showing the first three errors at most: [${first.join(', ')}]`;
}

function tooLarge(sizeInBytes: number, { maxMessageBytes }: ProduceRules): RejectedBatch {
  return rejectUnlogged(
    'MESSAGE_TOO_LARGE',
    `the record batch takes ${sizeInBytes} bytes, more than the ${maxMessageBytes} of max.message.bytes`,
  );
}

/**
 * What a valid CRC wraps but cannot be read will not get better by sending it again: no error that is
 * retried.
 */
function rejectFor(error: unknown): RejectedBatch {
  if (!(error instanceof StreamError)) throw error;
  if (error instanceof DecompressionLimitError) return rejectUnlogged('MESSAGE_TOO_LARGE', error.message);
  if (error instanceof UnsupportedCodecError) return reject('UNSUPPORTED_COMPRESSION_TYPE', error.message);
  return reject('INVALID_RECORD', error.message);
}

function reject(error: ProduceErrorName, message: string): RejectedBatch {
  return { ok: false, error, message, recordErrors: [], isByLog: true };
}

function rejectUnlogged(error: ProduceErrorName, message: string): RejectedBatch {
  return { ...reject(error, message), isByLog: false };
}
