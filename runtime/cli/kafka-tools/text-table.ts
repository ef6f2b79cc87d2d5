/** Width of each column but the last; texts that are longer shift the rest of their line, as with `printf`. */
export function row(widths: readonly number[], cells: readonly (string | number)[]): string {
  return cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' ');
}

/** A column that is wide enough for all of its texts, and at least `minimum`. */
export function widthOf(texts: readonly string[], minimum: number): number {
  return texts.reduce((width, text) => Math.max(width, text.length), minimum);
}

/** A table of columns that are as wide as their widest text, a tab behind each. */
export function tabTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((name, at) =>
    widthOf(
      rows.map((cells) => String(cells[at] ?? '')),
      name.length,
    ),
  );
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell, at) => `${String(cell).padEnd(widths[at] ?? 0)}\t`).join('');
  return [head, ...rows].map(line).join('\n');
}
