import type { ToolOption, ToolOptions } from './tool-options.ts';

const COLUMN_CHARS = 39;
const GAP = '  ';
const INDENT = '  ';

/** The usage table: options in alphabetical order on the left, what they do on the right, both wrapped. */
export function usageTable(options: ToolOptions): string {
  const rows = Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, option]) => ({ left: wrap(optionText(name, option)), right: wrap(describe(option)) }));
  const width = Math.max(...rows.flatMap(({ left }) => left.map((line) => line.length)));
  const lines = rows.flatMap(({ left, right }) =>
    Array.from({ length: Math.max(left.length, right.length) }, (_, at) => line(left[at], right[at], width)),
  );
  return [line('Option', 'Description', width), line('------', '-----------', width), ...lines].join('\n');
}

function line(left = '', right = '', width = 0): string {
  return `${left.padEnd(width)}${GAP}${right}`.trimEnd();
}

function optionText(name: string, { value, short }: ToolOption): string {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  if (value === undefined) return names;
  const label = value.label === undefined ? value.type : `${value.type}: ${value.label}`;
  return value.isOptional === true ? `${names} [${label}]` : `${names} <${label}>`;
}

function describe({ describe: text, value }: ToolOption): string {
  return value?.default === undefined ? text : `${text} (default: ${value.default})`;
}

/** Lines of at most {@link COLUMN_CHARS}, all but the first of a paragraph indented; a word that is longer stays whole. */
function wrap(text: string): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let current = '';
    for (const word of paragraph.split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (longer.length <= COLUMN_CHARS || current === '') {
        current = longer;
      } else {
        lines.push(current);
        current = INDENT + word;
      }
    }
    return [...lines, current];
  });
}
