import { asciiDigits } from './ascii-digits.ts';
import { DataError } from './errors.ts';

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?0*\d{1,10}))?$/;
const digitsMax = 100_000;

/** An exact decimal number: `unscaled` × 10^-`scale`. `scale` is an int32 and may be negative. Immutable. */
export class Decimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** Reads `1.50`, `-3`, `1E+4`. Throws {@link DataError} when `text` is not a number or has over 100,000 digits. */
  static parse(text: string): Decimal {
    const match = pattern.exec(asciiDigits(text));
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
    const digits = whole + fraction;
    if (match === null || digits.length === 0)
      throw new DataError(`'${shorten(text)}' is not a decimal number.`);
    const scale = fraction.length - Number(exponent);
    if (digits.length > digitsMax || scale !== (scale | 0) || !isInt32(exponent)) {
      throw new DataError(`The decimal number '${shorten(text)}' is too large: at most ${digitsMax} digits.`);
    }
    const unscaled = BigInt(digits);
    return new Decimal(sign === '-' ? -unscaled : unscaled, scale);
  }

  /** Reads a big-endian two's complement `unscaled` value, as Connect's Decimal has on the wire. */
  static fromBytes(bytes: Uint8Array, scale: number): Decimal {
    if (bytes.length === 0) return new Decimal(0n, scale);
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
    return new Decimal(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)), scale);
  }

  /** The shortest big-endian two's complement form of `unscaled`. */
  toBytes(): Buffer {
    let bytes = 1;
    while (BigInt.asIntN(bytes * 8, this.unscaled) !== this.unscaled) bytes = Math.ceil(bytes * 1.5);
    while (bytes > 1 && BigInt.asIntN((bytes - 1) * 8, this.unscaled) === this.unscaled) bytes--;
    const hex = BigInt.asUintN(bytes * 8, this.unscaled).toString(16);
    return Buffer.from(hex.padStart(bytes * 2, '0'), 'hex');
  }

  /** Truncates towards zero. Throws {@link DataError} when that would take over 100,000 digits. */
  toBigInt(): bigint {
    if (this.scale < -digitsMax) throw new DataError(`The decimal number ${this} is too large.`);
    if (this.scale > this.unscaled.toString().length) return 0n;
    return this.scale >= 0
      ? this.unscaled / 10n ** BigInt(this.scale)
      : this.unscaled * 10n ** BigInt(-this.scale);
  }

  /** Truncates towards zero and keeps the low 64 bits, as Java's BigDecimal does: of 1E+999999 they are all zero. */
  toInt64(): bigint {
    return this.scale <= -64 ? 0n : BigInt.asIntN(64, this.toBigInt());
  }

  toNumber(): number {
    return Number(`${this.unscaled}e${-this.scale}`);
  }

  /** The same number with another scale. Throws {@link DataError} when digits would be lost. */
  withScale(scale: number): Decimal {
    const more = scale - this.scale;
    if (more === 0) return this;
    if (more > digitsMax) throw new DataError(`Scale ${scale} is too large for ${this}.`);
    if (more > 0) return new Decimal(this.unscaled * 10n ** BigInt(more), scale);
    const divisor = 10n ** BigInt(Math.min(-more, this.unscaled.toString().length));
    if (this.unscaled % divisor !== 0n)
      throw new DataError(`${this} does not fit scale ${scale} without rounding.`);
    return new Decimal(this.unscaled / divisor, scale);
  }

  /** True for the same unscaled value and scale: 1.5 and 1.50 differ, as in Connect. */
  equals(other: Decimal): boolean {
    return this.unscaled === other.unscaled && this.scale === other.scale;
  }

  /** Canonical text as Java's BigDecimal prints it: `1.50`, `1E+4`, `1E-9`. */
  toString(): string {
    const sign = this.unscaled < 0n ? '-' : '';
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString();
    const exponent = digits.length - 1 - this.scale;
    if (this.scale === 0) return sign + digits;
    if (this.scale > 0 && exponent >= -6) return sign + withPoint(digits, this.scale);
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}${exponent === 0 ? '' : `E${exponent > 0 ? '+' : ''}${exponent}`}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function withPoint(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function isInt32(text: string): boolean {
  return Number(text) === (Number(text) | 0);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
