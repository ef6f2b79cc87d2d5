import type { Schema, SchemaAndValue } from './schema.ts';
import { schemasEqual } from './schema-equality.ts';

const numeric = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64'];

/** The schema that holds all items: the widest number, or the one they share. Undefined when there is none, or no item. */
export function commonSchema(items: readonly (SchemaAndValue | undefined)[]): Schema | undefined {
  let common: Schema | undefined;
  for (const item of items) {
    if (item?.schema === undefined) continue;
    if (common === undefined) common = item.schema;
    else {
      common = merge(common, item.schema);
      if (common === undefined) return undefined;
    }
  }
  return common;
}

function merge(a: Schema, b: Schema): Schema | undefined {
  if (a.type !== b.type) {
    const [left, right] = [numeric.indexOf(a.type), numeric.indexOf(b.type)];
    if (left < 0 || right < 0) return undefined;
    return left > right ? a : b;
  }
  if (a.optional === b.optional) return a.optional ? a : b;
  return schemasEqual(a, b) ? a : undefined;
}
