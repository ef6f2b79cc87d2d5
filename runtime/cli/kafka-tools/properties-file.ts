import type { Files } from '../../../platform/files.ts';
import { hasCode } from '../../../platform/system-error.ts';
import { ToolError } from './errors.ts';

export type Properties = ReadonlyMap<string, string>;

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

/** Parses Java's format: `key=value`, `key: value`, `key value`, comments, `\` at the end of a line, escapes. */
export function parseProperties(text: string): Properties {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const split = /^((?:\\.|[^\\=:\s])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line);
    if (split !== null) properties.set(unescaped(split[1] ?? ''), unescaped(split[2] ?? ''));
  }
  return properties;
}

/** Without comments and blank lines; continued lines joined, their leading blanks dropped. */
function* logicalLines(text: string): Generator<string> {
  let open = '';
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (open === '' && (line === '' || /^[#!]/.test(line))) continue;
    const isContinued = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    open += isContinued ? line.slice(0, -1) : line;
    if (isContinued) continue;
    yield open;
    open = '';
  }
  if (open !== '') yield open;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, character: string) =>
    hex === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
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
