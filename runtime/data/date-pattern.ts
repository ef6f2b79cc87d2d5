import { UnknownNameError } from './errors.ts';

/** A piece of a date pattern: literal text, or a letter repeated `count` times. */
export type PatternPart =
  | { readonly literal: string }
  | { readonly letter: string; readonly count: number; readonly isNumeric: boolean };

const letters = 'GyYMLwWDdFEuaHkKhmsSzZX';
const alwaysNumeric = 'yYwWDdFuHkKhmsS';

/** Splits a pattern of Java's SimpleDateFormat. Throws {@link UnknownNameError} as Java's IllegalArgumentException. */
export function splitDatePattern(pattern: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let literal = '';
  const endLiteral = (): void => {
    if (literal !== '') parts.push({ literal });
    literal = '';
  };
  for (let at = 0; at < pattern.length; ) {
    const char = pattern.charAt(at);
    if (char === "'") {
      const { text, end } = quoted(pattern, at);
      literal += text;
      at = end;
    } else if (!/[a-zA-Z]/.test(char)) {
      literal += char;
      at++;
    } else {
      endLiteral();
      let end = at + 1;
      while (pattern.charAt(end) === char) end++;
      parts.push(letterPart(char, end - at));
      at = end;
    }
  }
  endLiteral();
  return parts;
}

function letterPart(letter: string, count: number): PatternPart {
  if (!letters.includes(letter)) throw new UnknownNameError(`Illegal pattern character '${letter}'`);
  if (letter === 'X' && count > 3) throw new UnknownNameError(`invalid ISO 8601 format: length=${count}`);
  const isNumeric = alwaysNumeric.includes(letter) || ((letter === 'M' || letter === 'L') && count <= 2);
  return { letter, count, isNumeric };
}

/** Reads `'text'` or `''` from the quote at `start`; a doubled quote inside is one quote. */
function quoted(pattern: string, start: number): { readonly text: string; readonly end: number } {
  if (pattern.charAt(start + 1) === "'") return { text: "'", end: start + 2 };
  let text = '';
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern.charAt(at) !== "'") text += pattern.charAt(at);
    else if (pattern.charAt(at + 1) === "'") {
      text += "'";
      at++;
    } else return { text, end: at + 1 };
  }
  throw new UnknownNameError('Unterminated quote');
}
