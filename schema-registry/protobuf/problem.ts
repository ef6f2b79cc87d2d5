import { SchemaParseError } from '../errors.ts';
import type { Position } from './syntax-tree.ts';

/** The error about what stands at this place. */
export function problemAt(problem: string, at: Position): SchemaParseError {
  return new SchemaParseError(at === '' ? problem : `${problem} at ${at}`);
}
