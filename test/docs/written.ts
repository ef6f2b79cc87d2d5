const end = '\n<!-- The end of what is written. -->';

/** `text` with `table` in the place that is kept for it. Throws when there is none. */
export function withWritten(text: string, what: string, table: string): string {
  const begin = `<!-- The ${what}, written by node test/docs/write-compatibility.ts; do not edit. -->\n\n`;
  const first = text.indexOf(begin);
  const last = text.indexOf(end, first);
  if (first < 0 || last < 0) throw new Error(`docs/compatibility.md has no place for the ${what}`);
  return `${text.slice(0, first)}${begin}${table}${text.slice(last)}`;
}
