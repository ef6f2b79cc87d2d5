import {
  decode,
  ProtocolDecodeError,
  type TransactionLogValue,
  transactionLogKey,
  transactionLogValue,
  UnsupportedVersionError,
} from '../../kafka/protocol/index.ts';
import {
  type CoordinatorRecord,
  decodeVersioned,
  encodePrefixed,
} from '../coordinator/coordinator-record.ts';
import { type Transaction, transactionStates } from './transaction.ts';

/** The int16 that keys begin with. */
const KEY_TYPE = 0;

/** What reading a record of `__transaction_state` may give. `transaction` is null after the id was forgotten. */
export type StoredTransaction =
  | { readonly transactionalId: string; readonly transaction: Transaction | null }
  | { readonly ignored: string };

/**
 * The bytes of a transaction as Kafka 4.3 writes them; of a dead one the tombstone. The first version of the value is
 * written as long as `transaction.version` is 0, and can say all there is to say.
 */
export function encodeTransaction(transaction: Transaction, serverVersion: number): CoordinatorRecord {
  const { transactionalId, state } = transaction;
  const key = encodePrefixed(transactionLogKey, KEY_TYPE, { transactionalId }, 0);
  if (state === 'Dead') return { key, value: null };
  const version = serverVersion > 0 || transaction.clientVersion > 0 ? 1 : 0;
  const producerIds = {
    previousProducerId: transaction.previousProducerId,
    nextProducerId: transaction.nextProducerId,
  };
  const value = encodePrefixed(transactionLogValue, version, {
    producerId: transaction.producerId,
    ...(version > 0 ? producerIds : {}),
    producerEpoch: transaction.producerEpoch,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStatus: transactionStates.indexOf(state),
    transactionPartitions: state === 'Empty' ? null : partitionsOf(transaction),
    transactionLastUpdateTimestampMs: transaction.lastUpdateTimestamp,
    transactionStartTimestampMs: transaction.startTimestamp,
    clientTransactionVersion: transaction.clientVersion,
  });
  return { key, value };
}

/** Reads a record. Never throws: what cannot be read is `ignored`, with the reason. Keeps no slice of its input. */
export function decodeTransaction(key: Buffer, value: Buffer | null): StoredTransaction {
  if (key.length < 2 || key.readInt16BE(0) !== KEY_TYPE) return { ignored: 'the key is of another type' };
  try {
    const { transactionalId } = decode(transactionLogKey, 0, key, 2);
    if (value === null) return { transactionalId, transaction: null };
    return fromValue(transactionalId, decodeVersioned(transactionLogValue, value));
  } catch (error) {
    if (!(error instanceof ProtocolDecodeError || error instanceof UnsupportedVersionError)) throw error;
    return { ignored: error.message };
  }
}

function fromValue(transactionalId: string, value: TransactionLogValue): StoredTransaction {
  const state = transactionStates[value.transactionStatus];
  if (state === undefined || state === 'Dead' || state === 'PrepareEpochFence') {
    return { ignored: `transaction status ${value.transactionStatus} is not one of a record` };
  }
  const partitions = new Map<string, Set<number>>();
  for (const { topic, partitionIds } of value.transactionPartitions ?? []) {
    partitions.set(topic, new Set([...(partitions.get(topic) ?? []), ...partitionIds]));
  }
  const transaction: Transaction = {
    transactionalId,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: -1,
    timeoutMs: value.transactionTimeoutMs,
    state,
    partitions,
    startTimestamp: value.transactionStartTimestampMs,
    lastUpdateTimestamp: value.transactionLastUpdateTimestampMs,
    clientVersion: value.clientTransactionVersion,
  };
  return { transactionalId, transaction };
}

function partitionsOf({ partitions }: Transaction): { topic: string; partitionIds: number[] }[] {
  return [...partitions].map(([topic, ids]) => ({ topic, partitionIds: [...ids] }));
}
