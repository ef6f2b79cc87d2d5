import type { JsonValue, OffsetChange } from '../plugin/index.ts';
import type { SentOffset } from './connector-info.ts';
import { BadRequestError } from './errors.ts';

/** Reads an offset of a sink as a client sent it (KIP-875). Throws BadRequestError in Kafka Connect's words. */
export function sinkOffset({ partition, offset }: SentOffset): OffsetChange {
  if (partition === null) {
    throw new BadRequestError('The partition for a sink connector offset cannot be null or missing');
  }
  const { kafka_topic: topic, kafka_partition: number } = partition;
  if (topic === undefined || number === undefined) {
    throw new BadRequestError(
      "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'",
    );
  }
  if (topic === null) {
    throw new BadRequestError('Kafka topic names must be valid strings and may not be null');
  }
  return {
    topic: typeof topic === 'string' ? topic : JSON.stringify(topic),
    partition: integerOf(number, 'partition', 'Partition'),
    offset: offset === null ? undefined : nextOffset(offset['kafka_offset']),
  };
}

function nextOffset(value: JsonValue | undefined): number {
  if (value !== undefined) return integerOf(value, 'offset', 'Offset');
  throw new BadRequestError(
    "The offset for a sink connector should either be null or contain the key 'kafka_offset'",
  );
}

function integerOf(value: JsonValue, what: string, title: string): number {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (/^[+-]?\d{1,19}$/.test(text)) return Number(text);
  throw new BadRequestError(
    `Failed to parse the following Kafka ${what} value in the provided offsets: '${text}'. ` +
      `${title} values for sink connectors need to be integers.`,
  );
}
