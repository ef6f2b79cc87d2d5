import type { KafkaClient } from '../../kafka/client/index.ts';
import { TopicLog, type TopicLogRecord } from '../../kafka/client/index.ts';
import type { Logger } from '../../platform/logger.ts';
import type { StorageTopic } from '../config/index.ts';
import { replicationFactorFor } from '../tasks/index.ts';
import { InternalTopicError } from './errors.ts';

/**
 * Opens one of the worker's topics; creates it when it is missing and `isCreated`. Throws {@link InternalTopicError} for one
 * that is missing, is not compacted only (C32), or has more partitions than `partitionsMax`.
 */
export async function openStorageLog(
  client: KafkaClient,
  topic: StorageTopic,
  options: { readonly isCreated: boolean; readonly logger: Logger; readonly partitionsMax?: number },
): Promise<TopicLog> {
  const { name, partitionCount, configs, property } = topic;
  const [found] = await client.admin().describeTopics([name]);
  const isMissing = found?.error?.errorName === 'UNKNOWN_TOPIC_OR_PARTITION';
  if (found?.error !== undefined && !isMissing) throw found.error;
  if (isMissing && !options.isCreated) {
    throw new InternalTopicError(
      `Topic '${name}' specified via the '${property}' property is missing: create it with cleanup.policy=compact, ` +
        'or set internal.topics.automatic.creation.enable=true.',
    );
  }
  const count = found?.partitions?.length ?? 0;
  if (!isMissing && count > (options.partitionsMax ?? Number.POSITIVE_INFINITY)) {
    throw new InternalTopicError(
      `Topic '${name}' specified via the '${property}' property has ${count} partitions and must have exactly one.`,
    );
  }
  const replicationFactor = topic.replicationFactor ?? (isMissing ? await replicationFactorFor(client) : -1);
  try {
    return await TopicLog.open(client, {
      topic: name,
      partitionCount,
      replicationFactor,
      configs,
      logger: options.logger,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InternalTopicError(
      `Topic '${name}' specified via the '${property}' property cannot be used: ${reason}`,
      { cause: error },
    );
  }
}

export type { TopicLog, TopicLogRecord };
