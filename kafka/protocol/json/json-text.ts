/** A tree that `JSON.stringify` writes as Kafka's JSON form: numbers that a double cannot carry are raw text. */
export type JsonForm = string | number | boolean | null | RawNumber | readonly JsonForm[] | JsonObject;

/** Fields by name, in the order of the definition. */
export interface JsonObject {
  readonly [name: string]: JsonForm;
}

/** A number written exactly as its text says. */
export interface RawNumber {
  readonly rawJSON: string;
}

// The library of TypeScript does not know these two parts of ES2026 yet.
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const json = JSON as unknown as {
  rawJSON(text: string): RawNumber;
  parse(text: string, reviver: SourceReviver): unknown;
};

/** Parses JSON with integers beyond 2^53 as bigint, so that no int64 loses digits. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}

/** An int64 as a bare JSON number, all digits kept. */
export function int64Json(value: number | bigint): RawNumber {
  return json.rawJSON(BigInt(value).toString());
}

/** A double as Kafka's JSON writer puts it: `1.0`, `1.0E10`; what JSON cannot write becomes a string. */
export function float64Json(value: number): RawNumber | string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const isPlain = size === 0 || (size >= 1e-3 && size < 1e7);
  return json.rawJSON(isPlain ? plainText(value) : exponentText(value));
}

function plainText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function exponentText(value: number): string {
  const [digits = '', exponent] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
