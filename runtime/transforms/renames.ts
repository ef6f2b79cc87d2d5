/** Reads a list of `old:new`. `problem` is set when an entry is not of that form. */
export function parseRenames(entries: readonly string[]): {
  readonly names: ReadonlyMap<string, string>;
  readonly problem: string | undefined;
} {
  const names = new Map<string, string>();
  for (const entry of entries) {
    const [from, to, ...rest] = entry.split(':');
    if (from === undefined || to === undefined || to === '' || rest.length > 0) {
      return { names, problem: `Invalid rename mapping: ${entry}` };
    }
    names.set(from, to);
  }
  return { names, problem: undefined };
}
