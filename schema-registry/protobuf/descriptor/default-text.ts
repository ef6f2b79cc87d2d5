import type { OptionValue } from '../syntax-tree.ts';

/** A default as descriptors have it: numbers in decimal, bytes with escapes as in C. */
export function defaultText(type: string, value: OptionValue | undefined): string | undefined {
  if (value === undefined || value.kind === 'list' || value.kind === 'map') return undefined;
  if (value.kind === 'string')
    return type === 'bytes' ? escapedBytes(value.bytes) : value.bytes.toString('utf8');
  if (type === 'float' || type === 'double') return realText(value.text, type === 'float');
  return value.kind === 'number' ? integerText(value.text) : value.text;
}

/** Bytes that {@link defaultText} has escaped. */
export function unescapedBytes(text: string): Buffer {
  const plain = text.replace(/\\([0-7]{1,3}|.)/g, (_all, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (controls.get(code) ?? code),
  );
  return Buffer.from(plain, 'latin1');
}

const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const escapes: ReadonlyMap<string, string> = new Map([
  ...[...controls].map(([code, character]): [string, string] => [character, `\\${code}`]),
  ['"', '\\"'],
  ["'", "\\'"],
  ['\\', '\\\\'],
]);

function escapedBytes(bytes: Buffer): string {
  return [...bytes.toString('latin1')].map(escapedCharacter).join('');
}

function escapedCharacter(character: string): string {
  const known = escapes.get(character);
  if (known !== undefined) return known;
  const isPlain = character >= ' ' && character <= '~';
  return isPlain ? character : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/** Hexadecimal and octal numbers in decimal. What is no integer stays. */
function integerText(text: string): string {
  const magnitude = text.replace(/^-/, '');
  if (!/^(?:0[xX][\da-fA-F]+|\d+)$/.test(magnitude)) return text;
  const literal = /^0\d+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude;
  const value = /^0o.*[89]/.test(literal) ? undefined : BigInt(literal);
  if (value === undefined) return text;
  return String(text.startsWith('-') ? -value : value);
}

/** As few digits as C's `%g` needs to tell the number apart. */
function realText(text: string, isFloat: boolean): string {
  const magnitude = text.replace(/^-/, '');
  if (!/^[.\d]/.test(magnitude)) return text;
  const value = Number(
    /^0\d+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude.replace(/(?<!x.*)[fF]$/, ''),
  );
  const kept = isFloat ? Math.fround(value) : value;
  if (kept === Number.POSITIVE_INFINITY) return text.startsWith('-') ? '-inf' : 'inf';
  const [usual, exact] = isFloat ? [6, 9] : [15, 17];
  const short = generalText(kept, usual);
  const back = isFloat ? Math.fround(Number(short)) : Number(short);
  return `${text.startsWith('-') ? '-' : ''}${back === kept ? short : generalText(kept, exact)}`;
}

function generalText(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  const trimmed = (number: string) => (number.includes('.') ? number.replace(/\.?0+$/, '') : number);
  if (power >= -4 && power < digits) return trimmed(value.toFixed(Math.max(0, digits - 1 - power)));
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${trimmed(mantissa)}e${power < 0 ? '-' : '+'}${size}`;
}
