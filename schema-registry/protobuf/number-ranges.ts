import type { ProtoRange } from './syntax-tree.ts';

/** Ranges of numbers, found by bisection: both they and what is looked for may be many. */
export class NumberRanges {
  /** In ascending order, those that overlap made one. */
  readonly #ranges: readonly ProtoRange[];
  /** The first of those that overlap another. */
  readonly overlap: ProtoRange | undefined;

  constructor(ranges: readonly ProtoRange[]) {
    const merged: ProtoRange[] = [];
    for (const range of ranges.toSorted((left, right) => left.first - right.first)) {
      const last = merged.at(-1);
      if (last === undefined || range.first > last.last) merged.push(range);
      else {
        this.overlap ??= range;
        merged[merged.length - 1] = { first: last.first, last: Math.max(last.last, range.last) };
      }
    }
    this.#ranges = merged;
  }

  has(number: number): boolean {
    let [first, end] = [0, this.#ranges.length];
    while (first < end) {
      const middle = Math.floor((first + end) / 2);
      if ((this.#ranges[middle]?.last ?? 0) < number) first = middle + 1;
      else end = middle;
    }
    return (this.#ranges[first]?.first ?? Number.POSITIVE_INFINITY) <= number;
  }
}
