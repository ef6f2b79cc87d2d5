import type { TransactionMarker } from '../../../broker/replica/transaction-marker.ts';
import type { TransactionVerification } from '../../../broker/replica/transaction-verifier.ts';
import {
  defaultTransactionConfig,
  type TopicPartition,
  type TransactionConfig,
  type TransactionMarkers,
  TransactionService,
} from '../../../broker/transactions/index.ts';
import {
  type AddPartitionsToTxnRequest,
  ErrorCode,
  type InitProducerIdRequest,
  type ListTransactionsRequest,
} from '../../../kafka/protocol/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { MemoryGroupLog, settle } from '../groups/group-fixture.ts';

/** Partitions that take markers, unless they are told to answer something else, or nothing yet. */
export class MemoryMarkers implements TransactionMarkers {
  readonly written: string[] = [];
  readonly last: TransactionMarker[] = [];
  /** By `topic-partition`: what it answers instead of NONE. */
  readonly errors = new Map<string, number>();
  isHolding = false;
  #held: (() => void)[] = [];

  write(
    { topic, partition }: TopicPartition,
    marker: TransactionMarker,
    done: (errorCode: number) => void,
  ): void {
    const name = `${topic}-${partition}`;
    const answer = () => {
      const errorCode = this.errors.get(name) ?? ErrorCode.NONE;
      if (errorCode === ErrorCode.NONE) {
        this.written.push(`${name} ${marker.result} ${marker.producerId}/${marker.producerEpoch}`);
        this.last.push(marker);
      }
      done(errorCode);
    };
    if (this.isHolding) this.#held.push(answer);
    else answer();
  }

  release(): void {
    this.isHolding = false;
    for (const answer of this.#held.splice(0)) answer();
  }
}

export interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

interface World {
  readonly clock: ManualClock;
  readonly log: MemoryGroupLog;
  readonly markers: MemoryMarkers;
  readonly ids: { next: number; failure?: unknown };
}

/** A transaction coordinator with one partition on virtual time, and short forms of requests about the id `txn`. */
export class Transactions {
  readonly clock: ManualClock;
  readonly log: MemoryGroupLog;
  readonly markers: MemoryMarkers;
  readonly ids: World['ids'];
  readonly service: TransactionService;
  serverVersion = 2;

  constructor(config: Partial<TransactionConfig> = {}, world: Partial<World> = {}) {
    this.clock = world.clock ?? new ManualClock();
    this.log = world.log ?? new MemoryGroupLog();
    this.markers = world.markers ?? new MemoryMarkers();
    this.ids = world.ids ?? { next: 100 };
    this.service = new TransactionService({
      clock: this.clock,
      logger: silentLogger,
      log: this.log,
      markers: this.markers,
      config: { ...defaultTransactionConfig, ...config },
      allocateProducerId: async () => {
        if (this.ids.failure !== undefined) throw this.ids.failure;
        return this.ids.next++;
      },
      serverVersion: () => this.serverVersion,
      coordinatorEpoch: () => 3,
      hasPartition: (topic, partition) => topic === 'orders' && partition < 4,
      partitionCount: () => 1,
      offsetsPartition: () => ({ topic: '__consumer_offsets', partition: 1 }),
    });
  }

  static async start(...options: ConstructorParameters<typeof Transactions>): Promise<Transactions> {
    const transactions = new Transactions(...options);
    await transactions.service.load(0);
    transactions.service.start();
    return transactions;
  }

  /** The same log under a new coordinator, as after a restart of the broker. */
  async restart(config: Partial<TransactionConfig> = {}): Promise<Transactions> {
    this.service.stop();
    this.clock.forget();
    const { clock, log, markers, ids } = this;
    return Transactions.start(config, { clock, log, markers, ids });
  }

  initResponse(fields: Partial<InitProducerIdRequest> = {}, apiVersion = 5) {
    return this.service.initProducerId({ ...initDefaults, ...fields }, { apiVersion });
  }

  /** The producer of the id, initialized anew. */
  async init(fields: Partial<InitProducerIdRequest> = {}): Promise<Producer> {
    const { errorCode, producerId, producerEpoch } = await this.initResponse(fields);
    if (errorCode !== ErrorCode.NONE) throw new Error(`InitProducerId: ${errorCode}`);
    return { producerId, producerEpoch };
  }

  async addResponse(producer: Producer, partitions: readonly number[], apiVersion = 3, topic = 'orders') {
    const response = await this.service.addPartitionsToTxn(addRequest(producer, partitions, topic), {
      apiVersion,
    });
    return response.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
      resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    );
  }

  /** AddPartitionsToTxn of a client; the error code of the first partition. */
  async add(producer: Producer, partition = 0, apiVersion = 3): Promise<number> {
    const [errorCode = -2] = await this.addResponse(producer, [partition], apiVersion);
    return errorCode;
  }

  /** What the leader of `orders-0` is told (KIP-890). */
  verify(producer: Producer, mode: TransactionVerification['mode'], partition = 0): Promise<number> {
    const partitions = [{ topic: 'orders', partition }];
    return new Promise((resolve) =>
      this.service.verify({ transactionalId: 'txn', ...producer, partitions, mode }, ([code = -2]) =>
        resolve(code),
      ),
    );
  }

  end(producer: Producer, result: 'commit' | 'abort', apiVersion = 5) {
    const request = { transactionalId: 'txn', ...producer, committed: result === 'commit' };
    return this.service.endTxn(request, { apiVersion });
  }

  async state(transactionalId = 'txn'): Promise<string> {
    const response = await this.service.describeTransactions({ transactionalIds: [transactionalId] });
    return response.transactionStates[0]?.transactionState ?? '';
  }

  async list(fields: Partial<ListTransactionsRequest> = {}) {
    const response = await this.service.listTransactions({ ...listDefaults, ...fields });
    return response.transactionStates.map(({ transactionalId }) => transactionalId).sort();
  }

  /** Lets time pass, and everything that follows from it happen. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }
}

export const initDefaults: InitProducerIdRequest = {
  transactionalId: 'txn',
  transactionTimeoutMs: 60_000,
  producerId: -1,
  producerEpoch: -1,
  enable2Pc: false,
  keepPreparedTxn: false,
};

export const listDefaults: ListTransactionsRequest = {
  stateFilters: [],
  producerIdFilters: [],
  durationFilter: -1,
  transactionalIdPattern: null,
};

export function addRequest(
  { producerId, producerEpoch }: Producer,
  partitions: readonly number[],
  topic = 'orders',
): AddPartitionsToTxnRequest {
  return {
    transactions: [],
    v3AndBelowTransactionalId: 'txn',
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: [{ name: topic, partitions }],
  };
}

export { settle };
