type PropertyMap = ReadonlyMap<string, string>;

/** One entry of a properties file, as it is written there. */
export interface PropertyEntry {
  readonly name: string;
  readonly value: string;
  /** Where the entry begins; the first line is 1. */
  readonly line: number;
}

/** The properties of a text in Java's format; of a name that comes twice, the last value. */
export function parseProperties(text: string): PropertyMap {
  return new Map([...propertyEntries(text)].map(({ name, value }) => [name, value]));
}

/**
 * Reads Java's format: `key=value`, `key: value`, `key value`, comments, `\` at the end of a line, escapes. Every entry,
 * in order, those with the same name too.
 */
export function* propertyEntries(text: string): Generator<PropertyEntry> {
  for (const { line, text: content } of logicalLines(text)) {
    const split = /^((?:\\.|[^\\=:\s])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(content);
    if (split !== null) yield { name: unescaped(split[1] ?? ''), value: unescaped(split[2] ?? ''), line };
  }
}

/** Without comments and blank lines; continued lines joined, their leading blanks dropped. */
function* logicalLines(text: string): Generator<{ readonly line: number; readonly text: string }> {
  let open = '';
  let first = 0;
  for (const [i, natural] of text.split(/\r\n|\n|\r/).entries()) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (open === '' && (line === '' || /^[#!]/.test(line))) continue;
    if (open === '') first = i + 1;
    const isContinued = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    open += isContinued ? line.slice(0, -1) : line;
    if (isContinued) continue;
    yield { line: first, text: open };
    open = '';
  }
  if (open !== '') yield { line: first, text: open };
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, character: string) =>
    hex === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
