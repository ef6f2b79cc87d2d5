import { schemas, toJsonText, type Value } from '../../runtime/plugin/index.ts';
import type { Generator, Moment } from './generator.ts';
import type { Random } from './random.ts';

type Part = (random: Random, moment: Moment) => string;

const digits = '0123456789';
const upperCase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const pieces = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

/**
 * Makes texts from a template: `{###}` digits, `{???}` capital letters (`{??##}` both), `{1-99}` a number in that range, `{name}` the value of
 * another field of the same struct, `{{` and `}}` braces. Undefined when the template has `problem`s.
 */
export function templateGenerator(text: string, problem: (message: string) => void): Generator | undefined {
  const parts: Part[] = [];
  const needs: string[] = [];
  let isRight = true;
  for (const [piece, placeholder] of text.matchAll(pieces)) {
    const part = placeholder === undefined ? literal(piece) : readPlaceholder(placeholder, needs);
    if (typeof part === 'string') {
      problem(part);
      isRight = false;
    } else parts.push(part);
  }
  if (!isRight) return undefined;
  const make = (random: Random, moment: Moment): string => {
    let made = '';
    for (let index = 0; index < parts.length; index++) made += (parts[index] as Part)(random, moment);
    return made;
  };
  return { schema: schemas.string(), make, needs };
}

function literal(piece: string): Part | string {
  if (piece === '{' || piece === '}')
    return `A single ${piece} has no partner: write ${piece}${piece} for the character.`;
  const text = piece === '{{' || piece === '}}' ? piece.charAt(0) : piece;
  return () => text;
}

function readPlaceholder(placeholder: string, needs: string[]): Part | string {
  if (/^[#?]+$/.test(placeholder)) return characters(placeholder);
  const range = /^(\d{1,15})-(\d{1,15})$/.exec(placeholder);
  if (range !== null) {
    const [min, max] = [Number(range[1]), Number(range[2])];
    if (min > max) return `{${placeholder}} is a range that ends before it starts.`;
    return (random) => String(random.between(min, max));
  }
  if (placeholder === '')
    return 'A template has {} without a name: name a field, or write {{}} for the characters.';
  needs.push(placeholder);
  return (_random, { siblings }) => textOf(siblings[placeholder]);
}

function characters(pattern: string): Part {
  const alphabets = [...pattern].map((sign) => (sign === '#' ? digits : upperCase));
  return (random) => {
    let text = '';
    for (const alphabet of alphabets) text += alphabet[random.u32() % alphabet.length];
    return text;
  };
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : toJsonText(undefined, value).replaceAll('"', '');
}
