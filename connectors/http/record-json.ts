import { type SinkRecord, toJsonText } from '../../runtime/plugin/index.ts';

/** A record's value as JSON. */
export function valueJson(record: SinkRecord): string {
  return toJsonText(record.valueSchema, record.value);
}

/** A record with everything around its value, as JSON. */
export function recordJson(record: SinkRecord): string {
  const { topic, partition, offset, timestamp = null } = record;
  const place = JSON.stringify({ topic, partition, offset, timestamp }).slice(0, -1);
  const headers = record.headers.map(
    ({ key, schema, value }) => `{"key":${JSON.stringify(key)},"value":${toJsonText(schema, value)}}`,
  );
  const key = toJsonText(record.keySchema, record.key);
  return `${place},"key":${key},"headers":[${headers.join(',')}],"value":${valueJson(record)}}`;
}
