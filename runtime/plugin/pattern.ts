import { createRequire } from 'node:module';
import type * as Re2 from 're2js';
import { ConfigError } from './errors.ts';

const require = createRequire(import.meta.url);

/** A user's regular expression in Java's syntax, run by RE2: time is linear in the input, whatever the pattern. */
export interface Pattern {
  readonly source: string;
  /** True when the whole text matches, as Java's `matches()`. */
  matches(text: string): boolean;
  /** True when any part matches, as Java's `find()`. */
  find(text: string): boolean;
  /**
   * When the whole text matches: `replacement` with `$1`, `${name}` and `\` escapes, as Java's `replaceFirst`; else
   * undefined. Throws RE2's error when the replacement names a group that does not exist, or ends in `$` or `\`.
   */
  replaceMatch(text: string, replacement: string): string | undefined;
}

/** Loads RE2 on first use: it takes 17 ms that most processes never need. */
function re2(): typeof Re2 {
  return require('re2js') as typeof Re2;
}

/**
 * Compiles `source`. Throws {@link ConfigError} when RE2 cannot: a syntax error, or what only backtracking engines have
 * (look-around, back-references, possessive quantifiers).
 */
export function compilePattern(source: string): Pattern {
  const reason = patternProblem(source);
  if (reason !== undefined) throw new ConfigError(reason);
  const compiled = re2().RE2JS.compile(source);
  return {
    source,
    matches: (text) => compiled.matches(text),
    find: (text) => compiled.matcher(text).find(),
    replaceMatch: (text, replacement) => {
      const matcher = compiled.matcher(text);
      return matcher.matches() ? matcher.replaceFirst(replacement, true) : undefined;
    },
  };
}

/** Why `source` is not a usable pattern; undefined when it is. */
export function patternProblem(source: string): string | undefined {
  try {
    re2().RE2JS.compile(source);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Invalid regex: ${reason}. Patterns run on RE2: no look-around, back-references or possessive quantifiers.`;
  }
}
