import {
  type ConsumerGroupDescribeRequest,
  type ConsumerGroupDescribeResponse,
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  type DeleteGroupsRequest,
  type DeleteGroupsResponse,
  type DescribeGroupsRequest,
  type DescribeGroupsResponse,
  ErrorCode,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type LeaveGroupRequest,
  type LeaveGroupResponse,
  type ListGroupsRequest,
  type ListGroupsResponse,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
  type OffsetDeleteRequest,
  type OffsetDeleteResponse,
  type OffsetFetchRequest,
  type OffsetFetchResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitResponse,
} from '../../kafka/protocol/index.ts';
import { type Clock, every, type Timer } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { Logger } from '../../platform/logger.ts';
import { randomUuid } from '../../platform/uuid.ts';
import { partitionFor } from '../coordinator/partition-for.ts';
import type { TransactionalLog } from '../coordinator/ports.ts';
import type { TransactionMarker } from '../replica/transaction-marker.ts';
import { joinResponse, syncResponse } from './classic/responses.ts';
import type { ConsumerGroupTimes, ConsumerWorld } from './consumer/consumer-world.ts';
import { undescribedConsumerGroup } from './consumer/description.ts';
import { heartbeatResponse } from './consumer/heartbeat.ts';
import { refuseInvalidHeartbeat } from './consumer/heartbeat-validation.ts';
import { orRefuse } from './consumer/refusal.ts';
import { respond } from './decision.ts';
import type { GroupConfig } from './group-config.ts';
import { isListed, undescribedGroup } from './group-description.ts';
import { GroupPartitions } from './group-partitions.ts';
import type { GroupShard } from './group-shard.ts';
import { worldOf } from './group-world.ts';
import { newMemberIds } from './member-id.ts';
import { askedTopics } from './offsets/asked-topics.ts';
import { type OffsetCommit, offsetCommitError } from './offsets/offset-commit.ts';
import type { OffsetFetchGroup, OffsetFetchGroupResponse } from './offsets/offset-fetch.ts';
import { fetchErrorOf, fetchGroupsOf, fetchResponseOf } from './offsets/offset-fetch-versions.ts';
import { asOffsetCommit, TXN_ADD_SINCE, verificationError } from './offsets/txn-offset-commit.ts';
import type { GroupTopics, OffsetTransactions } from './ports.ts';
import type { RequestContext } from './request-context.ts';

/** What a {@link GroupService} works with. */
export interface GroupServiceOptions {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly logger: Logger;
  readonly log: TransactionalLog;
  readonly topics: GroupTopics;
  readonly transactions: OffsetTransactions;
  readonly config: GroupConfig;
  /** How many partitions `__consumer_offsets` has, or will have when it is created. */
  readonly partitionCount: () => number;
  /** Configs of a consumer group as they are now. */
  readonly timesOf: (groupId: string) => ConsumerGroupTimes;
  /** The consumer protocol is in `group.coordinator.rebalance.protocols`, and `group.version` is on. */
  readonly isConsumerProtocolEnabled: () => boolean;
}

/** What requests of the consumer protocol get while it is off. */
const PROTOCOL_OFF = ErrorCode.UNSUPPORTED_VERSION;

/**
 * The group coordinator of a broker: classic and consumer groups and committed offsets of the partitions of `__consumer_offsets`
 * that it leads. One method per API. Responses are complete for the version in the context; nothing rejects: what
 * goes wrong is an error code. Authorization is the caller's.
 */
export class GroupService {
  readonly #options: GroupServiceOptions;
  readonly #partitions: GroupPartitions;
  readonly #world: ConsumerWorld;
  #sweep: Timer | undefined;

