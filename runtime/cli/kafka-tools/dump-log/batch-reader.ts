import { batchHeader, HEADER_BYTES } from '../../../../kafka/records/index.ts';
import type { File, Files } from '../../../../platform/files.ts';
import { hasCode } from '../../../../platform/system-error.ts';
import { ToolError } from '../errors.ts';

const MAGIC = 2;

/** One batch of a file: all its bytes, from 0 on. */
export interface FileBatch {
  readonly bytes: Buffer;
  readonly position: number;
}

/** Opens a file for reading; the caller closes it. Throws ToolError when there is none. */
export function openFile(path: string, files: Files): File {
  try {
    return files.open(path, 'read');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new ToolError(path, 'java.nio.file.NoSuchFileException');
    throw error;
  }
}

/** The batches from `start` on, one in memory at a time; ends before `end`, at the file's end, or at what is no batch. */
export function* readBatches(file: File, start: number, end: number): Generator<FileBatch> {
  const header = Buffer.alloc(HEADER_BYTES);
  const last = Math.min(end, file.size());
  for (let position = start; position + HEADER_BYTES <= last; ) {
    if (file.read(header, position) < HEADER_BYTES) return;
    const size = batchHeader.sizeInBytes(header, 0);
    if (batchHeader.magic(header, 0) !== MAGIC || size < HEADER_BYTES || position + size > last) return;
    const bytes = Buffer.alloc(size);
    file.read(bytes, position);
    yield { bytes, position };
    position += size;
  }
}
