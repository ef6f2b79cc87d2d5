import { linearPattern as compile } from '../../platform/linear-pattern.ts';

/** A pattern that is matched in linear time, whatever the text is. */
export interface LinearPattern {
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
  /** The pattern itself: ajv tells patterns apart by it. */
  toString(): string;
}

/** Compiles a regular expression of a JSON Schema. Throws when it is none. The engine is loaded when it is used first. */
export function linearPattern(pattern: string): LinearPattern {
  const compiled = compile(pattern);
  if ('problem' in compiled) throw new SyntaxError(`${pattern} is no pattern of RE2: ${compiled.problem}`);
  return { test: compiled.find, toString: () => pattern };
}
