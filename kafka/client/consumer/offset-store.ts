import { ErrorCode } from '../../protocol/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { CommitFailedError, IllegalStateError, KafkaError, RebalanceInProgressError } from '../errors.ts';
import type { ClassicMembership } from '../group/classic-membership.ts';
import type { Membership } from '../group/group-requests.ts';
import { commitOffsets, fetchOffsets, simpleMember } from '../offsets/group-offsets.ts';
import type { CommittedOffset, TopicPartition } from '../topic-partition.ts';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { ConsumerSettings } from './consumer-settings.ts';

/** The member is no longer what it says it is. */
const GONE: readonly number[] = [
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.FENCED_INSTANCE_ID,
];

/** Offsets that the group of a consumer stores. */
export class OffsetStore {
  readonly #cluster: Cluster;
  readonly #settings: ConsumerSettings;
  readonly #partitions: AssignedPartitions;
  readonly #channel: string;
  readonly #membership: () => ClassicMembership | undefined;
  #nextCommitMs = 0;
  #isCommitting = false;

  constructor(
    cluster: Cluster,
    settings: ConsumerSettings,
    partitions: AssignedPartitions,
    channel: string,
    membership: () => ClassicMembership | undefined,
  ) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#partitions = partitions;
    this.#channel = channel;
    this.#membership = membership;
    this.#nextCommitMs = cluster.settings.clock.monotonic() + settings.autoCommitIntervalMs;
  }

  /** Stores the given offsets, or the positions of all partitions. */
  async commit(
    offsets: readonly CommittedOffset[] = this.#positions(),
    timeoutMs: number = this.#settings.apiTimeoutMs,
  ): Promise<void> {
    const groupId = this.#groupId();
    if (offsets.length === 0) return;
    const membership = this.#membership();
    const member = this.#member(groupId);
    try {
      const options = { channel: membership?.channel ?? this.#channel, timeoutMs };
      const answers = await commitOffsets(this.#cluster, member, offsets, options);
      const refused = answers.find(({ error }) => error !== undefined);
      if (refused?.error !== undefined) throw refused.error;
    } catch (error) {
      if (!(error instanceof KafkaError) || membership === undefined) throw error;
      const isCurrent = membership.onRefused(member, error);
      if (error.errorCode === ErrorCode.REBALANCE_IN_PROGRESS)
        throw new RebalanceInProgressError(groupId, error);
      if (!GONE.includes(error.errorCode)) throw error;
      // A new generation has begun in the meantime: the member is still there.
      const isMember = !isCurrent && membership.generationId >= 0;
      throw isMember ? new RebalanceInProgressError(groupId, error) : new CommitFailedError(groupId, error);
    }
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    const offsets = await fetchOffsets(this.#cluster, this.#groupId(), partitions, {
      channel: this.#channel,
      timeoutMs: this.#settings.apiTimeoutMs,
      isStableRequired: this.#settings.isolationLevel === 'read_committed',
    });
    const refused = offsets.find(({ error }) => error !== undefined);
    if (refused?.error !== undefined) throw refused.error;
    return offsets.filter(({ offset }) => offset >= 0).map(({ error: _, ...offset }) => offset);
  }

  /**
   * Commits in the background when it is time. To be called by poll before it takes records: all records of earlier
   * polls are processed then.
   */
  commitByTime(): void {
    if (!this.#settings.autoCommit || this.#isCommitting) return;
    const nowMs = this.#cluster.settings.clock.monotonic();
    if (nowMs < this.#nextCommitMs || this.#membership()?.isInGeneration === false) return;
    this.#nextCommitMs = nowMs + this.#settings.autoCommitIntervalMs;
    void this.commitIfAutomatic();
  }

  /** Commits the positions unless the application does that itself. Does not fail: it comes again. */
  async commitIfAutomatic(timeoutMs?: number): Promise<void> {
    if (!this.#settings.autoCommit || this.#partitions.size === 0) return;
    this.#isCommitting = true;
    try {
      await this.commit(this.#positions(), timeoutMs);
    } catch (error) {
      this.#cluster.settings.logger.warn(
        { error, groupId: this.#settings.groupId },
        'offsets were not committed',
      );
    } finally {
      this.#isCommitting = false;
    }
  }

  #positions(): CommittedOffset[] {
    const known = [...this.#partitions.all()].filter(({ position }) => position >= 0);
    return known.map(({ topic, partition, position, leaderEpoch }) => ({
      topic,
      partition,
      offset: position,
      leaderEpoch,
    }));
  }

  #groupId(): string {
    const { groupId } = this.#settings;
    if (groupId === undefined)
      throw new IllegalStateError('the consumer has no groupId to store offsets under');
    return groupId;
  }

  #member(groupId: string): Membership {
    const membership = this.#membership();
    if (membership === undefined) return simpleMember(groupId);
    if (membership.generationId < 0) throw new CommitFailedError(groupId);
    // The generation ends with the join that is under way: the coordinator would take the member for gone.
    if (!membership.isInGeneration) throw new RebalanceInProgressError(groupId);
    return membership.identity;
  }
}
