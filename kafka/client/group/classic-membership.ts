import { ErrorCode } from '../../protocol/index.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { ClientClosedError, ConfigurationError, isRetriable, KafkaError } from '../errors.ts';
import { heartbeat, leaveGroup, type Membership, type MemberTimes } from './group-requests.ts';
import { Heartbeats } from './heartbeats.ts';
import { joinAndSync } from './join.ts';
import type { GroupAssignment, GroupMembership, GroupOptions, GroupProtocol } from './membership.ts';
import { Signal } from './signal.ts';

const NO_GENERATION = -1;
/** After these the member has to join as a new one. */
const REMOVED: readonly number[] = [ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION];

/** An attempt to join that has ended. */
type JoinOutcome = { readonly assignment: GroupAssignment } | { readonly error: unknown };

/** {@link GroupMembership} of the classic protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup). */
export class ClassicMembership implements GroupMembership {
  readonly #cluster: Cluster;
  readonly #groupId: string;
  readonly #groupInstanceId: string | null;
  readonly #times: MemberTimes;
  readonly #heartbeats: Heartbeats;
  readonly #protocol: GroupProtocol;
  readonly #onClosed: () => void;
  readonly #onAttention: () => void;
  readonly #channel: string;
  readonly #signal: Signal;
  #memberId = '';
  #generationId = NO_GENERATION;
  #isJoined = false;
  #isRejoinDue = true;
  #isPrepared = true;
  #isLostDue = false;
  #reason = '';
  /** To be thrown by poll: once, or for ever when another has taken the instance id. */
  #fatal: KafkaError | undefined;
  #isJoining = false;
  #outcome: JoinOutcome | undefined;
  #failures = 0;
  #retryAtMs = 0;
  #isPolling = false;
  #isWoken = false;
  #lastPollMs = 0;
  #isClosed = false;
  /** Assignments that were taken over so far. */
  #assignments = 0;
  /** Changes when the member leaves or is removed: an attempt to join that began before is void. */
  #incarnation = 0;

