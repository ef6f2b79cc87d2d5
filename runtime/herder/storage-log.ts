import type { KafkaClient } from '../../kafka/client/index.ts';
import { TopicLog } from '../../kafka/client/index.ts';
import type { Logger } from '../../platform/logger.ts';
import type { StorageTopic, WorkerSettings } from '../config/index.ts';
import { replicationFactorFor } from '../tasks/index.ts';
import { InternalTopicError } from './errors.ts';

/** A record of a {@link StorageLog}; its bytes may be slices of a larger buffer. */
export interface StorageRecord {
  readonly record: { readonly key: Buffer | null; readonly value: Buffer | null };
}

/** Where a worker keeps what it has to remember: of records with the same key the last one counts. */
export interface StorageLog {
  /** Hands over what there is, and each new record. Call it once. */
  read(onRecord: (record: StorageRecord) => void): Promise<void>;
  /** Resolves when everything that was there at the time of the call has been handed over. */
  readToEnd(): Promise<void>;
  /** Resolves when the record is durable. */
  append(key: Uint8Array, value: Uint8Array | null, partition?: number): Promise<unknown>;
  close(): Promise<void>;
}

/** The three logs of a worker. */
export interface Storage {
  readonly configs: StorageLog;
  readonly offsets: StorageLog;
  readonly statuses: StorageLog;
}

/**
 * Opens the worker's three topics. Throws {@link InternalTopicError}, and then none of them is open.
 */
export async function openStorageTopics(
  client: KafkaClient,
  worker: WorkerSettings,
  logger: Logger,
): Promise<Storage> {
  const isCreated = worker.isTopicCreationAutomatic;
  const opening = [
    openStorageLog(client, worker.configTopic, { isCreated, logger, partitionsMax: 1 }),
    openStorageLog(client, worker.offsetTopic, { isCreated, logger }),
    openStorageLog(client, worker.statusTopic, { isCreated, logger }),
  ] as const;
  const settled = await Promise.allSettled(opening);
  if (settled.some(({ status }) => status === 'rejected')) {
    const opened = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.allSettled(opened.map((log) => log.close()));
  }
  const [configs, offsets, statuses] = await Promise.all(opening);
  return { configs, offsets, statuses };
}

/**
 * Opens one of the worker's topics; creates it when it is missing and `isCreated`. Throws {@link InternalTopicError} for one
 * that is missing, is not compacted only (C32), or has more partitions than `partitionsMax`.
 */
async function openStorageLog(
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
