/** Java reads the digits of every script: full-width, Arabic, ... Each block of ten starts at a code ending in 0 or 6. */
export function asciiDigits(text: string): string {
  if (!beyondAscii.test(text)) return text;
  return text.replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const low = code % 16;
    const startsAtZero = low <= 9 && /\p{Nd}/u.test(String.fromCodePoint(code - low));
    return String(startsAtZero ? low : low - 6);
  });
}

const beyondAscii = /[\u0080-\uffff]/;
