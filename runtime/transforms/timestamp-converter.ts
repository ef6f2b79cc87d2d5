import {
  type ConnectRecord,
  type Fields,
  getField,
  isPlainObject,
  javaTrim,
  type Schema,
  type SimpleDateFormat,
  setField,
  simpleDateFormat,
  type Value,
  withOptions,
} from '../data/index.ts';
import { ConfigError, defineTransform } from '../plugin/index.ts';
import { fieldsOf, requireMap, requireStruct } from './requirements.ts';
import { putField, readField, replaceNullWithDefault, schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';
import {
  formOf,
  formSchema,
  readForm,
  type TimestampForm,
  type TimestampSettings,
  writeForm,
} from './timestamp-formats.ts';

const purpose = 'converting timestamp formats';

/** Turns moments from one form into another: text, unix time, Date, Time, Timestamp. */
export const timestampConverter = sides.map((side) =>
  defineTransform({
    ...namesOf('TimestampConverter', side),
    version: '1.0.0',
    description: `Converts the record's ${side.name.toLowerCase()}, or a field of it, between forms of timestamps.`,
    config: {
      type: 'object',
      required: ['target.type'],
      properties: {
        field: {
          type: 'string',
          default: '',
          importance: 'HIGH',
          description: 'Field with the timestamp; empty when it is the whole.',
        },
        'target.type': {
          type: 'string',
          enum: ['string', 'unix', 'Date', 'Time', 'Timestamp'],
          importance: 'HIGH',
          description: 'The form wanted.',
        },
        format: {
          type: 'string',
          default: '',
          importance: 'MEDIUM',
          description: "Pattern of timestamps that are text, as Java's SimpleDateFormat has them.",
        },
        'unix.precision': {
          type: 'string',
          enum: ['nanoseconds', 'microseconds', 'milliseconds', 'seconds'],
          default: 'milliseconds',
          importance: 'LOW',
          description: 'What unix times count.',
        },
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    validate: (config) => {
      formatOf(config.format, config['target.type'], 0);
    },
    open: (config, ctx) => {
      const target = config['target.type'];
      const settings: TimestampSettings = {
        format: formatOf(config.format, target, ctx.clock.now()),
        pattern: config.format,
        precision: config['unix.precision'],
      };
      const replaceNull = config['replace.null.with.default'];
      const conversion: Conversion = { field: config.field, target, settings, replaceNull };
      return { ...conversion, schemaOf: schemaCache((schema) => changedSchema(schema, conversion)) };
    },
    map: (record, handle) => convertRecord(record, handle, side),
  }),
);

interface Conversion {
  readonly field: string;
  readonly target: TimestampForm;
  readonly settings: TimestampSettings;
  readonly replaceNull: boolean;
}

interface Handle extends Conversion {
  readonly schemaOf: (schema: Schema) => Schema;
}

/** Two-digit years lie between 80 years before `now` and 20 years after. Throws {@link ConfigError}. */
function formatOf(pattern: string, target: TimestampForm, nowMs: number): SimpleDateFormat | undefined {
  if (javaTrim(pattern) === '') {
    if (target !== 'string') return undefined;
    throw new ConfigError(
      'TimestampConverter requires format option to be specified when using string timestamps',
    );
  }
  try {
    return simpleDateFormat(pattern, new Date(nowMs).setUTCFullYear(new Date(nowMs).getUTCFullYear() - 80));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      `TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps: ${pattern}. ${reason}`,
      { cause },
    );
  }
}

function convertRecord(record: ConnectRecord, handle: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  const isNull = value === null || value === undefined;
  if (handle.field === '') {
    const converted = convert(schema, value, handle);
    return side.replace(record, schema === undefined ? undefined : handle.schemaOf(schema), converted);
  }
  if (schema === undefined) return side.replace(record, undefined, isNull ? null : convertMap(value, handle));
  const converted = isNull ? null : convertStruct(schema, requireStruct(schema, value, purpose), handle);
  return side.replace(record, handle.schemaOf(schema), converted);
}

function convert(schema: Schema | undefined, value: Value, { target, settings }: Conversion): Value {
  if (schema !== undefined) formOf(schema, value);
  if (value === null || value === undefined) return null;
  return writeForm(target, readForm(formOf(schema, value), value, settings), settings);
}

function convertMap(value: Value, conversion: Conversion): Fields {
  const map = requireMap(value, purpose);
  const target = { ...map };
  setField(target, conversion.field, convert(undefined, getField(map, conversion.field), conversion));
  return target;
}

function convertStruct(schema: Schema, struct: Fields, conversion: Conversion): Fields {
  const target: Fields = {};
  for (const field of schema.fields) {
    const item = readField(struct, field, conversion.replaceNull);
    const isTarget = field.name === conversion.field;
    putField(target, field.name, field.schema, isTarget ? convert(field.schema, item, conversion) : item);
  }
  return target;
}

function changedSchema(schema: Schema, conversion: Conversion): Schema {
  if (conversion.field === '') return formSchema(conversion.target, schema.optional);
  const fields = fieldsOf(schema).map(({ name, schema: fieldSchema }) => {
    const isTarget = name === conversion.field;
    return [name, isTarget ? formSchema(conversion.target, fieldSchema.optional) : fieldSchema] as const;
  });
  const changed = structLike(schema, fields, { optional: schema.optional });
  if (!isPlainObject(schema.default)) return changed;
  return withOptions(changed, { default: convertStruct(schema, schema.default, conversion) });
}