  /** `onAttention` is called when poll has something to do that {@link touch} would not have found before. */
  constructor(
    cluster: Cluster,
    options: GroupOptions,
    protocol: GroupProtocol,
    onClosed: () => void = () => {},
    onAttention: () => void = () => {},
  ) {
    if (options.groupId === '') throw new ConfigurationError('groupId is empty: name the group');
    this.#cluster = cluster;
    this.#groupId = options.groupId;
    this.#groupInstanceId = options.groupInstanceId ?? null;
    this.#times = {
      sessionTimeoutMs: options.sessionTimeoutMs ?? 45_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 300_000,
    };
    const intervalMs = options.heartbeatIntervalMs ?? 3_000;
    this.#heartbeats = new Heartbeats(cluster.settings.clock, intervalMs, () => this.#beat());
    this.#protocol = protocol;
    this.#onClosed = onClosed;
    this.#onAttention = onAttention;
    this.#channel = cluster.newChannel('group', options.clientId);
    this.#signal = new Signal(cluster.settings.clock);
  }

  get memberId(): string {
    return this.#memberId;
  }

  get generationId(): number {
    return this.#generationId;
  }

  get isStable(): boolean {
    return this.#isJoined && !this.#isRejoinDue && !this.#isLostDue && this.#fatal === undefined;
  }

  /** The requests of the member go here, so that commits are answered in turn with heartbeats. */
  get channel(): string {
    return this.#channel;
  }

  /** How the member names itself in requests. */
  get identity(): Membership {
    return {
      groupId: this.#groupId,
      memberId: this.#memberId,
      groupInstanceId: this.#groupInstanceId,
      generationId: this.#generationId,
    };
  }

  async poll(timeoutMs: number): Promise<boolean> {
    const { clock } = this.#cluster.settings;
    const deadlineMs = clock.monotonic() + timeoutMs;
    const assignmentsBefore = this.#assignments;
    for (;;) {
      this.#signal.clear();
      await this.advance();
      if (this.isStable && this.#assignments > assignmentsBefore) break;
      const leftMs = deadlineMs - clock.monotonic();
      if (leftMs <= 0 || this.#isWoken) break;
      await this.#signal.wait(leftMs);
      if (this.#isWoken) break;
    }
    this.#isWoken = false;
    return this.isStable;
  }

  /** Notes that the owner polls, and tells whether {@link advance} has nothing to do. */
  touch(): boolean {
    this.#lastPollMs = this.#cluster.settings.clock.monotonic();
    return this.isStable;
  }

  /** Does all that can be done without waiting for the coordinator. Resolves with {@link isStable}. */
  async advance(): Promise<boolean> {
    if (this.#isClosed) throw new ClientClosedError('group membership');
    this.#isPolling = true;
    try {
      await this.#advance();
    } finally {
      this.#isPolling = false;
      this.touch();
    }
    return this.isStable;
  }

  wakeup(): void {
    this.#isWoken = true;
    this.#signal.raise();
  }

  requestRejoin(reason: string): void {
    if (this.#isRejoinDue) return;
    this.#isRejoinDue = true;
    this.#reason = reason;
    this.#attend();
  }

  /** Whether the member is in a generation, and no join is under way that would end it. */
  get isInGeneration(): boolean {
    return this.#isJoined;
  }

  /**
   * Another request of `member` was refused: with an error that means it is no member any more, it has lost all. Returns
   * whether the error speaks of the present member; of an earlier one nothing is to be done.
   */
  onRefused(member: Membership, error: KafkaError): boolean {
    const isIn = this.#isJoined || this.#outcome !== undefined;
    if (!isIn || member.generationId !== this.#generationId || member.memberId !== this.#memberId)
      return false;
    if (error.errorCode === ErrorCode.FENCED_INSTANCE_ID) this.#fail(error);
    else if (REMOVED.includes(error.errorCode)) this.#lose(error.errorName, error.errorCode);
    else if (error.errorCode === ErrorCode.REBALANCE_IN_PROGRESS)
      this.requestRejoin('the group is rebalancing');
    return true;
  }

  async leave(reason: string, isForced = false): Promise<void> {
    const member = this.identity;
    const isLeaving = member.memberId !== '' && (isForced || this.#groupInstanceId === null);
    // A join that waits at the coordinator would hold up what follows on its connection.
    const channel = this.#isJoining ? MAIN_CHANNEL : this.#channel;
    this.#reset('');
    this.#isRejoinDue = true;
    this.#isLostDue = false;
    this.#isPrepared = true;
    if (!isLeaving) return;
    try {
      await this.#cluster.coordinator(this.#groupId, channel, (connection) =>
        leaveGroup(connection, member, reason),
      );
    } catch (error) {
      this.#cluster.settings.logger.debug({ error, groupId: this.#groupId }, 'the group could not be left');
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.wakeup();
    await this.leave('the member is closed');
    this.#cluster.connections.closeChannel(this.#channel);
    this.#onClosed();
  }

  async #advance(): Promise<void> {
    for (;;) {
      if (this.#isLostDue) {
        this.#isLostDue = false;
        this.#isPrepared = true;
        await this.#protocol.onLost();
      } else if (this.#fatal !== undefined) {
        this.#throwFatal(this.#fatal);
      } else if (this.#outcome !== undefined) {
        await this.#finish(this.#outcome);
      } else if (this.#isRejoinDue && !this.#isPrepared) {
        this.#isPrepared = true;
        await this.#protocol.onJoinPrepare(this.#generationId, this.#memberId);
      } else {
        break;
      }
      if (this.#isClosed) return;
    }
    if (this.#isRejoinDue && !this.#isJoining) this.#beginJoin();
  }

  #throwFatal(error: KafkaError): never {
    if (error.errorCode !== ErrorCode.FENCED_INSTANCE_ID) this.#fatal = undefined;
    throw error;
  }

  #beginJoin(): void {
    const { clock } = this.#cluster.settings;
    const waitMs = this.#retryAtMs - clock.monotonic();
    this.#isJoining = true;
    if (waitMs > 0) {
      clock.timer(waitMs, () => {
        this.#isJoining = false;
        this.#attend();
      });
      return;
    }
    this.#heartbeats.stop();
    this.#isJoined = false;
    const incarnation = this.#incarnation;
    const end = (outcome: JoinOutcome) => {
      this.#isJoining = false;
      if (incarnation === this.#incarnation) {
        this.#outcome = outcome;
        // The owner may take its time to poll: the session must not end meanwhile.
        if ('assignment' in outcome) this.#heartbeats.start();
      }
      this.#attend();
    };
    this.#join(incarnation).then(
      (assignment) => end({ assignment }),
      (error: unknown) => end({ error }),
    );
  }

  #join(incarnation: number): Promise<GroupAssignment> {
    const candidate = {
      protocol: this.#protocol,
      times: this.#times,
      reason: this.#reason,
      identity: () => this.identity,
      learn: ({ memberId, generationId }: { readonly memberId: string; readonly generationId?: number }) => {
        if (incarnation !== this.#incarnation) throw new ClientClosedError('earlier membership');
        this.#memberId = memberId;
        this.#generationId = generationId ?? this.#generationId;
      },
    };
    return this.#cluster.coordinator(this.#groupId, this.#channel, (connection) =>
      joinAndSync(connection, candidate),
    );
  }

  async #finish(outcome: JoinOutcome): Promise<void> {
    this.#outcome = undefined;
    if ('error' in outcome) {
      this.#onJoinFailed(outcome.error);
      return;
    }
    this.#failures = 0;
    this.#assignments += 1;
    this.#isJoined = true;
    this.#isRejoinDue = false;
    this.#isPrepared = false;
    this.#reason = '';
    await this.#protocol.onJoinComplete(outcome.assignment);
  }

  #onJoinFailed(error: unknown): void {
    const { clock, logger } = this.#cluster.settings;
    const errorCode = error instanceof KafkaError ? error.errorCode : ErrorCode.NONE;
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) {
      this.#reason = 'the group has begun another rebalance';
      return;
    }
    this.#failures += 1;
    this.#retryAtMs = clock.monotonic() + this.#cluster.backoffMs(this.#failures);
    logger.debug({ error, groupId: this.#groupId, failures: this.#failures }, 'joining the group failed');
    if (REMOVED.includes(errorCode)) {
      this.#lose(`joining failed with ${(error as KafkaError).errorName}`, errorCode);
    } else if (errorCode === ErrorCode.FENCED_INSTANCE_ID) {
      this.#fail(error as KafkaError);
    } else if (!isRetriable(error)) {
      this.#reset('');
      this.#isRejoinDue = true;
      throw error;
    }
  }

  async #beat(): Promise<void> {
    const { clock, logger } = this.#cluster.settings;
    const { rebalanceTimeoutMs } = this.#times;
    if (!this.#isPolling && clock.monotonic() - this.#lastPollMs > rebalanceTimeoutMs) {
      const fields = { groupId: this.#groupId, rebalanceTimeoutMs };
      logger.warn(fields, 'left the group because it was not polled in time');
      const leaving = this.leave('the member was not polled in time');
      this.#isLostDue = true;
      this.#attend();
      await leaving;
      return;
    }
    const member = this.identity;
    try {
      await this.#cluster.coordinator(this.#groupId, this.#channel, (connection) =>
        heartbeat(connection, member),
      );
    } catch (error) {
      // A broken connection is no news about the group: the next beat goes to the coordinator of then.
      if (error instanceof KafkaError) this.#onHeartbeatRefused(member, error);
    }
  }

  #onHeartbeatRefused(member: Membership, error: KafkaError): void {
    const { errorCode } = error;
    const isKnown = REMOVED.includes(errorCode) || errorCode === ErrorCode.REBALANCE_IN_PROGRESS;
    const isCurrent = this.onRefused(member, error);
    if (isCurrent && !isKnown && errorCode !== ErrorCode.FENCED_INSTANCE_ID && !error.isRetriable)
      this.#fail(error);
  }

  #fail(error: KafkaError): void {
    this.#reset('');
    this.#isRejoinDue = true;
    this.#isLostDue = true;
    this.#fatal = error;
    this.#attend();
  }

  /** A member of an unknown generation may keep its id; an unknown member may not. */
  #lose(reason: string, errorCode: number): void {
    const hadPart = this.#generationId !== NO_GENERATION;
    this.#reset(errorCode === ErrorCode.UNKNOWN_MEMBER_ID ? '' : this.#memberId);
    this.#isLostDue ||= hadPart;
    this.#isRejoinDue = true;
    this.#reason = reason;
    this.#attend();
  }

  #reset(memberId: string): void {
    this.#heartbeats.stop();
    this.#incarnation += 1;
    this.#outcome = undefined;
    this.#memberId = memberId;
    this.#generationId = NO_GENERATION;
    this.#isJoined = false;
  }

  #attend(): void {
    this.#signal.raise();
    this.#onAttention();
  }
}
