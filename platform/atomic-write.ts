import { dirname } from 'node:path';
import type { Files } from './files.ts';

/**
 * Replaces the content of `path` so that after a crash either the old or the new content is there, complete and
 * durable. Blocks for two syncs. Uses `<path>.tmp` on the way; one writer per path at a time.
 * Throws the system's error, and then the old content is still there.
 */
export function writeFileAtomically(files: Files, path: string, bytes: Uint8Array): void {
  replace(files, path, bytes, true);
  files.syncDirectory(dirname(path));
}

/**
 * As {@link writeFileAtomically}, without a wait for the disk: after a power cut there may be the old content, the new,
 * part of it or none. For caches that show whether they are whole.
 */
export function writeCacheFile(files: Files, path: string, bytes: Uint8Array): void {
  replace(files, path, bytes, false);
}

function replace(files: Files, path: string, bytes: Uint8Array, isSynced: boolean): void {
  const temporary = `${path}.tmp`;
  const file = files.open(temporary, 'write');
  try {
    if (file.size() > 0) file.truncate(0);
    file.append([bytes]);
    if (isSynced) file.datasyncNow();
  } finally {
    file.close();
  }
  files.rename(temporary, path);
}
