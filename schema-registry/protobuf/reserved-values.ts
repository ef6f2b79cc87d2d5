import { problemAt } from './problem.ts';
import type { Position, ProtoRange, ProtoReserved } from './syntax-tree.ts';

/** What a message or enum keeps for nobody: found by bisection, because both it and the members may be many. */
export class ReservedValues {
  readonly #names: ReadonlySet<string>;
  /** In ascending order, those that touch or overlap made one. */
  readonly #ranges: readonly ProtoRange[];

  constructor(reserved: readonly ProtoReserved[]) {
    const values = reserved.flatMap((each) => each.values);
    this.#names = new Set(values.filter((value) => typeof value === 'string'));
    this.#ranges = merged(values.filter((value) => typeof value !== 'string'));
  }

  /** Throws `SchemaParseError` when the member's name or number is among them. */
  check(
    { name, tag, at }: { readonly name: string; readonly tag: number; readonly at: Position },
    scope: string,
  ): void {
    if (this.#names.has(name)) throw problemAt(`the name "${name}" is reserved in ${scope}`, at);
    if (this.#has(tag)) throw problemAt(`the number ${tag} is reserved in ${scope}`, at);
  }

  #has(tag: number): boolean {
    let [first, end] = [0, this.#ranges.length];
    while (first < end) {
      const middle = Math.floor((first + end) / 2);
      if ((this.#ranges[middle]?.last ?? 0) < tag) first = middle + 1;
      else end = middle;
    }
    return (this.#ranges[first]?.first ?? Number.POSITIVE_INFINITY) <= tag;
  }
}

function merged(ranges: readonly ProtoRange[]): readonly ProtoRange[] {
  const result: ProtoRange[] = [];
  for (const range of ranges.toSorted((left, right) => left.first - right.first)) {
    const last = result.at(-1);
    if (last === undefined || range.first > last.last) result.push(range);
    else result[result.length - 1] = { first: last.first, last: Math.max(last.last, range.last) };
  }
  return result;
}
