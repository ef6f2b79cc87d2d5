import { javaHashOrder } from '../data/index.ts';

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

/** The old name of a new one. Of several Kafka takes the one that comes last in the order of Java's hashes. */
export function oldName(names: ReadonlyMap<string, string>, name: string): string {
  const old = [...names].filter(([, renamed]) => renamed === name).map(([from]) => from);
  if (old.length < 2) return old[0] ?? name;
  const all = javaHashOrder([...names.keys()], (from) => from);
  return all.findLast((from) => old.includes(from)) ?? name;
}
