import type { IndentedText } from './indented-text.ts';
import type { OptionName, OptionValue, ProtoOption } from './syntax-tree.ts';

/** `option name = value;` as lines of their own. */
export function printOptionStatement(text: IndentedText, option: ProtoOption): void {
  text.begin('option ');
  printOption(text, option);
  text.end(';');
}

/** ` [a = 1]`: one option stays on the line, several get a line each; nothing when there are none. */
export function printOptionList(text: IndentedText, options: readonly ProtoOption[]): void {
  const [first] = options;
  if (first === undefined) return;
  text.add(' [');
  if (options.length === 1) printOption(text, first);
  else printLines(text, options, (option) => printOption(text, option));
  text.add(']');
}

/** Each item on a line, further in, with commas between them; the line that follows has begun. */
function printLines<T>(text: IndentedText, items: readonly T[], print: (item: T) => void): void {
  text.end();
  text.inside(() => {
    for (const [index, item] of items.entries()) {
      text.begin();
      print(item);
      text.end(index < items.length - 1 ? ',' : '');
    }
  });
  text.begin();
}

function printOption(text: IndentedText, { name, value }: ProtoOption): void {
  const path = name.map((part) => (part.isExtension ? `(${part.text})` : part.text));
  text.add(`${path.join('.')} = `);
  printValue(text, value);
}

function printValue(text: IndentedText, value: OptionValue): void {
  switch (value.kind) {
    case 'string':
      text.add(quoted(value.bytes));
      return;
    case 'list':
      text.add('[');
      printLines(text, value.items, (item) => printValue(text, item));
      text.add(']');
      return;
    case 'map':
      text.add('{');
      printLines(text, value.entries, (entry) => {
        text.add(`${printKey(entry.key)}: `);
        printValue(text, entry.value);
      });
      text.add('}');
      return;
    default:
      text.add(value.text);
  }
}

function printKey({ text, isExtension }: OptionName): string {
  return isExtension ? `[${text}]` : text;
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
