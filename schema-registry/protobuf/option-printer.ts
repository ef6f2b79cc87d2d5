import type { OptionEntry, OptionName, OptionValue, ProtoOption } from './syntax-tree.ts';

/** `option name = value;` and the end of the line. */
export function printOptionStatement(option: ProtoOption): string {
  return `option ${printOption(option)};\n`;
}

/** ` [a = 1]`: one option stays on the line, several get a line each; nothing when there are none. */
export function printOptionList(options: readonly ProtoOption[]): string {
  const [first] = options;
  if (first === undefined) return '';
  if (options.length === 1) return ` [${printOption(first)}]`;
  const lines = options.map(
    (option, index) => `${printOption(option)}${index < options.length - 1 ? ',' : ''}\n`,
  );
  return ` [\n${lines.map(indented).join('')}]`;
}

/** The text, which ends with its last line's end, with two more spaces in front of every line, blank ones too. */
export function indented(text: string): string {
  const lines = text.slice(0, -1).split('\n');
  return lines.map((line) => `  ${line}\n`).join('');
}

function printOption({ name, value }: ProtoOption): string {
  const path = name.map(({ text, isExtension }) => (isExtension ? `(${text})` : text));
  return `${path.join('.')} = ${printValue(value)}`;
}

function printValue(value: OptionValue): string {
  switch (value.kind) {
    case 'string':
      return quoted(value.bytes);
    case 'list':
      return `[${lines(value.items.map(printValue))}]`;
    case 'map':
      return `{${lines(value.entries.map(printEntry))}}`;
    default:
      return value.text;
  }
}

function printEntry({ key, value }: OptionEntry): string {
  return `${printKey(key)}: ${printValue(value)}`;
}

function printKey({ text, isExtension }: OptionName): string {
  return isExtension ? `[${text}]` : text;
}

function lines(items: readonly string[]): string {
  const last = items.length - 1;
  return `\n${items.map((item, index) => indented(`${item}${index < last ? ',' : ''}\n`)).join('')}`;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
]);

/** Text stays text; bytes that are none are written in octal. */
function quoted(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  const characters = isText ? text : bytes.toString('latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  const pattern = isText ? /["'\\\u0000-\u001f\u007f]/g : /["'\\\u0000-\u001f\u007f-\u00ff]/g;
  return `"${characters.replace(pattern, (character) => shortEscapes.get(character) ?? octal(character))}"`;
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
