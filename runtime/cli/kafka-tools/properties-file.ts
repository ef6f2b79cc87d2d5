import type { Files } from '../../../platform/files.ts';
import { hasCode } from '../../../platform/system-error.ts';
import { type Properties, parseProperties } from '../java-properties.ts';
import { ToolError } from './errors.ts';

export { type Properties, parseProperties } from '../java-properties.ts';

/** Reads a Java properties file. Throws {@link ToolError} when there is none. */
export function readProperties(path: string, files: Files): Properties {
  return parseProperties(readText(path, files));
}

/** Reads a file as UTF-8. Throws {@link ToolError} when there is none. */
export function readText(path: string, files: Files): string {
  try {
    return files.readFile(path).toString('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      throw new ToolError(`${path} (No such file or directory)`, 'java.nio.file.NoSuchFileException');
    }
    throw error;
  }
}

/** Reads `key=value` texts as repeated options give them. Throws {@link ToolError} for one without a key. */
export function keyValues(texts: readonly string[]): Properties {
  return new Map(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1) throw new ToolError(`Invalid command line properties: ${texts.join(' ')}`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
