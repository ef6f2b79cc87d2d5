import type { ConfigProblem } from '../../runtime/plugin/index.ts';

/** Descriptions of fields as configured: each is the name of a type, or a group of properties with `type` among them. */
export interface RawFields {
  readonly [name: string]: unknown;
}

const depthMax = 20;

/**
 * Brings flat keys and nested groups to one form: `{'price.type': 'double', 'price.min': '1'}` becomes
 * `{price: {type: 'double', min: '1'}}`. `price` and `price.min` side by side are one description as well.
 */
export function nestedFields(raw: RawFields, problems: ConfigProblem[]): RawFields {
  const root: Record<string, unknown> = {};
  place(root, raw, [], problems);
  return root;
}

function place(
  root: Record<string, unknown>,
  group: RawFields,
  above: readonly string[],
  problems: ConfigProblem[],
): void {
  for (const [key, value] of Object.entries(group)) {
    const path = [...above, ...key.split('.')];
    if (path.length > depthMax || path.some((name) => name === '' || name === '__proto__')) {
      problems.push({
        key: `fields.${path.slice(0, depthMax).join('.')}`,
        message: 'Names of fields are not empty, not __proto__, and not nested this deeply.',
      });
    } else if (isGroup(value)) place(root, value, path, problems);
    else set(root, path, value);
  }
}

function set(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let group = root;
  for (const name of path.slice(0, -1)) {
    const inner = Object.hasOwn(group, name) ? group[name] : {};
    // What is there already is the type, in its short form.
    const next: Record<string, unknown> = isGroup(inner) ? inner : { type: inner };
    group[name] = next;
    group = next;
  }
  const last = path.at(-1) ?? '';
  const before = Object.hasOwn(group, last) ? group[last] : undefined;
  if (isGroup(before)) before['type'] = value;
  else group[last] = value;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
