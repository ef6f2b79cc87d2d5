/** More slips of the finger than this and it is another word. */
const MOST_SLIPS = 3;

/**
 * The name that was probably meant: the one that `given` begins or ends, or the one that takes the fewest slips (a letter
 * too many, too few, another, or two in each other's place) to become `given`. None when every name is too far away.
 */
export function similarName(given: string, names: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const name of names) {
    const isPart = given.length >= MOST_SLIPS && (name.startsWith(given) || name.endsWith(`-${given}`));
    const slips = isPart ? 0.5 : slipsBetween(given, name);
    if (slips <= Math.min(MOST_SLIPS, name.length / 2) && slips < (best?.slips ?? Number.POSITIVE_INFINITY))
      best = { name, slips };
  }
  return best?.name;
}

/** The Damerau-Levenshtein distance in which no letter is moved twice. */
function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
