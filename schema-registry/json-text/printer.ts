import { isJsonArray, isJsonObject, JsonNumber, type JsonTree } from './tree.ts';

/** How a number with a fraction or exponent is printed: as Java's `Double` or as its `BigDecimal` prints itself. */
export type NumberStyle = 'double' | 'decimal';

/** Prints without white space, exactly as Jackson does: members in order, non-ASCII as it is. */
export function printJson(tree: JsonTree, style: NumberStyle): string {
  if (tree === null || typeof tree === 'boolean') return String(tree);
  if (typeof tree === 'string') return quoted(tree);
  if (tree instanceof JsonNumber) return printNumber(tree, style);
  if (isJsonArray(tree)) return `[${tree.map((item) => printJson(item, style)).join(',')}]`;
  if (!isJsonObject(tree)) throw new TypeError('not a JSON tree');
  return `{${[...tree].map(([key, value]) => `${quoted(key)}:${printJson(value, style)}`).join(',')}}`;
}

/** A JSON string token with Jackson's escapes: control characters in upper-case hexadecimal, the rest raw. */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  if (!/["\\\u0000-\u001f]/.test(text)) return `"${text}"`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  return `"${text.replace(/["\\\u0000-\u001f]/g, (character) => shortEscapes.get(character) ?? hexEscape(character))}"`;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function hexEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function printNumber(number: JsonNumber, style: NumberStyle): string {
  if (number.isInteger) return number.text === '-0' ? '0' : number.text;
  return style === 'double' ? javaDouble(number.toNumber()) : javaDecimal(number.text);
}

/** A double as `Double.toString` of Java 19 and later: `1.0`, `1.0E10`; not-a-number and infinities are quoted. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${String(value)}"`;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (magnitude >= 1e-3 && magnitude < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}

/** A decimal token as `BigDecimal.toString`: the scale is kept, an exponent appears only where Java shows one. */
function javaDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const unscaled = (whole + fraction).replace(/^0+(?=\d)/, '');
  const scale = fraction.length - Number(exponent);
  const minus = sign === '-' && unscaled !== '0' ? '-' : '';
  const adjusted = unscaled.length - 1 - scale;
  if (scale === 0) return minus + unscaled;
  if (scale > 0 && adjusted >= -6) return minus + withPoint(unscaled, scale);
  const digits = unscaled.length > 1 ? `${unscaled[0]}.${unscaled.slice(1)}` : unscaled;
  return adjusted === 0 ? minus + digits : `${minus}${digits}E${adjusted > 0 ? '+' : ''}${adjusted}`;
}

function withPoint(unscaled: string, scale: number): string {
  const padded = unscaled.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
