/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** The key as the schema names it, nested ones joined by dots; empty when it concerns several keys. */
  readonly key: string;
  /** A sentence in Kafka's wording, which clients of the REST API show and match. */
  readonly message: string;
  /** What to do about it, for people: `Did you mean "topic"?` */
  readonly hint?: string | undefined;
  /** True for a key that the schema does not have. Kafka Connect accepts those silently. */
  readonly isUnknownKey?: boolean;
}

/** `Invalid value x for configuration k: why`, as Kafka's ConfigException says it. */
export function invalidValue(key: string, value: unknown, reason: string): ConfigProblem {
  return { key, message: `Invalid value ${showValue(value)} for configuration ${key}: ${reason}` };
}

/** A required key is absent. */
export function missingKey(key: string): ConfigProblem {
  return { key, message: `Missing required configuration "${key}" which has no default value.` };
}

/** A config value as Kafka's messages print it: lists in brackets, absent as `null`. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`;
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
    ? JSON.stringify(value)
    : String(value);
}

/** The problem in one text: what is wrong, then what to do. */
export function problemText({ message, hint }: ConfigProblem): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
