import { dirname, join } from 'node:path';
import type { Files } from '../../platform/files.ts';

/** The version in the package.json that this module belongs to, wherever the package is built or installed. */
export function packageVersion(files: Files): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (files.stat(path) !== undefined) {
      const { version } = JSON.parse(files.readFile(path).toString('utf8')) as { readonly version?: string };
      return version ?? 'unknown';
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}
