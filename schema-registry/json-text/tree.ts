/** A number as it was written: JSON text keeps what a double would lose (`1.0`, 2^63, forty digits). */
export class JsonNumber {
  /** The token: valid JSON, or `NaN`, `Infinity`, `-Infinity`, which only Avro's defaults may have. */
  readonly text: string;
  #isInteger: boolean | undefined;
  #number: number | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** True when the token has neither fraction nor exponent, as Jackson decides. */
  get isInteger(): boolean {
    this.#isInteger ??= /^-?\d+$/.test(this.text);
    return this.#isInteger;
  }

  /** The nearest double; may be infinite. */
  toNumber(): number {
    this.#number ??= Number(this.text);
    return this.#number;
  }
}

/** Members in the order of their first appearance; a repeated key keeps its place and takes the last value. */
export type JsonObject = ReadonlyMap<string, JsonTree>;

/** A JSON value without loss. Objects are maps, so no key (`__proto__`) is special. */
export type JsonTree = null | boolean | string | JsonNumber | readonly JsonTree[] | JsonObject;

export function isJsonObject(tree: JsonTree | undefined): tree is JsonObject {
  return tree instanceof Map;
}

export function isJsonArray(tree: JsonTree | undefined): tree is readonly JsonTree[] {
  return Array.isArray(tree);
}

/** Equal as JSON values: numbers by value, objects whatever the order of their members. */
export function equalTrees(left: JsonTree | undefined, right: JsonTree | undefined): boolean {
  if (left === right) return true;
  if (left instanceof JsonNumber && right instanceof JsonNumber) return equalNumbers(left, right);
  if (isJsonArray(left) && isJsonArray(right)) {
    return left.length === right.length && left.every((item, index) => equalTrees(item, right[index]));
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    if (left.size !== right.size) return false;
    return [...left].every(([key, value]) => right.has(key) && equalTrees(value, right.get(key)));
  }
  return false;
}

/** The tree with the members of every object in the order of their keys (UTF-16 code units, as Java sorts). */
export function sortedTree(tree: JsonTree): JsonTree {
  if (isJsonArray(tree)) return tree.map(sortedTree);
  if (!isJsonObject(tree)) return tree;
  const entries = [...tree].map(([key, value]): [string, JsonTree] => [key, sortedTree(value)]);
  return new Map(entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

/** The tree as plain JavaScript data; numbers become doubles. */
export function plainValue(tree: JsonTree): unknown {
  if (tree instanceof JsonNumber) return tree.toNumber();
  if (isJsonArray(tree)) return tree.map(plainValue);
  if (isJsonObject(tree))
    return Object.fromEntries([...tree].map(([key, value]) => [key, plainValue(value)]));
  return tree;
}

function equalNumbers(left: JsonNumber, right: JsonNumber): boolean {
  if (left.text === right.text) return true;
  if (left.toNumber() !== right.toNumber()) return false;
  // Only zero is written as an integer in two ways; others that a double cannot tell apart are different.
  return !(left.isInteger && right.isInteger) || left.toNumber() === 0;
}
