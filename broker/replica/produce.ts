import { ErrorCode } from '../../kafka/protocol/index.ts';
import { batchHeader, type ProduceRules } from '../../kafka/records/index.ts';
import type { StreamError } from '../../platform/errors.ts';
import type { TopicConfig } from '../config/index.ts';
import {
  AppendFailedError,
  LogDirectoryOfflineError,
  type ProducerBatch,
  producerAppendOf,
  type SequenceCheck,
} from '../log/index.ts';
import type { Partition } from './partition.ts';
import type { ProduceValidation, Validated } from './produce-validation.ts';
import type { VerificationGuard } from './transaction-marker.ts';

/** A decompressed batch may be this much larger than `max.message.bytes`, or this large, and never larger than 1 GiB. */
const EXPANSION_MAX = 32;
const DECOMPRESSED_BYTES_MIN = 32 << 20;
const DECOMPRESSED_BYTES_MAX = 1 << 30;

/** What became of the records for one partition, in the words of ProduceResponse. */
export interface ProduceResult {
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  readonly errorMessage: string | null;
  readonly recordErrors: readonly { batchIndex: number; batchIndexErrorMessage: string | null }[];
}

/** What the request, rather than the topic, says. */
export interface ProduceOptions {
  readonly nowMs: number;
  readonly isZstdAllowed: boolean;
  /** Whether the records' bytes may be kept and changed; otherwise they are copied first. */
  readonly ownsBytes: boolean;
  readonly validation: ProduceValidation;
  /** Of the verification of a transactional batch. */
  readonly guard: VerificationGuard | undefined;
}

/**
 * Checks a client's records and appends them. `done` is called once: at once when they are refused or were appended
 * before, otherwise when they are durable or could not be made so.
 */
export function produce(
  partition: Partition,
  records: Buffer | null,
  options: ProduceOptions,
  done: (result: ProduceResult) => void,
): void {
  const { traffic } = partition;
  traffic.produceRequests += 1;
  const counted = (result: ProduceResult): void => {
    if (result.errorCode !== ErrorCode.NONE) {
      traffic.failedProduceRequests += 1;
      traffic.bytesRejected += records?.length ?? 0;
    }
    done(result);
  };
  if (records === null || records.length === 0) {
    counted(refused(ErrorCode.INVALID_RECORD, 'the request carries no records for the partition'));
    return;
  }
  const bytes = options.ownsBytes ? records : copyOf(records);
  options.validation.run(partition, bytes, rulesOf(partition, options), (validated) =>
    accept(partition, validated, options.guard, counted),
  );
}

function accept(
  partition: Partition,
  validated: Validated,
  guard: VerificationGuard | undefined,
  done: (result: ProduceResult) => void,
): void {
  if (!validated.ok) {
    const recordErrors = validated.recordErrors.map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message,
    }));
    const refusal = refused(ErrorCode[validated.error], validated.message);
    done({ ...(validated.isByLog ? byLog(partition, refusal) : refusal), recordErrors });
    return;
  }
  const check = checkProducer(partition, validated.batch, guard);
  if (typeof check === 'number') done(byLog(partition, refused(check)));
  else if (check.kind === 'refuse') done(byLog(partition, refused(ErrorCode[check.error])));
  else if (check.kind === 'duplicate') acknowledgeAgain(partition, check.batch, done);
  else append(partition, validated.batch, validated.logAppendTimeMs, done);
}

/** The result for a partition whose records were not appended. */
export function refused(errorCode: number, errorMessage: string | null = null): ProduceResult {
  return {
    errorCode,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    errorMessage,
    recordErrors: [],
  };
}

/** What the log refuses is told together with where the log begins (Produce v5+). */
function byLog(partition: Partition, refusal: ProduceResult): ProduceResult {
  return { ...refusal, logStartOffset: partition.log.logStartOffset };
}

function append(
  partition: Partition,
  batch: Buffer,
  logAppendTimeMs: number,
  done: (result: ProduceResult) => void,
): void {
  try {
    const { baseOffset } = partition.append(batch, (error) => {
      done(error === undefined ? appended(partition, baseOffset, logAppendTimeMs) : failed(error));
    });
  } catch (error) {
    if (error instanceof AppendFailedError || error instanceof LogDirectoryOfflineError) done(failed(error));
    else throw error;
  }
}

function checkProducer(
  partition: Partition,
  batch: Buffer,
  guard: VerificationGuard | undefined,
): SequenceCheck | number {
  const producerId = batchHeader.producerId(batch, 0);
  if (producerId < 0) return { kind: 'append' };
  if (!Number.isSafeInteger(producerId)) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  return partition.check(producerAppendOf(batch, 0), guard);
}

/**
 * B40: a retry gets the offset of the first attempt, and not before that one is durable. As from Kafka it hears the time
 * of that batch, whatever the timestamp type.
 */
function acknowledgeAgain(
  partition: Partition,
  { lastOffset, offsetDelta, timestamp }: ProducerBatch,
  done: (result: ProduceResult) => void,
): void {
  partition.whenDurable(lastOffset + 1, (error) => {
    done(error === undefined ? appended(partition, lastOffset - offsetDelta, timestamp) : failed(error));
  });
}

function appended(partition: Partition, baseOffset: number, logAppendTimeMs: number): ProduceResult {
  return {
    errorCode: ErrorCode.NONE,
    baseOffset,
    logAppendTimeMs,
    logStartOffset: partition.log.logStartOffset,
    errorMessage: null,
    recordErrors: [],
  };
}

function failed(error: StreamError): ProduceResult {
  return refused(ErrorCode.KAFKA_STORAGE_ERROR, error.message);
}

function rulesOf(partition: Partition, { nowMs, isZstdAllowed }: ProduceOptions): ProduceRules {
  const { config } = partition.log;
  return {
    topicPartition: partition.name,
    nowMs,
    isZstdAllowed,
    isCompacted: config.cleanupPolicy.compact,
    timestampType: config.messageTimestampType,
    timestampBeforeMaxMs: config.messageTimestampBeforeMaxMs,
    timestampAfterMaxMs: config.messageTimestampAfterMaxMs,
    compressionType: config.compressionType,
    compressionLevel: compressionLevel(config),
    maxMessageBytes: config.maxMessageBytes,
    maxDecompressedBytes: decompressedBytesMax(config),
  };
}

function decompressedBytesMax({ maxMessageBytes }: TopicConfig): number {
  const expanded = Math.max(maxMessageBytes * EXPANSION_MAX, DECOMPRESSED_BYTES_MIN);
  return Math.min(expanded, DECOMPRESSED_BYTES_MAX);
}

/** The level of the topic's codec; snappy has none, and lz4 one only. */
function compressionLevel(config: TopicConfig): number | undefined {
  if (config.compressionType === 'gzip') return config.compressionGzipLevel;
  return config.compressionType === 'zstd' ? config.compressionZstdLevel : undefined;
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(bytes.length);
  bytes.copy(copy);
  return copy;
}
