import { ConfigurationError, type KafkaClient, TopicLog } from '../../kafka/client/index.ts';
import type { Logger } from '../../platform/logger.ts';
import type { LogRecord, SchemaLog } from './log.ts';

/** The topic that registries keep their schemas in. */
const SCHEMAS_TOPIC = '_schemas';

/** {@link SchemaLog} on Kafka: one compacted partition, created when it is missing. */
export async function openSchemaTopic(
  client: KafkaClient,
  logger: Logger,
  topic: string = SCHEMAS_TOPIC,
): Promise<SchemaLog> {
  const log = await TopicLog.open(client, { topic, partitionCount: 1, logger });
  if (log.partitionCount !== 1) {
    await log.close();
    throw new ConfigurationError(
      `topic ${topic} has ${log.partitionCount} partitions and must have one; name another topic`,
    );
  }
  return {
    append: (key, value) => log.append(key, value, 0),
    readToEnd: () => log.readToEnd(),
    read: (onRecord) => log.read(({ record }) => onRecord(logRecord(record))),
    close: () => log.close(),
  };
}

/** Keys and values are copied: a schema outlives the batch that it came in. */
function logRecord(record: {
  offset: number;
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
}): LogRecord {
  const { offset, timestamp, key, value } = record;
  return {
    offset,
    timestampMs: timestamp,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  };
}
