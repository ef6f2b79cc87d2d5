export type { TopicPartition } from './add-partitions.ts';
export type { TransactionMarkers } from './ports.ts';
export { defaultTransactionConfig, type TransactionConfig } from './transaction-config.ts';
export { TransactionService, type TransactionServiceOptions } from './transaction-service.ts';
