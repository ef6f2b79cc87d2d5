import * as batchHeader from './batch-header.ts';

export { BatchCursor, type CursorState } from './batch-cursor.ts';
export { HEADER_BYTES, type TimestampType } from './batch-header.ts';
export { crc32c } from './crc32c.ts';
export { readInt64, writeInt64 } from './int64.ts';
/** Allocation-free accessors and setters of a batch header at a position: `batchHeader.baseOffset(buffer, at)`. */
export { batchHeader };
