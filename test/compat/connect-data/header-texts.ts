import type { Dice } from '../dice.ts';

const words = [
  '',
  ' ',
  'abc',
  'true',
  'TRUE',
  'false',
  'null',
  'NULL',
  'a:b',
  'a,b',
  '{}',
  '[]',
  '"',
  '\\',
  'é',
  '😀',
]
  .concat([
    'x"y',
    'back\\slash',
    'tab\t',
    'line\nbreak',
    '\u0001',
    '\u001f',
    '\u007f',
    '\u2028',
    '/',
    '<b>',
    'NaN',
  ])
  .concat([
    'Infinity',
    '-Infinity',
    '+NaN',
    '1f',
    '1.5d',
    '0x1p3',
    '0x1F',
    '1_000',
    ' 1',
    '1 ',
    '١٢',
    '１２',
  ]);

const numbers = ['0', '-0', '+5', '42', '-128', '128', '32768', '2147483648', '9223372036854775807']
  .concat([
    '9223372036854775808',
    '-9223372036854775808',
    '-9223372036854775809',
    '1.5',
    '-1.5',
    '+1.5',
    '0.1',
    '1.0',
  ])
  .concat([
    '1.50',
    '100.00',
    '.5',
    '5.',
    '1e3',
    '1E3',
    '1e+3',
    '1e-3',
    '1.5e300',
    '1e400',
    '-1e400',
    '3.4028235e38',
  ])
  .concat([
    '3.5e38',
    '1e-50',
    '1e-400',
    '123456789012345678901234567890',
    '0.1234567890123456789',
    '00012',
    '1e',
    'e1',
  ])
  .concat([
    '--1',
    '1.2.3',
    '1,000',
    '1e19',
    '1e18',
    '9e18',
    '1e2147483648',
    '1e999999999',
    '-',
    '+',
    '.',
    '1d',
    '0e0',
  ]);

const moments = [
  '2024-01-02',
  '2024-13-45',
  '0001-01-01',
  '1582-10-10',
  '9999-12-31',
  '2024-1-2',
  '2024-01-02T03:04:05',
]
  .concat([
    '2024-01-02T03:04:05.678Z',
    '2024-01-02T03:04:05.678+0',
    '14:34:54.346Z',
    '25:61:61.999Z',
    '14:34:54',
  ])
  .concat(['2024-01-02T25:61:61.999Z', '-024-01-02', '2024--1-02', '2024-01-2x', '+024-01-02', '14\\:34'])
  .concat([
    '2019-08-23T14\\:34\\:54.346Z',
    '14\\:34\\:54.346Z',
    '  24-01-02',
    '2024/01/02',
    '2024-02-30',
    '1970-01-01',
  ]);

const texts = [...words, ...numbers, ...moments];

/** A text that some part of Connect may take for something else than text. */
export function anyText(dice: Dice): string {
  const kind = dice.below(10);
  if (kind < 6) return dice.pick(texts);
  if (kind < 8) return dice.list(1, 6, () => dice.pick(letters)).join('');
  return kind === 8 ? randomNumber(dice) : randomMoment(dice);
}

const letters = [...'abz09-+.eE:,{}[]"\\ TZ', 'é', '😀', '\n'];

function randomNumber(dice: Dice): string {
  const digits = () => dice.list(0, 12, () => String(dice.below(10))).join('');
  const fraction = dice.chance(50) ? `.${digits()}` : '';
  const exponent = dice.chance(30) ? `${dice.pick(['e', 'E', 'e+', 'e-', 'E-'])}${dice.below(60)}` : '';
  return `${dice.pick(['', '', '-', '+'])}${digits()}${fraction}${exponent}`;
}

function randomMoment(dice: Dice): string {
  const padded = (limit: number, width: number) => String(dice.below(limit)).padStart(width, '0');
  const day = `${padded(10_000, 4)}-${padded(20, 2)}-${padded(40, 2)}`;
  const time = `${padded(30, 2)}:${padded(70, 2)}:${padded(70, 2)}.${padded(1000, 3)}Z`;
  return dice.pick([day, time, `${day}T${time}`, `${day} ${time}`]);
}

/** Header text of the grammar that `Values.parseString` reads, often with a mistake in it. */
export function headerText(dice: Dice): string {
  const kind = dice.below(10);
  if (kind < 3) return anyText(dice);
  const text = embedded(dice, 3);
  if (kind < 7 || text === '') return text;
  const at = dice.below(text.length + 1);
  const mistake = dice.pick([...letters, ' ', 'null', '']);
  return text.slice(0, at) + mistake + text.slice(at + dice.below(2));
}

function embedded(dice: Dice, depth: number): string {
  const kind = dice.below(depth === 0 ? 6 : 10);
  const blank = dice.chance(15) ? dice.pick([' ', '\t', '\n  ']) : '';
  if (kind < 2) return blank + dice.pick(numbers) + blank;
  if (kind < 4) return `${blank}"${quotedText(dice)}"${blank}`;
  if (kind === 4) return blank + dice.pick(['true', 'false', 'null', 'TRUE', 'abc']) + blank;
  if (kind === 5) return blank + dice.pick(moments);
  const inner = () => embedded(dice, depth - 1);
  if (kind < 8) return `${blank}[${dice.list(0, 4, inner).join(`${blank},`)}]${blank}`;
  return `${blank}{${dice.list(0, 3, () => `${inner()}:${blank}${inner()}`).join(',')}}${blank}`;
}

function quotedText(dice: Dice): string {
  return anyText(dice).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** Values of one kind in an array, which have a type in common more often. */
export function listText(dice: Dice): string {
  const pool = dice.pick([
    numbers,
    moments,
    ['true', 'false', 'null'],
    ['"a"', '"b"', '"2024-01-02"', 'null'],
  ]);
  const isMap = dice.chance(40);
  const items = dice.list(0, 4, () => dice.pick(pool));
  if (!isMap) return `[${items.join(dice.pick([',', ', ', ' ,']))}]`;
  return `{${items.map((item) => `"${dice.pick(['a', 'b', 'c d'])}"${dice.pick([':', ': '])}${item}`).join(', ')}}`;
}
