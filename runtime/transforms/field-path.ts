import {
  DataError,
  type Field,
  type Fields,
  fieldOf,
  getField,
  type Schema,
  UnknownNameError,
  type Value,
} from '../data/index.ts';
import { ConfigError } from '../plugin/index.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { readField } from './schema-change.ts';

/** Names a field, possibly nested: `a.b`, or `` a.`b.c` `` where a name has dots. */
export interface FieldPath {
  /** As it was written. */
  readonly text: string;
  readonly steps: readonly string[];
}

/** The setting of transforms that can look into nested fields. */
export const fieldSyntaxVersion = {
  type: 'string',
  enum: ['V1', 'V2'],
  ignoreCase: true,
  default: 'V1',
  importance: 'HIGH',
  description:
    'V1: a name is one field. V2: dots lead into nested fields, and backticks surround names with dots.',
} as const;

/** Reads a path. Throws {@link ConfigError} for a backtick without its pair. */
export function parseFieldPath(text: string, version: 'V1' | 'V2'): FieldPath {
  return { text, steps: version === 'V1' ? [text] : splitPath(text) };
}

function splitPath(text: string): string[] {
  const steps: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { step, end } = text.charAt(at) === '`' ? quotedStep(text, at) : plainStep(text, at);
    steps.push(step);
    at = end + 1;
  }
  if (text.endsWith('.')) steps.push('');
  return steps;
}

function plainStep(text: string, start: number) {
  const dot = text.indexOf('.', start);
  const end = dot < 0 ? text.length : dot;
  return { step: text.slice(start, end), end };
}

/** A closing backtick is followed by a dot or the end, and has no backslash before it. */
function quotedStep(text: string, start: number) {
  let step = '';
  for (let at = start + 1; at < text.length; at++) {
    const isLast = at === text.length - 1;
    if (text.charAt(at) === '`' && (isLast || text.charAt(at + 1) === '.')) {
      if (text.charAt(at - 1) !== '\\') return { step, end: at + 1 };
      if (isLast) break;
      step = step.slice(0, -1);
    }
    step += text.charAt(at);
  }
  throw new ConfigError(
    `Incomplete backtick pair in path: [${text}], consider adding a backslash before backtick at position ${start} to escape it`,
  );
}

/** The field that the path leads to; undefined when there is none. */
export function fieldAt(schema: Schema, path: FieldPath): Field | undefined {
  let current: Schema | undefined = schema;
  let field: Field | undefined;
  for (const step of requireSteps(path)) {
    if (current === undefined) return undefined;
    if (current.type !== 'struct') throw new DataError('Cannot look up fields on non-struct type');
    field = fieldOf(current, step);
    current = field?.schema;
  }
  return field;
}

/** The value at the end of the path in a struct; null when something on the way is null or missing. */
export function structValueAt(schema: Schema, struct: Fields, path: FieldPath, replaceNull: boolean): Value {
  let value: Value = struct;
  let current = schema;
  for (const [index, step] of requireSteps(path).entries()) {
    if (index > 0 && value === null) return null;
    const field = fieldOf(current, step);
    if (field === undefined) return null;
    value = readField(requireStruct(current, value, 'nested field access'), field, replaceNull);
    current = field.schema;
  }
  return value;
}

/** The value at the end of the path in a map; null when something on the way is null or missing. */
export function mapValueAt(map: Fields, path: FieldPath): Value {
  let value: Value = map;
  for (const step of requireSteps(path)) {
    if (value === null) return null;
    value = getField(requireMap(value, 'nested field access'), step);
  }
  return value;
}

function requireSteps({ steps }: FieldPath): readonly string[] {
  if (steps.length === 0) throw new UnknownNameError('The field path is empty: name a field.');
  return steps;
}
