import type { CompatibilityPolicy } from '../language.ts';
import { StepCounter } from '../limits.ts';
import { type Difference, type DifferenceType, isCompatible } from './difference.ts';
import type { JsonModel } from './model.ts';

/** Steps of this walk cost more than those of the other languages. */
const stepsMax = 50_000;

/** Compares two models and notes what it finds on the comparison. */
export type Walk = (comparison: Comparison, original: JsonModel, update: JsonModel) => void;

/** So many characters of a difference's path count as a step. */
const pathStep = 256;

/** Where a comparison is, written out only when there is something to tell. */
interface Place {
  readonly outer: Place | undefined;
  readonly segments: readonly (string | number)[];
}

function pathOf(place: Place): string {
  const parts: (string | number)[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.outer)
    parts.push(...at.segments.toReversed());
  return parts.toReversed().join('/');
}

interface Shared {
  readonly walk: Walk;
  readonly policy: CompatibilityPolicy;
  /** Pairs being compared, outermost first: what recursion comes back to is taken as equal. */
  readonly open: Map<JsonModel, Set<JsonModel>>;
  /** Combinations inside combinations multiply. */
  readonly steps: StepCounter;
}

/** The way down through two schemas: where it is, what it has found, and what it is in the middle of. */
export class Comparison {
  readonly differences: Difference[] = [];
  readonly #place: Place;
  readonly #shared: Shared;

  private constructor(place: Place, shared: Shared) {
    this.#place = place;
    this.#shared = shared;
  }

  static start(walk: Walk, policy: CompatibilityPolicy): Comparison {
    return new Comparison(
      { outer: undefined, segments: ['#'] },
      { walk, policy, open: new Map(), steps: new StepCounter(stepsMax) },
    );
  }

  /** Notes a difference at `segments` below this place. */
  note(type: DifferenceType, ...segments: readonly (string | number)[]): void {
    const path = pathOf({ outer: this.#place, segments });
    // Names may be long: where many things differ deep inside, the places alone are more than memory holds.
    this.#shared.steps.step(Math.floor(path.length / pathStep));
    this.differences.push({ type, path: path === '#' ? '#/' : path });
  }

  /** Compares at `segments` below this place and keeps the findings. */
  compare(original: JsonModel, update: JsonModel, ...segments: readonly (string | number)[]): void {
    this.keep(this.attempt(original, update, ...segments));
  }

  /** As {@link compare}, but the findings are the caller's to keep or drop. Throws `SchemaLimitError`. */
  attempt(
    original: JsonModel,
    update: JsonModel,
    ...segments: readonly (string | number)[]
  ): readonly Difference[] {
    const shared = this.#shared;
    shared.steps.step();
    const opened = shared.open.get(original) ?? new Set();
    if (opened.has(update)) return [];
    shared.open.set(original, opened.add(update));
    const below = new Comparison({ outer: this.#place, segments }, shared);
    shared.walk(below, original, update);
    opened.delete(update);
    return below.differences;
  }

  /** Counts work that is not a pair of schemas. Throws `SchemaLimitError`. */
  step(count = 1): void {
    this.#shared.steps.step(count);
  }

  keep(differences: readonly Difference[]): void {
    for (const difference of differences) this.differences.push(difference);
  }

  /** Whether nothing among the differences breaks anything, by the policy of this check. */
  isCompatible(differences: readonly Difference[]): boolean {
    return differences.every((difference) => isCompatible(difference, this.#shared.policy));
  }
}
