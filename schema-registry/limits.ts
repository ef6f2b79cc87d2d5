import { SchemaLimitError } from './errors.ts';

/** What this registry takes. Schemas come from strangers: without limits one of them could stop it for everybody. */
export const limits = {
  /** Longest schema text, in bytes of UTF-8. */
  schemaBytesMax: 1024 * 1024,
  /** Deepest nesting of a text: JSON values, Protobuf messages. */
  schemaDepthMax: 200,
  /** Most references of a schema, those of its references counted. */
  schemaReferencesMax: 256,
  /** Most pairs of types that one compatibility check compares. */
  compatibilityStepsMax: 500_000,
} as const;

/** Counts the steps of one compatibility check. */
export class StepCounter {
  readonly #max: number;
  #steps = 0;

  constructor(max: number = limits.compatibilityStepsMax) {
    this.#max = max;
  }

  /** Throws {@link SchemaLimitError} when there have been too many. */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > this.#max) {
      throw new SchemaLimitError(
        `comparing the schemas takes more than ${this.#max} steps (the limit compatibility.steps.max)`,
      );
    }
  }
}
