/**
 * A draft 4 schema in the words of draft 7: `id` becomes `$id`, and a boolean `exclusiveMinimum` or `exclusiveMaximum`
 * takes the limit's place. For validators that know no draft 4.
 */
export function drafted4As7(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(drafted4As7);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    literal.has(key) ? value : drafted4As7(value),
  ]);
  const converted = Object.fromEntries(entries) as Record<string, unknown>;
  if (typeof converted['id'] === 'string') {
    converted['$id'] = converted['id'];
    delete converted['id'];
  }
  moveLimit(converted, 'minimum', 'exclusiveMinimum');
  moveLimit(converted, 'maximum', 'exclusiveMaximum');
  return converted;
}

/**
 * The schema without what stands beside a `$ref`: up to draft 7 that does not count, but ajv heeds it. What others may point
 * to stays.
 */
export function withoutSiblings(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutSiblings);
  if (typeof schema !== 'object' || schema === null) return schema;
  const isReference = '$ref' in schema && typeof schema.$ref === 'string';
  const entries = Object.entries(schema).filter(([key]) => !isReference || besideReferences.has(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, literal.has(key) ? value : withoutSiblings(value)]),
  );
}

const besideReferences: ReadonlySet<string> = new Set(['$ref', 'id', '$id', 'definitions', '$defs']);

/** Keywords whose values are data, not schemas. */
const literal: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'required', 'examples']);

function moveLimit(schema: Record<string, unknown>, limit: string, exclusive: string): void {
  if (typeof schema[exclusive] !== 'boolean') return;
  if (schema[exclusive] && typeof schema[limit] === 'number') {
    schema[exclusive] = schema[limit];
    delete schema[limit];
  } else delete schema[exclusive];
}
