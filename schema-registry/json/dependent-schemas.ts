/**
 * The schema with conditions in the place of `dependentSchemas`. They mean the same, but ajv takes none of an object's
 * properties for evaluated where `unevaluatedProperties` stands beside a dependency that does not apply.
 */
export function dependentAsConditions(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(dependentAsConditions);
  if (!isObject(schema)) return schema;
  const { dependentSchemas, ...others } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, converted(key, value)]),
  );
  if (!isObject(dependentSchemas)) return others;
  const conditions = Object.entries(dependentSchemas).map(([name, then]) => ({
    if: { type: 'object', required: [name] },
    then,
  }));
  const { allOf } = others;
  return { ...others, allOf: [...(Array.isArray(allOf) ? (allOf as unknown[]) : []), ...conditions] };
}

function converted(keyword: string, value: unknown): unknown {
  if (literal.has(keyword)) return value;
  if (!named.has(keyword) || !isObject(value)) return dependentAsConditions(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, dependentAsConditions(each)]));
}

/** Keywords whose values are data, not schemas. */
const literal: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'required', 'examples']);

/** Keywords whose members are schemas, under any name. */
const named: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
