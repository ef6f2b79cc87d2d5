import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  endTxnRequest,
  endTxnResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  type InitProducerIdRequest,
  initProducerIdRequest,
  initProducerIdResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, produceMessages } from '../broker-fixture.ts';
import type { RawClient } from '../raw-client.ts';
import { addRequest, initDefaults, type Producer } from './transaction-fixture.ts';

const READ_COMMITTED = 1;

/** A broker whose transactional id `txn` a raw client works with, as producers of both generations do. */
export class TxnClient {
  readonly fixture: BrokerFixture;
  /** Sequence of the next record, by partition; begins anew with each epoch. */
  readonly #sequences = new Map<string, number>();

  constructor(fixture: BrokerFixture) {
    this.fixture = fixture;
  }

  static async start(properties: Record<string, string> = {}): Promise<TxnClient> {
    const fixture = await BrokerFixture.start({ 'transaction.state.log.num.partitions': '2', ...properties });
    const client = new TxnClient(fixture);
    await fixture.createTopic('orders', 2);
    await client.findCoordinator('txn');
    await client.findCoordinator('g', 0);
    return client;
  }

  get client(): RawClient {
    return this.fixture.client;
  }

  async findCoordinator(key: string, keyType = 1, version = 6) {
    const body = version >= 4 ? { keyType, coordinatorKeys: [key] } : { keyType, key };
    const response = await this.during(
      this.client.request([findCoordinatorRequest, findCoordinatorResponse] as const, version, body),
    );
    return version >= 4 ? response?.coordinators[0] : response;
  }

  async initResponse(fields: Partial<InitProducerIdRequest> = {}, version = 5) {
    const messages = [initProducerIdRequest, initProducerIdResponse] as const;
    return this.during(this.client.request(messages, version, { ...initDefaults, ...fields }));
  }

  async init(fields: Partial<InitProducerIdRequest> = {}): Promise<Producer> {
    const response = await this.initResponse(fields);
    if (response?.errorCode !== 0) throw new Error(`InitProducerId: ${response?.errorCode}`);
    return { producerId: response.producerId, producerEpoch: response.producerEpoch };
  }

  async add(producer: Producer, partitions: readonly number[], version = 3, topic = 'orders') {
    const messages = [addPartitionsToTxnRequest, addPartitionsToTxnResponse] as const;
    const response = await this.during(
      this.client.request(messages, version, {
        ...addRequest(producer, partitions, topic),
        transactions: [],
      }),
    );
    return response?.resultsByTopicV3AndBelow[0]?.resultsByPartition.map((each) => each.partitionErrorCode);
  }

  async produce(producer: Producer, values: readonly string[], { partition = 0, version = 12 } = {}) {
    const key = `${producer.producerId}/${producer.producerEpoch}/${partition}`;
    const baseSequence = this.#sequences.get(key) ?? 0;
    const records = batchOf(values, { ...producer, baseSequence, isTransactional: true });
    const topicData = [{ name: 'orders', partitionData: [{ index: partition, records }] }];
    const body = { transactionalId: 'txn', acks: -1, timeoutMs: 30_000, topicData };
    const response = await this.during(this.client.request(produceMessages, version, body));
    const errorCode = response?.responses[0]?.partitionResponses[0]?.errorCode;
    if (errorCode === 0) this.#sequences.set(key, baseSequence + values.length);
    return errorCode;
  }

  async end(producer: Producer, committed: boolean, version = 5) {
    const body = { transactionalId: 'txn', ...producer, committed };
    return this.during(this.client.request([endTxnRequest, endTxnResponse] as const, version, body));
  }

  async addOffsets(producer: Producer, version = 4) {
    const messages = [addOffsetsToTxnRequest, addOffsetsToTxnResponse] as const;
    const body = { transactionalId: 'txn', ...producer, groupId: 'g' };
    return (await this.during(this.client.request(messages, version, body)))?.errorCode;
  }

  async commitOffset(producer: Producer, committedOffset: number, version = 5) {
    const messages = [txnOffsetCommitRequest, txnOffsetCommitResponse] as const;
    const partition = { partitionIndex: 0, committedOffset, committedMetadata: '' };
    const topics = [{ name: 'orders', partitions: [partition] }];
    const body = { transactionalId: 'txn', groupId: 'g', ...producer, topics };
    const response = await this.during(this.client.request(messages, version, body));
    return response?.topics[0]?.partitions[0]?.errorCode;
  }

  /** The committed offset of `orders-0` in group `g`, or the error code of one that is not stable. */
  async stableOffset() {
    const messages = [offsetFetchRequest, offsetFetchResponse] as const;
    const topics = [{ name: 'orders', partitionIndexes: [0] }];
    const body = { groups: [{ groupId: 'g', topics }], requireStable: true };
    const response = await this.during(this.client.request(messages, 9, body));
    const partition = response?.groups[0]?.topics[0]?.partitions[0];
    return partition?.errorCode === 0 ? partition.committedOffset : { errorCode: partition?.errorCode };
  }

  async writeMarkers(
    producer: Producer,
    partitions: readonly number[],
    { topic = 'orders', version = 2, committed = false, coordinatorEpoch = 0 } = {},
  ) {
    const messages = [writeTxnMarkersRequest, writeTxnMarkersResponse] as const;
    const topics = [{ name: topic, partitionIndexes: partitions }];
    const marker = { ...producer, transactionResult: committed, topics, coordinatorEpoch };
    const response = await this.during(this.client.request(messages, version, { markers: [marker] }));
    return response?.markers[0]?.topics[0]?.partitions.map(({ errorCode }) => errorCode);
  }

  async describe(transactionalId = 'txn') {
    const messages = [describeTransactionsRequest, describeTransactionsResponse] as const;
    const response = await this.during(
      this.client.request(messages, 0, { transactionalIds: [transactionalId] }),
    );
    return response?.transactionStates[0];
  }

  /** Finalizes another level of the feature; the error code. */
  async setTransactionVersion(maxVersionLevel: number) {
    const messages = [updateFeaturesRequest, updateFeaturesResponse] as const;
    const UNSAFE_DOWNGRADE = 3;
    const update = { feature: 'transaction.version', maxVersionLevel, upgradeType: UNSAFE_DOWNGRADE };
    const body = { timeoutMs: 1000, featureUpdates: [update], validateOnly: false };
    return (await this.during(this.client.request(messages, 1, body)))?.errorCode;
  }

  /** Where a read_committed consumer has to stop, and the aborted transactions before that. */
  async stable(partition = 0) {
    const part = await this.during(
      this.fixture.fetch('orders', 0, { partition, isolationLevel: READ_COMMITTED }),
    );
    return { end: part?.lastStableOffset, aborted: part?.abortedTransactions ?? null };
  }

  async during<T>(promise: Promise<T>): Promise<T> {
    return this.fixture.during(promise);
  }
}
