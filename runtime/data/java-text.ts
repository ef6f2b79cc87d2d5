/** Everything up to the blank, which comes before `!`. */
const blanksAround = /^[^!-\uffff]+|[^!-\uffff]+$/g;

/** As Java's `String.trim`: control characters are blanks, and those beyond ASCII are not. */
export function javaTrim(text: string): string {
  return text.replaceAll(blanksAround, '');
}
