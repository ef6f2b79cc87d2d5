import { setImmediate } from 'node:timers/promises';
import type { CoordinatorRecord } from '../../../broker/coordinator/coordinator-record.ts';
import type {
  CoordinatorBatch,
  LogTransaction,
  TransactionalLog,
} from '../../../broker/coordinator/ports.ts';
import type { ConsumerWorld } from '../../../broker/groups/consumer/consumer-world.ts';
import { MetadataHashes } from '../../../broker/groups/consumer/metadata-hash.ts';
import {
  type ConsumerGroupTimes,
  defaultGroupConfig,
  type GroupConfig,
  GroupService,
  type GroupTopics,
  type OffsetTransaction,
  type OffsetTransactions,
} from '../../../broker/groups/index.ts';
import type { TransactionMarker } from '../../../broker/replica/transaction-marker.ts';
import type {
  JoinGroupRequest,
  JoinGroupResponse,
  OffsetCommitRequest,
  OffsetFetchRequest,
  SyncGroupRequest,
  SyncGroupResponse,
  TxnOffsetCommitRequest,
} from '../../../kafka/protocol/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';

/** A log in memory. Appends are committed at once, unless it is told to hold, refuse or lose them. */
export class MemoryGroupLog implements TransactionalLog {
  readonly #partitions = new Map<number, CoordinatorRecord[]>();
  /** Producers of records that were written in transactions. */
  readonly #producers = new Map<CoordinatorRecord, number>();
  /** Markers, by the record that stands for them. */
  readonly #markers = new Map<CoordinatorRecord, TransactionMarker>();
  #held: { partition: number; start: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  /** Appends wait for {@link commit} or {@link lose}. */
  isHolding = false;
  /** Thrown by appends, which then write nothing. */
  refusal: unknown;
  /** Thrown by reads. */
  readFailure: unknown;
  /** Reads wait for it. */
  readGate: Promise<void> = Promise.resolve();

  append(partition: number, records: readonly CoordinatorRecord[]): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    const log = this.records(partition);
    const start = log.length;
    log.push(...records);
    if (!this.isHolding) return Promise.resolve();
    return new Promise((resolve, reject) => this.#held.push({ partition, start, resolve, reject }));
  }

  appendTransactional(
    partition: number,
    { producerId }: LogTransaction,
    records: readonly CoordinatorRecord[],
  ): Promise<void> {
    const append = this.append(partition, records);
    for (const record of records) this.#producers.set(record, producerId);
    return append;
  }

  appendMarker(partition: number, marker: TransactionMarker): Promise<void> {
    const record = { key: Buffer.alloc(0), value: null };
    const append = this.append(partition, [record]);
    this.#markers.set(record, marker);
    return append;
  }

