// Random requests, made from the definitions and fast enough for a million of them.
import { includesVersion, type MessageDefinition } from '../../kafka/protocol/index.ts';
import type { Field, Fields } from '../../kafka/protocol/schema/index.ts';
import { BatchBuilder } from '../../kafka/records/index.ts';
import type { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';

const ranges = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
} as const;
const int64s = [0n, 1n, -1n, -2n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 1_700_000_000_000n];
const odd = ['', '.', '..', 'a/b', '../../etc', 'x'.repeat(250), 'ż👋', '__consumer_offsets', '(a+)+$', '\0'];
/** Few, so that requests meet what others have made; and what they make stays bounded. */
const names = Array.from({ length: 12 }, (_, i) => `name-${i}`);
/** What would fill any machine when it is granted as asked, and has to be refused when it is too much. */
const counts = new Map([
  ['numPartitions', [-1, 0, 1, 2, 3, 2147483647]],
  ['count', [-1, 0, 1, 2, 4, 2147483647]],
  ['replicationFactor', [-1, 0, 1, 2, 32767]],
]);

/** Makes requests; equal seeds make equal ones. */
export class RandomMessages {
  readonly #entropy: SeededEntropy;
  /** Ids that exist: of topics, so that requests by id find something. */
  readonly #uuids: readonly string[];

  constructor(entropy: SeededEntropy, uuids: readonly string[]) {
    this.#entropy = entropy;
    this.#uuids = uuids;
  }

  /** A message of that version; fields that it lacks are left out. */
  of(definition: MessageDefinition, version: number): object {
    return this.#struct(definition.fields, version, 0);
  }

  #struct(fields: Fields, version: number, depth: number): object {
    const value: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      if (includesVersion(field.versions, version)) value[name] = this.#field(name, field, version, depth);
    }
    return value;
  }

  #field(name: string, field: Field, version: number, depth: number): unknown {
    if (includesVersion(field.nullable, version) && this.#entropy.below(5) === 0) return null;
    if (field.type !== 'array') return this.#value(name, field, version, depth);
    const length = this.#entropy.below(50) === 0 ? 40 : this.#entropy.below(4);
    const element = field.element ?? field;
    return Array.from({ length: depth > 2 ? Math.min(length, 2) : length }, () =>
      this.#value(name, element, version, depth + 1),
    );
  }

  #value(name: string, field: Field, version: number, depth: number): unknown {
    const entropy = this.#entropy;
    switch (field.type) {
      case 'bool':
        return entropy.below(2) === 0;
      case 'int64':
        return entropy.below(2) === 0 ? this.#pick(int64s) : BigInt(entropy.below(40));
      case 'float64':
        return this.#pick([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]);
      case 'string':
        return entropy.below(8) === 0 ? this.#pick(odd) : this.#pick(names);
      case 'uuid':
        return entropy.below(3) > 0 ? this.#pick(this.#uuids) : this.#bytes(16).toString('base64url');
      case 'bytes':
        return this.#bytes(entropy.below(24));
      case 'records':
        return this.#records();
      case 'struct':
        return this.#struct(field.fields ?? {}, version, depth + 1);
      case 'array':
        return [];
      default:
        return this.#integer(name, field.type);
    }
  }

  #integer(name: string, type: keyof typeof ranges): number {
    const known = counts.get(name);
    if (known !== undefined) return this.#pick(known);
    const [min, max] = ranges[type];
    const kind = this.#entropy.below(4);
    if (kind === 0) return this.#pick([min, max, 0, 1]);
    if (kind === 1) return min + this.#entropy.below(max - min);
    return this.#entropy.below(4) - (min < 0 ? 1 : 0);
  }

  #records(): Buffer {
    const entropy = this.#entropy;
    if (entropy.below(10) === 0) return this.#bytes(entropy.below(100));
    const builder = new BatchBuilder();
    for (let count = 1 + entropy.below(3); count > 0; count -= 1)
      builder.append(1_700_000_000_000, this.#bytes(4), this.#bytes(entropy.below(30)));
    const isIdempotent = entropy.below(3) === 0;
    const producer = { producerId: entropy.below(5), producerEpoch: 0, baseSequence: entropy.below(3) };
    const batch = builder.build(isIdempotent ? producer : {});
    if (entropy.below(4) === 0) batch[entropy.below(batch.length)] = entropy.below(256);
    return batch;
  }

  #bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    this.#entropy.fill(bytes);
    return bytes;
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#entropy.below(values.length)] as T;
  }
}
