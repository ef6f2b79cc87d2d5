import type { ClientSettings } from '../cluster/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Partitioner, ProducerOptions } from './producer.ts';
import type { SenderOptions } from './sender.ts';

const IDEMPOTENT_IN_FLIGHT_MAX = 5;

/** Producer options with their defaults filled in. */
export interface ProducerSettings extends SenderOptions {
  readonly lingerMs: number;
  readonly batchBytes: number;
  readonly deliveryTimeoutMs: number;
  readonly metadataTimeoutMs: number;
  readonly bufferBytesMax: number;
  readonly partitioner: Partitioner | undefined;
  readonly allowAutoTopicCreation: boolean;
  readonly transactionalId: string | undefined;
  readonly transactionTimeoutMs: number;
}

/** Fills in the defaults. Throws {@link ConfigurationError} for contradictions. */
export function producerSettings(options: ProducerOptions, client: ClientSettings): ProducerSettings {
  const acks = options.acks ?? -1;
  const maxInFlight = options.maxInFlight ?? IDEMPOTENT_IN_FLIGHT_MAX;
  const canBeIdempotent = acks === -1 && maxInFlight <= IDEMPOTENT_IN_FLIGHT_MAX;
  if (options.isIdempotent === true && !canBeIdempotent) {
    throw new ConfigurationError('an idempotent producer needs acks -1 and maxInFlight of at most 5');
  }
  const isTransactional = options.transactionalId !== undefined;
  if (isTransactional && (options.isIdempotent === false || !canBeIdempotent)) {
    throw new ConfigurationError(
      'a transactional producer is idempotent: acks -1 and maxInFlight of at most 5',
    );
  }
  if (maxInFlight < 1) throw new ConfigurationError('maxInFlight has to be at least 1');
  const requestBytesMax = options.requestBytesMax ?? 1_048_576;
  return {
    clientId: options.clientId ?? client.clientId,
    acks,
    isIdempotent: options.isIdempotent ?? canBeIdempotent,
    maxInFlight,
    requestBytesMax,
    requestTimeoutMs: options.requestTimeoutMs ?? client.requestTimeoutMs,
    packing: { codec: options.compression ?? 'none', level: options.compressionLevel, isTransactional },
    lingerMs: options.lingerMs ?? 0,
    batchBytes: Math.min(options.batchBytes ?? 1_000_000, requestBytesMax),
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 120_000,
    metadataTimeoutMs: options.metadataTimeoutMs ?? 60_000,
    bufferBytesMax: options.bufferBytesMax ?? 32 << 20,
    partitioner: options.partitioner,
    transactionalId: options.transactionalId,
    transactionTimeoutMs: options.transactionTimeoutMs ?? 60_000,
    isTransactional,
    allowAutoTopicCreation: options.allowAutoTopicCreation ?? true,
  };
}
