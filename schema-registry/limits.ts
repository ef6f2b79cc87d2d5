import { SchemaLimitError } from './errors.ts';

/** What this registry takes. Schemas come from strangers: without limits one of them could stop it for everybody. */
export const limits = {
  /** Longest schema text, in bytes of UTF-8. */
  schemaBytesMax: 1024 * 1024,
  /** Deepest nesting of a text: JSON values, Protobuf messages. */
  schemaDepthMax: 200,
  /** Most references of a schema, those of its references counted. */
  schemaReferencesMax: 256,
  /** Longest texts of a schema's references together, in UTF-16 units. */
  schemaReferencesLengthMax: 2 * 1024 * 1024,
  /** Longest full name of a type, or id of a part of a JSON Schema, in UTF-16 units. */
  schemaNameMax: 2048,
  /** Longest text in stored form, in UTF-16 units: indentation may make much of little. */
  schemaCanonicalMax: 4 * 1024 * 1024,
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

/** Returns the name. Names that are long, many, and inside of each other are together more than memory holds. */
export function limitedName(name: string): string {
  if (name.length <= limits.schemaNameMax) return name;
  throw new SchemaLimitError(
    `a full name is longer than ${limits.schemaNameMax} characters (the limit schema.name.max): ${name.slice(0, 100)}…`,
  );
}