  async *read(partition: number): AsyncGenerator<CoordinatorBatch> {
    await this.readGate;
    if (this.readFailure !== undefined) throw this.readFailure;
    for (const record of [...this.records(partition)]) {
      const marker = this.#markers.get(record);
      if (marker !== undefined) yield { records: [], producerId: marker.producerId, marker: marker.result };
      else yield { records: [record], producerId: this.#producers.get(record) ?? -1, marker: undefined };
    }
  }

  records(partition = 0): CoordinatorRecord[] {
    const known = this.#partitions.get(partition);
    if (known !== undefined) return known;
    const records: CoordinatorRecord[] = [];
    this.#partitions.set(partition, records);
    return records;
  }

  /** Commits what is held. */
  commit(): void {
    for (const { resolve } of this.#held.splice(0)) resolve();
  }

  /** Drops what is held and fails its appends. */
  lose(error: unknown): void {
    for (const { partition, start, reject } of this.#held.splice(0)) {
      const records = this.records(partition);
      records.length = Math.min(records.length, start);
      reject(error);
    }
  }
}

/** A transaction coordinator that lets every commit of offsets in, unless it is told an error. */
class OpenTransactions implements OffsetTransactions {
  readonly asked: OffsetTransaction[] = [];
  /** Given instead of permission. */
  errorCode = 0;

  begin(_partition: number, transaction: OffsetTransaction): Promise<LogTransaction | number> {
    this.asked.push(transaction);
    const { producerId, producerEpoch } = transaction;
    const begun = { producerId, producerEpoch, guard: undefined };
    return Promise.resolve(this.errorCode === 0 ? begun : this.errorCode);
  }
}

/** Topics by name, with their ids and partition counts. */
export class MemoryTopics implements GroupTopics {
  readonly #topics = new Map<string, { readonly id: string; readonly partitions: number }>();
  version = 0;
  createdVersion = 0;
  /** Racks of every partition's replicas. */
  racks: readonly string[] = [];

  constructor(partitions: Readonly<Record<string, number>> = {}) {
    for (const [name, count] of Object.entries(partitions)) this.create(name, count);
  }

  create(name: string, partitions = 3, id = topicId(name)): void {
    this.#topics.set(name, { id, partitions });
    this.version += 1;
    this.createdVersion = this.version;
  }

  /** Adds partitions, up to this number. */
  grow(name: string, partitions: number): void {
    this.#topics.set(name, { id: this.topicId(name) ?? topicId(name), partitions });
    this.version += 1;
  }

  delete(name: string): void {
    this.#topics.delete(name);
    this.version += 1;
  }

  partitionCount(name: string): number {
    return this.#topics.get(name)?.partitions ?? 0;
  }

  partitionRacks(): readonly string[] {
    return this.racks;
  }

  names(): Iterable<string> {
    return this.#topics.keys();
  }

  topicId(name: string): string | undefined {
    return this.#topics.get(name)?.id;
  }

  topicName(id: string): string | undefined {
    return [...this.#topics].find(([, topic]) => topic.id === id)?.[0];
  }

  hasPartition(name: string, partition: number): boolean {
    return partition >= 0 && partition < (this.#topics.get(name)?.partitions ?? 0);
  }
}

/** A topic id made from a few letters. */
export function topicId(text: string): string {
  return Buffer.from(text.padEnd(16, '.').slice(0, 16)).toString('base64url');
}

/** A response on its way. */
export class Pending<Response> {
  readonly promise: Promise<Response>;
  #response: Response | undefined;

  constructor(promise: Promise<Response>) {
    this.promise = promise;
    promise.then((response) => {
      this.#response = response;
    });
  }

  get isParked(): boolean {
    return this.#response === undefined;
  }

  /** The response; throws while the request is parked. */
  get response(): Response {
    if (this.#response === undefined) throw new Error('the request is parked');
    return this.#response;
  }
}

/** Kafka's defaults, but assignments are not held back. */
export const consumerTimes: ConsumerGroupTimes = {
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 5_000,
  assignmentIntervalMs: 0,
};

/** What decisions about consumer groups depend on, for coordinators without a service around them. */
export function consumerWorld(
  classic: ConsumerWorld['classic'],
  topics: GroupTopics = new MemoryTopics(),
  settings: Partial<ConsumerWorld['settings']> = {},
): ConsumerWorld {
  return {
    topics,
    hashes: new MetadataHashes(topics),
    classic,
    timesOf: () => consumerTimes,
    settings: {
      maxSize: 100,
      assignors: ['uniform', 'range'],
      migrationPolicy: 'bidirectional',
      regexRefreshIntervalMs: 600_000,
      ...settings,
    },
  };
}

/** A coordinator with one partition on virtual time, and short forms of the requests that tests send to it. */
export class Groups {
  readonly clock: ManualClock;
  readonly log: MemoryGroupLog;
  readonly topics: MemoryTopics;
  readonly entropy: SeededEntropy;
  readonly transactions = new OpenTransactions();
  readonly service: GroupService;
  /** Configs of all consumer groups. */
  times: ConsumerGroupTimes = consumerTimes;
  isConsumerProtocolEnabled = true;
  /** Where members that join come from. */
  clientHost = '/127.0.0.1';

  constructor(
    config: Partial<GroupConfig> = {},
    world: Partial<Pick<Groups, 'clock' | 'log' | 'topics' | 'entropy'>> & { partitions?: number } = {},
  ) {
    this.clock = world.clock ?? new ManualClock();
    this.log = world.log ?? new MemoryGroupLog();
    this.topics = world.topics ?? new MemoryTopics({ orders: 4, payments: 4 });
    this.entropy = world.entropy ?? new SeededEntropy(7);
    this.service = new GroupService({
      clock: this.clock,
      entropy: this.entropy,
      logger: silentLogger,
      log: this.log,
      topics: this.topics,
      transactions: this.transactions,
      config: { ...defaultGroupConfig, ...config },
      partitionCount: () => world.partitions ?? 1,
      timesOf: () => this.times,
      isConsumerProtocolEnabled: () => this.isConsumerProtocolEnabled,
    });
  }

  static async start(...options: ConstructorParameters<typeof Groups>): Promise<Groups> {
    const groups = new Groups(...options);
    await groups.service.load(0);
    return groups;
  }

  /** The same log under a new coordinator, as after a restart of the broker. */
  async restart(config: Partial<GroupConfig> = {}): Promise<Groups> {
    this.service.stop();
    this.clock.forget();
    const { clock, log, topics, entropy } = this;
    return Groups.start(config, { clock, log, topics, entropy });
  }

  async join(fields: Partial<JoinGroupRequest> = {}, apiVersion = 9): Promise<Pending<JoinGroupResponse>> {
    const request = { ...joinDefaults, ...fields };
    const from = { ...context(apiVersion), clientHost: this.clientHost };
    const pending = new Pending(this.service.joinGroup(request, from));
    await settle();
    return pending;
  }

  /** Joins as a dynamic member: takes the member id first. Returns it with the second, usually parked, request. */
  async enter(
    fields: Partial<JoinGroupRequest> = {},
  ): Promise<{ id: string; joining: Pending<JoinGroupResponse> }> {
    const first = await this.join(fields);
    const id = first.response.memberId;
    return { id, joining: await this.join({ ...fields, memberId: id }) };
  }

  async sync(fields: Partial<SyncGroupRequest>, apiVersion = 5): Promise<Pending<SyncGroupResponse>> {
    const request = { ...syncDefaults, ...fields };
    const pending = new Pending(this.service.syncGroup(request, context(apiVersion)));
    await settle();
    return pending;
  }

  async heartbeat(
    memberId: string,
    generationId: number,
    groupInstanceId: string | null = null,
  ): Promise<number> {
    const request = { groupId: 'g', memberId, generationId, groupInstanceId };
    return (await this.service.heartbeat(request)).errorCode;
  }

  async commit(fields: Partial<OffsetCommitRequest> = {}, apiVersion = 9): Promise<number> {
    const request = { ...commitDefaults, ...fields };
    const response = await this.service.offsetCommit(request, context(apiVersion));
    return response.topics[0]?.partitions[0]?.errorCode ?? -2;
  }

  /** A commit in the transaction of producer 7. */
  async txnCommit(fields: Partial<TxnOffsetCommitRequest> = {}, apiVersion = 5): Promise<number> {
    const request = { ...txnCommitDefaults, ...fields };
    const response = await this.service.txnOffsetCommit(request, context(apiVersion));
    return response.topics[0]?.partitions[0]?.errorCode ?? -2;
  }

  /** The marker of a producer's transaction; its error code. */
  endTxn(result: 'commit' | 'abort', producerId = 7): Promise<number> {
    const marker = { producerId, producerEpoch: 1, coordinatorEpoch: 0, result, transactionVersion: 2 };
    return new Promise((resolve) => this.service.completeTransaction(0, marker, resolve));
  }

  /** The error code and offset of `orders-0` for a consumer that wants stable offsets. */
  async stableOffset(): Promise<readonly [number | undefined, number | undefined]> {
    const topics = [{ name: 'orders', topicId: topicId('orders'), partitionIndexes: [0] }];
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }];
    const response = await this.service.offsetFetch(
      { ...fetchDefaults, groups, requireStable: true },
      context(9),
    );
    const partition = response.groups[0]?.topics[0]?.partitions[0];
    return [partition?.errorCode, partition?.committedOffset];
  }

  /** The committed offset of `orders-0`, -1 for none. */
  async offset(group = 'g', topic = 'orders', partition = 0): Promise<number> {
    const topics = [{ name: topic, topicId: topicId(topic), partitionIndexes: [partition] }];
    const response = await this.service.offsetFetch(
      { ...fetchDefaults, groups: [{ groupId: group, memberId: null, memberEpoch: -1, topics }] },
      context(9),
    );
    return response.groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? -2;
  }

  async state(group = 'g'): Promise<string> {
    const request = { groups: [group], includeAuthorizedOperations: false };
    const response = await this.service.describeGroups(request, context(5));
    return response.groups[0]?.groupState ?? '';
  }

  /** Lets time pass, and everything that follows from it happen. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }

  /** A stable group of `count` dynamic members, the leader first. Each is assigned its own id. */
  async stable(count: number, fields: Partial<JoinGroupRequest> = {}): Promise<Stable> {
    const joins = [];
    for (let index = 0; index < count; index += 1) joins.push(await this.enter(fields));
    await this.joined(joins);
    return this.assign(joins);
  }

  /** Waits for the end of the join phase, without letting a session end that was just renewed. */
  async joined(joins: readonly { joining: Pending<JoinGroupResponse> }[]): Promise<void> {
    for (let round = 0; round < 100 && joins.some(({ joining }) => joining.isParked); round += 1) {
      await this.pass(3_000);
    }
  }

  /** Lets the members of a generation sync, each with its own id as assignment. */
  async assign(joins: readonly { id: string; joining: Pending<JoinGroupResponse> }[]): Promise<Stable> {
    const { leader, generationId } = joins[0]?.joining.response ?? { leader: '', generationId: -1 };
    const followers = joins.map(({ id }) => id).filter((id) => id !== leader);
    const ids = [leader, ...followers];
    const assignments = ids.map((id) => ({ memberId: id, assignment: Buffer.from(id) }));
    await this.sync({ memberId: leader, generationId, assignments });
    for (const memberId of followers) await this.sync({ memberId, generationId });
    return { leader, followers, ids, generationId };
  }
}

export interface Stable {
  readonly leader: string;
  readonly followers: readonly string[];
  readonly ids: readonly string[];
  readonly generationId: number;
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  await setImmediate();
}

export function context(apiVersion: number) {
  return { apiVersion, clientId: 'client', clientHost: '/127.0.0.1' };
}

export const joinDefaults: JoinGroupRequest = {
  groupId: 'g',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: [protocol('range')],
  reason: null,
};

const syncDefaults: SyncGroupRequest = {
  groupId: 'g',
  generationId: 1,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocolName: 'range',
  assignments: [],
};

export const commitDefaults: OffsetCommitRequest = {
  groupId: 'g',
  generationIdOrMemberEpoch: -1,
  memberId: '',
  groupInstanceId: null,
  retentionTimeMs: -1,
  topics: [commitTopic('orders', 0, 42)],
};

export const txnCommitDefaults: TxnOffsetCommitRequest = {
  transactionalId: 'txn',
  groupId: 'g',
  producerId: 7,
  producerEpoch: 0,
  generationId: -1,
  memberId: '',
  groupInstanceId: null,
  topics: [
    {
      name: 'orders',
      partitions: [
        {
          partitionIndex: 0,
          committedOffset: 43,
          committedLeaderEpoch: 5,
          committedMetadata: 'in a transaction',
        },
      ],
    },
  ],
};

export const fetchDefaults: OffsetFetchRequest = {
  groupId: '',
  topics: [],
  groups: [],
  requireStable: false,
};

export function commitTopic(
  name: string,
  partitionIndex: number,
  committedOffset: number,
  committedMetadata: string | null = '',
): OffsetCommitRequest['topics'][number] {
  const partition = { partitionIndex, committedOffset, committedLeaderEpoch: 5, committedMetadata };
  return { name, topicId: topicId(name), partitions: [partition] };
}

/** A protocol whose metadata subscribes to the topics, as consumers write it (version 0). */
export function protocol(name: string, topics: readonly string[] = ['orders']) {
  return { name, metadata: subscription(topics) };
}

function subscription(topics: readonly string[]): Buffer {
  const parts = [int16(0), int32(topics.length)];
  for (const topic of topics) parts.push(int16(Buffer.byteLength(topic)), Buffer.from(topic));
  return Buffer.concat([...parts, int32(-1)]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
