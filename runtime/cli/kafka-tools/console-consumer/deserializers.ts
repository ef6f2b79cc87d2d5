import { ToolError } from '../errors.ts';

/** Turns the bytes of a key, a value or a header into what is printed. Throws ToolError when they do not fit. */
export type Deserializer = (bytes: Buffer) => Uint8Array;

/** The deserializer of this class name; without one, and for byte arrays, the bytes as they are. Throws ToolError. */
export function deserializerOf(className: string | undefined): Deserializer {
  if (className === undefined) return asIs;
  const name = className
    .trim()
    .replace(/^.*\./, '')
    .replace(/Deserializer$/, '');
  const known = Object.hasOwn(deserializers, name) ? deserializers[name] : undefined;
  if (known === undefined) {
    throw new ToolError(
      `Class ${className} could not be found: known are ${Object.keys(deserializers).join(', ')} (+ Deserializer)`,
      'java.lang.ClassNotFoundException',
    );
  }
  return known;
}

const asIs: Deserializer = (bytes) => bytes;

const deserializers: Readonly<Record<string, Deserializer>> = {
  String: asIs,
  ByteArray: asIs,
  ByteBuffer: asIs,
  Bytes: asIs,
  Boolean: sized(1, 'Boolean', (bytes) => {
    const value = bytes[0] ?? 0;
    if (value > 1) throw sizeError(`Unexpected byte received by BooleanDeserializer: ${value}`);
    return String(value === 1);
  }),
  Short: sized(2, 'Short', (bytes) => String(bytes.readInt16BE())),
  Integer: sized(4, 'Integer', (bytes) => String(bytes.readInt32BE())),
  Long: sized(8, 'Long', (bytes) => String(bytes.readBigInt64BE())),
  Float: sized(4, 'Float', (bytes) => realText(shortest(bytes.readFloatBE()))),
  Double: sized(8, 'Double', (bytes) => realText(bytes.readDoubleBE())),
  UUID: asIs,
  Void: () => {
    throw sizeError('Data should be null for a VoidDeserializer.');
  },
};

function sized(size: number, name: string, print: (bytes: Buffer) => string): Deserializer {
  return (bytes) => {
    if (bytes.length !== size) throw sizeError(`Size of data received by ${name}Deserializer is not ${size}`);
    return Buffer.from(print(bytes));
  };
}

/** As Java prints a number with a fraction: `1.0`, `1.0E7`. */
function realText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0.0';
  if (size === 0 || (size >= 1e-3 && size < 1e7))
    return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** The double with the fewest digits that is this float. */
function shortest(float: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const candidate = Number(float.toPrecision(digits));
    if (Math.fround(candidate) === float) return candidate;
  }
  return float;
}

function sizeError(message: string): ToolError {
  return new ToolError(message, 'org.apache.kafka.common.errors.SerializationException');
}
