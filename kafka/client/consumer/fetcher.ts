import type { Timer } from '../../../platform/clock.ts';
import { StreamError } from '../../../platform/errors.ts';
import { ErrorCode, errorOf } from '../../protocol/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { isRetriable, KafkaError } from '../errors.ts';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import { fetchFrom, type PartitionAnswer } from './fetch-call.ts';
import { FetchedChunk } from './fetched-chunk.ts';
import type { PartitionState } from './partition-state.ts';

/**
 * Connections per broker. A fetch for partitions that have nothing new waits at the broker; meanwhile another one, on a
 * connection of its own, can bring data of the rest.
 */
const LANES = 2;

/** Fetches ahead of poll what is assigned, not paused and not already buffered in plenty. */
export class Fetcher {
  readonly #cluster: Cluster;
  readonly #settings: ConsumerSettings;
  readonly #partitions: AssignedPartitions;
  readonly #onChange: () => void;
  readonly #channels: readonly string[];
  /** Free lanes by node. */
  readonly #lanes = new Map<number, string[]>();
  #timer: Timer | undefined;
  #isClosed = false;

  /** `onChange` is called when there is something new: records, an error, a position to search for. */
  constructor(
    cluster: Cluster,
    settings: ConsumerSettings,
    partitions: AssignedPartitions,
    onChange: () => void,
  ) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#partitions = partitions;
    this.#onChange = onChange;
    this.#channels = Array.from({ length: LANES }, () => cluster.newChannel('fetch', settings.clientId));
  }

  /** Sends what fetches can be sent. To be called whenever there is room, or more to fetch. */
  pump(): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    const { byNode, wakeAtMs, nowMs } = this.#fetchable();
    for (const [nodeId, states] of byNode) this.#fetch(nodeId, states);
    if (wakeAtMs < Number.POSITIVE_INFINITY) {
      this.#timer = this.#cluster.settings.clock.timer(wakeAtMs - nowMs, () => this.pump());
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const channel of this.#channels) this.#cluster.connections.closeChannel(channel);
  }

  #fetchable() {
    const nowMs = this.#cluster.settings.clock.monotonic();
    const byNode = new Map<number, PartitionState[]>();
    let wakeAtMs = Number.POSITIVE_INFINITY;
    let bufferedBytes = 0;
    for (const state of this.#partitions.all()) bufferedBytes += state.bufferedBytes;
    if (bufferedBytes >= this.#settings.prefetchBytesMax) return { byNode, wakeAtMs, nowMs };
    for (const state of this.#partitions.all()) {
      if (!this.#wants(state)) continue;
      if (state.retryAtMs > nowMs) {
        wakeAtMs = Math.min(wakeAtMs, state.retryAtMs);
        continue;
      }
      const nodeId = this.#nodeOf(state, nowMs);
      if (nodeId < 0) {
        this.#delay(state, nowMs);
        this.#cluster.refresher.request();
        wakeAtMs = Math.min(wakeAtMs, state.retryAtMs);
      } else if ((this.#lanes.get(nodeId)?.length ?? LANES) > 0) {
        const states = byNode.get(nodeId);
        if (states === undefined) byNode.set(nodeId, [state]);
        else states.push(state);
      }
    }
    return { byNode, wakeAtMs, nowMs };
  }

  #wants(state: PartitionState): boolean {
    if (state.isFetching || state.isPaused || state.fetchOffset < 0) return false;
    if (state.search !== undefined || state.error !== undefined) return false;
    const { partitionFetchBytesMax, prefetchBytesMax } = this.#settings;
    return (
      state.bufferedBytes < Math.max(2 * partitionFetchBytesMax, prefetchBytesMax / this.#partitions.size)
    );
  }

  #nodeOf(state: PartitionState, nowMs: number): number {
    const { metadata } = this.#cluster;
    if (state.preferredReplica >= 0) {
      if (nowMs < state.preferredUntilMs && metadata.broker(state.preferredReplica) !== undefined) {
        return state.preferredReplica;
      }
      state.preferredReplica = -1;
    }
    const leader = metadata.partition(state.topic, state.partition)?.leader ?? -1;
    return metadata.broker(leader) === undefined ? -1 : leader;
  }

  #fetch(nodeId: number, states: readonly PartitionState[]): void {
    const lanes = this.#lanes.get(nodeId) ?? [...this.#channels];
    this.#lanes.set(nodeId, lanes);
    const channel = lanes.pop();
    if (channel === undefined) return;
    const versions = states.map(({ version }) => version);
    for (const state of states) state.isFetching = true;
    const call = this.#cluster.node(nodeId, channel, (connection) =>
      fetchFrom(connection, this.#settings, this.#cluster.metadata, states),
    );
    const end = (take: (state: PartitionState, index: number) => void) => {
      lanes.push(channel);
      for (const [index, state] of states.entries()) {
        if (state.version !== versions[index]) continue;
        state.isFetching = false;
        take(state, index);
      }
      if (this.#isClosed) return;
      this.#onChange();
      this.pump();
    };
    call.then(
      ({ errorCode, partitions }) =>
        end((state, index) => this.#take(state, partitions[index], errorCode, nodeId)),
      (error: unknown) => end((state) => this.#onBroken(state, error)),
    );
  }

  #take(
    state: PartitionState,
    answer: PartitionAnswer | undefined,
    requestError: number,
    nodeId: number,
  ): void {
    const errorCode = requestError === ErrorCode.NONE ? (answer?.errorCode ?? requestError) : requestError;
    if (errorCode !== ErrorCode.NONE) {
      this.#onRefused(state, errorCode, nodeId);
      return;
    }
    state.failures = 0;
    if (answer === undefined) return;
    state.highWatermark = answer.highWatermark;
    state.lastStableOffset = answer.lastStableOffset;
    if (answer.preferredReadReplica >= 0) {
      const { clock, metadataMaxAgeMs } = this.#cluster.settings;
      state.preferredReplica = answer.preferredReadReplica;
      state.preferredUntilMs = clock.monotonic() + metadataMaxAgeMs;
    }
    if (answer.records === null || answer.records.length === 0) return;
    const isCommittedOnly = this.#settings.isolationLevel === 'read_committed';
    const aborted = isCommittedOnly ? (answer.abortedTransactions ?? []) : undefined;
    try {
      const chunk = new FetchedChunk(state, answer.records, aborted, this.#settings);
      state.add(chunk);
    } catch (error) {
      this.#fail(state, error);
    }
  }

  #onRefused(state: PartitionState, errorCode: number, nodeId: number): void {
    const { clock, logger } = this.#cluster.settings;
    const { topic, partition } = state;
    const { name, isRetriable: isPassing, needsRefresh } = errorOf(errorCode);
    const isFromFollower = state.preferredReplica === nodeId;
    state.preferredReplica = -1;
    if (errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      // A follower may lag behind; only the leader knows the range. Buffered records come first.
      if (!isFromFollower && state.chunks.length === 0) state.searchFor('policy');
      else this.#delay(state, clock.monotonic());
      return;
    }
    if (isPassing || errorCode === ErrorCode.UNKNOWN_SERVER_ERROR) {
      logger.debug({ topic, partition, error: name }, 'a fetch was refused');
      this.#delay(state, clock.monotonic());
      if (needsRefresh || errorCode === ErrorCode.UNKNOWN_LEADER_EPOCH) this.#cluster.refresher.request();
      return;
    }
    this.#fail(state, new KafkaError(errorCode, `reading ${topic}-${partition}`));
  }

  #onBroken(state: PartitionState, error: unknown): void {
    state.preferredReplica = -1;
    if (this.#isClosed) return;
    if (!isRetriable(error)) {
      this.#fail(state, error);
      return;
    }
    this.#delay(state, this.#cluster.settings.clock.monotonic());
    this.#cluster.refresher.request();
  }

  #fail(state: PartitionState, error: unknown): void {
    state.error =
      error instanceof StreamError ? error : new StreamError('CLIENT_FETCH', String(error), { cause: error });
  }

  #delay(state: PartitionState, nowMs: number): void {
    state.failures += 1;
    state.retryAtMs = nowMs + this.#cluster.backoffMs(state.failures);
  }
}
