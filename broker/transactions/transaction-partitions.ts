import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { CommitTimeout } from '../coordinator/commit-queue.ts';
import type { CoordinatorLog } from '../coordinator/ports.ts';
import { ShardPartitions } from '../coordinator/shard-partitions.ts';
import type { TransactionMarkers } from './ports.ts';
import { TransactionCoordinator } from './transaction-coordinator.ts';
import { decodeTransaction } from './transaction-record.ts';
import { TransactionShard } from './transaction-shard.ts';

/** What the partitions of a broker share. */
export interface TransactionPartitionOptions {
  readonly log: CoordinatorLog;
  readonly markers: TransactionMarkers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly commitTimeout: CommitTimeout;
  /** The finalized level of `transaction.version`. */
  readonly serverVersion: () => number;
  /** The leader epoch of a partition of `__transaction_state`. */
  readonly coordinatorEpoch: (partition: number) => number;
}

/** The partitions of `__transaction_state` that this broker coordinates. */
export class TransactionPartitions extends ShardPartitions<TransactionShard> {
  constructor(options: TransactionPartitionOptions) {
    const { clock, logger } = options;
    super({
      clock,
      logger,
      load: (partition, signal, onFailed) => load(partition, signal, options, onFailed),
      start: (_partition, shard) => shard.start(),
    });
  }
}

async function load(
  partition: number,
  signal: AbortSignal,
  options: TransactionPartitionOptions,
  onFailed: (error: unknown) => void,
): Promise<TransactionShard> {
  const { log, logger, coordinatorEpoch } = options;
  const coordinator = new TransactionCoordinator();
  let ignored = 0;
  for await (const { records } of log.read(partition)) {
    if (signal.aborted) break;
    for (const { key, value } of records) {
      const stored = decodeTransaction(key, value);
      coordinator.replay(stored);
      if (!('ignored' in stored)) continue;
      ignored += 1;
      logger.debug({ partition, reason: stored.ignored }, 'transaction record ignored');
    }
  }
  const level = coordinator.transactions.size > 0 ? 'info' : 'debug';
  logger[level]({ partition, ids: coordinator.transactions.size, ignored }, 'transactions loaded');
  return new TransactionShard({
    ...options,
    partition,
    coordinator,
    coordinatorEpoch: coordinatorEpoch(partition),
    onFailed,
  });
}
