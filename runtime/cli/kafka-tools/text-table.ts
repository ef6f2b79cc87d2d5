/** Width of each column but the last; texts that are longer shift the rest of their line, as with `printf`. */
export function row(widths: readonly number[], cells: readonly (string | number)[]): string {
  return cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' ');
}

/** A column that is wide enough for all of its texts, and at least `minimum`. */
export function widthOf(texts: readonly string[], minimum: number): number {
  return texts.reduce((width, text) => Math.max(width, text.length), minimum);
}