  constructor(options: GroupServiceOptions) {
    const { config, log, clock, logger } = options;
    this.#options = options;
    this.#world = worldOf(options);
    this.#partitions = new GroupPartitions({
      log,
      clock,
      logger,
      commitTimeout: { ms: config.offsetsCommitTimeoutMs, config: 'offsets.commit.timeout.ms' },
      world: this.#world,
    });
  }

  /** Starts the removal of expired offsets. */
  start(): void {
    const { clock, config } = this.#options;
    this.#sweep ??= every(clock, config.offsetsRetentionCheckIntervalMs, () => this.expireOffsets());
  }

  /** Unloads every partition and stops all timers. Whoever waits gets NOT_COORDINATOR. */
  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#partitions.unloadAll();
  }

  /** The partition of `__consumer_offsets` whose leader coordinates the group. For FindCoordinator. */
  partitionFor(groupId: string): number {
    return partitionFor(groupId, this.#options.partitionCount());
  }

  /** This broker leads the partition from now on. Resolves when it is loaded, or unloaded again before that. */
  load(partition: number): Promise<void> {
    return this.#partitions.load(partition);
  }

  /** This broker no longer leads the partition. */
  unload(partition: number): void {
    this.#partitions.unload(partition);
  }

  /** This broker no longer leads any partition: the topic is gone. */
  unloadAll(): void {
    this.#partitions.unloadAll();
  }

  /** The topic is gone: its committed offsets go with it. */
  onTopicDeleted(topic: string): void {
    this.#partitions.removeTopic(topic);
  }

  /** Removes expired offsets and groups that keep nothing. Runs by itself every `offsets.retention.check.interval.ms`. */
  expireOffsets(): void {
    const { clock, config } = this.#options;
    this.#partitions.expireOffsets(clock.now(), config.offsetsRetentionMinutes * 60_000);
  }

  async joinGroup(request: JoinGroupRequest, context: RequestContext): Promise<JoinGroupResponse> {
    const response = await this.#joinGroup(request, context);
    // Null is allowed since v7.
    return context.apiVersion < 7 ? { ...response, protocolName: response.protocolName ?? '' } : response;
  }

  async syncGroup(request: SyncGroupRequest, context: RequestContext): Promise<SyncGroupResponse> {
    if (context.apiVersion >= 5 && (request.protocolType === null || request.protocolName === null)) {
      return syncResponse({ errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL });
    }
    const shard = this.#memberShard(request.groupId);
    if (typeof shard === 'number') return syncResponse({ errorCode: shard });
    return shard.sync(shard.coordinator.syncGroup({ request, now: this.#options.clock.now() }));
  }

  async heartbeat(request: HeartbeatRequest): Promise<HeartbeatResponse> {
    const answer = (errorCode: number) => ({ throttleTimeMs: 0, errorCode });
    const shard = this.#memberShard(request.groupId);
    // Loading restarts all sessions, so the member has nothing to fear and nothing to do.
    if (shard === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) return answer(ErrorCode.NONE);
    if (typeof shard === 'number') return answer(shard);
    return shard.respond(shard.coordinator.heartbeat(request, this.#options.clock.now()), answer);
  }

  async leaveGroup(request: LeaveGroupRequest, context: RequestContext): Promise<LeaveGroupResponse> {
    const failed = (errorCode: number): LeaveGroupResponse => ({ throttleTimeMs: 0, errorCode, members: [] });
    const shard = this.#memberShard(request.groupId);
    if (typeof shard === 'number') return failed(shard);
    const isSingle = context.apiVersion < 3;
    const single = { memberId: request.memberId, groupInstanceId: null, reason: null };
    const decision = shard.coordinator.leaveGroup(
      request.groupId,
      isSingle ? [single] : request.members,
      this.#options.clock.now(),
    );
    const members = decision.response;
    const response = isSingle
      ? failed(members[0]?.errorCode ?? ErrorCode.NONE)
      : { throttleTimeMs: 0, errorCode: ErrorCode.NONE, members };
    return shard.respond({ ...decision, response }, failed);
  }

  async consumerGroupHeartbeat(
    request: ConsumerGroupHeartbeatRequest,
    context: RequestContext,
  ): Promise<ConsumerGroupHeartbeatResponse> {
    const { clock, entropy, isConsumerProtocolEnabled } = this.#options;
    const failed = (errorCode: number, errorMessage: string | null = null) => {
      return { ...heartbeatResponse(null, 0), errorCode, errorMessage };
    };
    if (!isConsumerProtocolEnabled()) return failed(PROTOCOL_OFF);
    const problem = orRefuse(
      () => refuseInvalidHeartbeat(request, context.apiVersion, this.#world.settings.assignors),
      (refusal) => failed(refusal.errorCode, refusal.errorMessage),
    );
    if (problem !== undefined) return problem;
    const shard = this.#shardOf(request.groupId);
    if (typeof shard === 'number') return failed(shard);
    const heartbeat = { request, context, newMemberId: randomUuid(entropy) };
    return shard.respond(shard.coordinator.consumerHeartbeat(heartbeat, clock.now()), failed);
  }

  async consumerGroupDescribe(request: ConsumerGroupDescribeRequest): Promise<ConsumerGroupDescribeResponse> {
    const isOff = !this.#options.isConsumerProtocolEnabled();
    // Kafka names those first that can be no group.
    const groupIds = [...request.groupIds].sort((a, b) => Number(a !== '') - Number(b !== ''));
    const groups = groupIds.map((groupId) => {
      const failed = (errorCode: number) => undescribedConsumerGroup(groupId, errorCode);
      const shard = isOff ? PROTOCOL_OFF : this.#memberShard(groupId);
      if (typeof shard === 'number') return failed(shard);
      return shard.respond(respond(groupId, shard.coordinator.describeConsumerGroup(groupId)), failed);
    });
    return { throttleTimeMs: 0, groups: await Promise.all(groups) };
  }

  async offsetCommit(request: OffsetCommitRequest, context: RequestContext): Promise<OffsetCommitResponse> {
    const { topics } = this.#options;
    const failed = (errorCode: number) =>
      offsetCommitError({ request, apiVersion: context.apiVersion, topics }, errorCode);
    const shard = this.#shardOf(request.groupId);
    if (typeof shard === 'number') return failed(shard);
    return shard.respond(shard.coordinator.commitOffsets(this.#commit(request, context.apiVersion)), failed);
  }

  /**
   * Offsets that count once the transaction has committed. The partition of `__consumer_offsets` becomes part of the
   * transaction first, or has to be already (before v5).
   */
  async txnOffsetCommit(
    request: TxnOffsetCommitRequest,
    { apiVersion }: RequestContext,
  ): Promise<TxnOffsetCommitResponse> {
    const { topics, transactions } = this.#options;
    const asked = asOffsetCommit(request);
    const failed = (errorCode: number) => offsetCommitError({ ...asked, topics }, errorCode);
    const { groupId, transactionalId, producerId, producerEpoch } = request;
    const coordinated = this.#memberShard(groupId);
    if (typeof coordinated === 'number') return failed(coordinated);
    const mode = apiVersion >= TXN_ADD_SINCE ? 'add' : 'verify';
    // A transaction is not begun for topics that do not exist.
    const { asked: existing } = askedTopics(request.topics, { topics, isById: false });
    const transaction =
      existing.length === 0
        ? undefined
        : await transactions.begin(this.partitionFor(groupId), {
            transactionalId,
            producerId,
            producerEpoch,
            mode,
          });
    if (typeof transaction === 'number') return failed(verificationError(transaction, apiVersion));
    const shard = this.#shardOf(groupId);
    if (typeof shard === 'number') return failed(shard);
    const commit = { ...this.#commit(asked.request, asked.apiVersion), transaction };
    return shard.respond(shard.coordinator.commitOffsets(commit), failed);
  }

  /**
   * The transaction of a producer has ended on a partition of `__consumer_offsets`. `done` gets an error code of
   * WriteTxnMarkers.
   */
  completeTransaction(partition: number, marker: TransactionMarker, done: (errorCode: number) => void): void {
    const shard = this.#partitions.shard(partition);
    // The coordinator of the transaction tries again.
    if (typeof shard === 'number') done(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    else shard.completeTransaction(marker, done);
  }

  async offsetFetch(request: OffsetFetchRequest, context: RequestContext): Promise<OffsetFetchResponse> {
    const isById = context.apiVersion >= 10;
    const groups = fetchGroupsOf(request, context.apiVersion);
    const { requireStable } = request;
    const responses = await Promise.all(
      groups.map((group) => this.#fetchGroup(group, { isById, requireStable })),
    );
    return fetchResponseOf(request, responses, context.apiVersion);
  }

  async offsetDelete(request: OffsetDeleteRequest): Promise<OffsetDeleteResponse> {
    const failed = (errorCode: number) => ({ errorCode, throttleTimeMs: 0, topics: [] });
    const shard = this.#memberShard(request.groupId);
    if (typeof shard === 'number') return failed(shard);
    return shard.respond(shard.coordinator.deleteOffsets(request, this.#options.topics), failed);
  }

  async deleteGroups(request: DeleteGroupsRequest): Promise<DeleteGroupsResponse> {
    const groupIds = [...new Set(request.groupsNames)];
    const results = groupIds.map(async (groupId) => ({
      groupId,
      errorCode: await this.#deleteGroup(groupId),
    }));
    return { throttleTimeMs: 0, results: await Promise.all(results) };
  }

  async describeGroups(
    request: DescribeGroupsRequest,
    context: RequestContext,
  ): Promise<DescribeGroupsResponse> {
    const groups = request.groups.map((groupId) => {
      const failed = (errorCode: number) => undescribedGroup(groupId, errorCode);
      const shard = this.#shardOf(groupId);
      if (typeof shard === 'number') return failed(shard);
      const described = shard.coordinator.describeGroup(groupId, context.apiVersion);
      return shard.respond(respond(groupId, described), failed);
    });
    return { throttleTimeMs: 0, groups: await Promise.all(groups) };
  }

  /** All groups of this broker, or COORDINATOR_LOAD_IN_PROGRESS while some are not known yet. */
  async listGroups(request: ListGroupsRequest): Promise<ListGroupsResponse> {
    const failed = (errorCode: number): ListGroupsResponse => ({
      throttleTimeMs: 0,
      // A partition that is lost on the way has no groups here any more.
      errorCode: errorCode === ErrorCode.NOT_COORDINATOR ? ErrorCode.NONE : errorCode,
      groups: [],
    });
    const answers = await Promise.all(
      this.#partitions.shards().map((shard) => {
        if (typeof shard === 'number') return failed(shard);
        const listed = { ...failed(ErrorCode.NONE), groups: shard.coordinator.listGroups() };
        return shard.respond(respond('', listed), failed);
      }),
    );
    const error = answers.find(({ errorCode }) => errorCode !== ErrorCode.NONE);
    if (error !== undefined) return error;
    const groups = answers.flatMap((answer) => answer.groups);
    return {
      ...failed(ErrorCode.NONE),
      groups: groups.filter((group) => isListed(group, request.statesFilter, request.typesFilter)),
    };
  }

  #commit(request: OffsetCommitRequest, apiVersion: number): OffsetCommit {
    const { topics, config, clock } = this.#options;
    return {
      request,
      apiVersion,
      topics,
      offsetMetadataMax: config.offsetMetadataMaxBytes,
      now: clock.now(),
    };
  }

  async #joinGroup(request: JoinGroupRequest, context: RequestContext): Promise<JoinGroupResponse> {
    const { clock, entropy, config } = this.#options;
    const { memberId, groupInstanceId, sessionTimeoutMs } = request;
    const failed = (errorCode: number) => joinResponse(memberId, { errorCode });
    if (request.groupId === '') return failed(ErrorCode.INVALID_GROUP_ID);
    if (
      sessionTimeoutMs < config.groupMinSessionTimeoutMs ||
      sessionTimeoutMs > config.groupMaxSessionTimeoutMs
    ) {
      return failed(ErrorCode.INVALID_SESSION_TIMEOUT);
    }
    const shard = this.#shardOf(request.groupId);
    if (typeof shard === 'number') return failed(shard);
    const decision = shard.coordinator.joinGroup({
      request,
      context,
      ...newMemberIds(groupInstanceId ?? context.clientId, entropy),
      now: clock.now(),
    });
    return shard.join(decision, memberId);
  }

  async #fetchGroup(
    group: OffsetFetchGroup,
    options: { readonly isById: boolean; readonly requireStable: boolean },
  ): Promise<OffsetFetchGroupResponse> {
    const { groupId } = group;
    const failed = (errorCode: number) => ({ groupId, topics: [], errorCode: fetchErrorOf(errorCode) });
    const shard = this.#shardOf(groupId);
    if (typeof shard === 'number') return failed(shard);
    const fetched = shard.coordinator.fetchOffsets({ group, ...options, topics: this.#options.topics });
    return shard.respond(respond(groupId, fetched), failed);
  }

  async #deleteGroup(groupId: string): Promise<number> {
    const shard = this.#shardOf(groupId);
    if (typeof shard === 'number') return shard;
    return shard.respond(shard.coordinator.deleteGroup(groupId), (errorCode) => errorCode);
  }

  /** Offsets may be stored for the empty group id, for old clients' sake; members need a real one. */
  #memberShard(groupId: string): GroupShard | number {
    return groupId === '' ? ErrorCode.INVALID_GROUP_ID : this.#shardOf(groupId);
  }

  #shardOf(groupId: string): GroupShard | number {
    return this.#partitions.shard(this.partitionFor(groupId));
  }
}
