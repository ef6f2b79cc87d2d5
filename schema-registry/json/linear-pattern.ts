import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** A pattern that is matched in linear time, whatever the text is. */
export interface LinearPattern {
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
}

const require = createRequire(import.meta.url);

/** Compiles a regular expression of a JSON Schema. Throws when it is none. The engine is loaded when it is used first. */
export function linearPattern(pattern: string): LinearPattern {
  const { RE2JS: engine } = require('re2js') as { readonly RE2JS: typeof RE2JS };
  const compiled = engine.compile(pattern);
  return { test: (text) => compiled.matcher(text).find() };
}
