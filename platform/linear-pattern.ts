import { createRequire } from 'node:module';

/** A pattern of RE2, as Kafka's consumer groups take them: matched in time linear in the text, whoever wrote it. */
export interface LinearPattern {
  /** Whether it is the whole text. */
  matches(text: string): boolean;
  /** Whether it is somewhere in the text. */
  find(text: string): boolean;
}

let library: typeof import('re2js') | undefined;

/** Compiles a pattern, or tells what is wrong with it. The library is loaded with the first one: a start does not pay for it. */
export function linearPattern(pattern: string): LinearPattern | { readonly problem: string } {
  library ??= createRequire(import.meta.url)('re2js') as typeof import('re2js');
  const { RE2JS, RE2JSSyntaxException } = library;
  try {
    const compiled = RE2JS.compile(pattern);
    return {
      matches: (text) => compiled.matches(text),
      find: (text) => compiled.matcher(text).find(),
    };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return { problem: error.getDescription() };
    throw error;
  }
}
