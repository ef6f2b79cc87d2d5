import * as batchHeader from './batch-header.ts';

export {
  BatchBuilder,
  type BatchBuilderOptions,
  type BatchFields,
  contentBytes,
  type HeaderInput,
  type RecordContent,
  recordBytesMax,
} from './batch-builder.ts';
export { BatchCursor, type CursorState } from './batch-cursor.ts';
export { HEADER_BYTES, type ProducerState, type TimestampType } from './batch-header.ts';
export { CODECS, type Codec, codecOf, compress, decompress } from './compression/codec.ts';
export {
  buildEndTxnMarker,
  CONTROL_RECORD_TYPES,
  type ControlRecordType,
  controlRecordKey,
  controlRecordType,
  type EndTxnMarker,
  endTxnCoordinatorEpoch,
  readEndTxnMarker,
} from './control-record.ts';
export { crc32c } from './crc32c.ts';
export { CorruptRecordError, DecompressionLimitError, UnsupportedCodecError } from './errors.ts';
export { withCodec } from './recompression.ts';
export { type RecordHeader, RecordView } from './record.ts';
export {
  openRecords,
  type RecordBytes,
  type RecordCursor,
  readRecords,
} from './record-cursor.ts';
export type { RecordError, RecordRules } from './record-validation.ts';
export {
  type AcceptedBatch,
  needsRecompression,
  type ProduceErrorName,
  type ProduceRules,
  type RejectedBatch,
  validateProduced,
  validationTask,
} from './validation.ts';
/**
 * Allocation-free accessors and setters of a batch header at a position: `batchHeader.baseOffset(buffer,
 * at)`.
 */
export { batchHeader };
