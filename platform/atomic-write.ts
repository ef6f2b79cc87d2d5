import { dirname } from 'node:path';
import type { Files } from './files.ts';

/**
 * Replaces the content of `path` so that after a crash either the old or the new content is there, complete and
 * durable. Blocks for two syncs. Uses `<path>.tmp` on the way; one writer per path at a time.
 * Throws the system's error, and then the old content is still there.
 */
export function writeFileAtomically(files: Files, path: string, bytes: Uint8Array): void {
  const temporary = `${path}.tmp`;
  const file = files.open(temporary, 'write');
  try {
    file.truncate(0);
    file.append([bytes]);
    file.datasyncNow();
  } finally {
    file.close();
  }
  files.rename(temporary, path);
  files.syncDirectory(dirname(path));
}
