/** A FLOAT64 as Java's `Double.toString` prints it: `1.0`, `1.0E10`, `NaN`. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  // In this range both write the shortest digits, without an exponent.
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  // Java prints two digits at least, chosen so that they are closest to the value: 4.9E-324, not 5E-324.
  const short = value.toExponential(1);
  return javaText(value, Number(short) === value ? short : value.toExponential());
}

/** A FLOAT32 as Java's `Float.toString` prints it: the shortest digits that read back as the same float. */
export function javaFloat(value: number): string {
  const float = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = float.toExponential(digits);
    if (Math.fround(Number(text)) === float) return javaText(float, toEven(float, text));
  }
  return javaText(float, float.toExponential());
}

/** JavaScript rounds what lies between two texts up, Java to the even digit. */
function toEven(float: number, text: string): string {
  const [mantissa = '', power] = text.split('e');
  const [exact = '0'] = float.toExponential(100).split('e');
  const tail = exact.slice(mantissa.length).replace(/0+$/, '');
  const isOdd = /[13579]$/.test(mantissa);
  return tail === '5' && isOdd ? `${exact.slice(0, mantissa.length)}e${power}` : text;
}

/** `scientific` is the value in JavaScript's exponential form. Java writes an exponent below 10^-3 and from 10^7. */
function javaText(value: number, scientific: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', power = '0'] = scientific.replace(/^-/, '').split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  const exponent = Number(power);
  if (value === 0) return `${sign}0.0`;
  if (exponent < -3 || exponent >= 7) return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** Keeps the low `bits` bits of a whole number, as a Java cast from long does. */
export function wrapInteger(value: number | bigint, bits: 8 | 16 | 32): number {
  const low = typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : lowWord(value);
  return bits === 32 ? low : (low << (32 - bits)) >> (32 - bits);
}

function lowWord(value: number): number {
  return Number.isSafeInteger(value) ? value | 0 : Number(BigInt.asIntN(32, BigInt(value)));
}

/** A floating point number to INT64 as Java casts it: truncated, NaN becomes 0, too large becomes the largest. */
export function truncateToInt64(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value));
}

/** A floating point number to INT32 as Java casts it: truncated, NaN becomes 0, too large becomes the largest. */
export function truncateToInt32(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-2147483648, Math.min(2147483647, Math.trunc(value)));
}
