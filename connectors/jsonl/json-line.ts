import { type SinkRecord, toJsonText } from '../../runtime/plugin/index.ts';

/** A record's value as one line of JSON, with its line end. */
export function valueLine(record: SinkRecord): string {
  return `${toJsonText(record.valueSchema, record.value)}\n`;
}

/** A record with everything around its value, as one line. */
export function recordLine(record: SinkRecord): string {
  const { topic, partition, offset, timestamp = null } = record;
  const place = JSON.stringify({ topic, partition, offset, timestamp }).slice(0, -1);
  const headers = record.headers.map(
    ({ key, schema, value }) => `{"key":${JSON.stringify(key)},"value":${toJsonText(schema, value)}}`,
  );
  const key = toJsonText(record.keySchema, record.key);
  return `${place},"key":${key},"headers":[${headers.join(',')}],"value":${toJsonText(record.valueSchema, record.value)}}\n`;
}
