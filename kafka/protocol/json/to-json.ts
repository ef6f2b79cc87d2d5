import { defaultOf, isDefault } from '../codec/defaults.ts';
import { type Layout, type LayoutField, layoutOf, structLayout } from '../codec/layout.ts';
import type { Field, MessageDefinition } from '../schema/index.ts';
import { float64Json, int64Json, type JsonForm, type JsonObject } from './json-text.ts';

/**
 * What becomes of `records` fields. Kafka's own form has an empty string wherever there are records;
 * `base64` keeps their bytes.
 */
export interface JsonOptions {
  readonly records?: 'empty' | 'base64';
}

/**
 * The value in Kafka's JSON form, for `JSON.stringify`: camelCase, uuids and bytes in base64, int64 bare,
 * tagged fields only where they are not at their default, fields that the version lacks left out.
 * int64 may be number or bigint; fields left out take their default. `records` come out empty unless `options` say otherwise.
 */
export function toJson(
  definition: MessageDefinition,
  version: number,
  value: object,
  { records = 'empty' }: JsonOptions = {},
): JsonObject {
  return structJson(layoutOf(definition, version), value, records === 'base64');
}

function structJson(layout: Layout, value: object, keepsRecords: boolean): JsonObject {
  const given = value as Readonly<Record<string, unknown>>;
  const isWritten = (field: LayoutField) =>
    layout.plain.includes(field) ||
    (layout.tagged.includes(field) && !isAtDefault(field.field, given[field.name]));
  return Object.fromEntries(
    layout.all
      .filter(isWritten)
      .map((field) => [field.name, fieldJson(field, given[field.name], layout.version, keepsRecords)]),
  );
}

function isAtDefault(field: Field, value: unknown): boolean {
  return isDefault(field, value, 'typed') || isDefault(field, value, 'exact');
}

function fieldJson(
  layoutField: LayoutField,
  given: unknown,
  version: number,
  keepsRecords: boolean,
): JsonForm {
  const { field, isFlexible } = layoutField;
  const value = given === undefined ? defaultOf(field, 'exact') : given;
  if (value === null) return null;
  switch (field.type) {
    case 'int64':
      return int64Json(value as number | bigint);
    case 'float64':
      return float64Json(value as number);
    case 'bytes':
      return (value as Buffer).toString('base64');
    case 'records':
      return keepsRecords ? (value as Buffer).toString('base64') : '';
    case 'struct':
      return structJson(structLayout(field.fields ?? {}, version, isFlexible), value as object, keepsRecords);
    case 'array':
      return (value as readonly unknown[]).map((element) =>
        fieldJson({ ...layoutField, field: field.element ?? field }, element, version, keepsRecords),
      );
    default:
      return value as string | number | boolean;
  }
}
