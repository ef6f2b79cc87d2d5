import type { Cluster } from '../cluster/cluster.ts';
import { NoOffsetError } from '../errors.ts';
import { fetchOffsets } from '../offsets/group-offsets.ts';
import { EARLIEST, LATEST, listOffsets } from '../offsets/list-offsets.ts';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { PartitionState, Search } from './partition-state.ts';

/** A partition whose position is searched for, as it was when the search began. */
interface Wanted {
  readonly state: PartitionState;
  version: number;
}

/** Finds positions that are not known: the committed offset, or what the reset policy says. */
export class PositionSearch {
  readonly #cluster: Cluster;
  readonly #settings: ConsumerSettings;
  readonly #partitions: AssignedPartitions;
  readonly #channel: string;
  readonly #onChange: () => void;
  readonly #signal: AbortSignal;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown; readonly wanted: readonly Wanted[] } | undefined;

  /** `onChange` is called when a search has ended. */
  constructor(
    cluster: Cluster,
    settings: ConsumerSettings,
    partitions: AssignedPartitions,
    options: { readonly channel: string; readonly signal: AbortSignal; onChange(): void },
  ) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#partitions = partitions;
    this.#channel = options.channel;
    this.#signal = options.signal;
    this.#onChange = () => options.onChange();
  }

  /** Begins to search when something is missing and no search is under way. */
  start(): void {
    if (this.#running !== undefined) return;
    const wanted = this.#wanted();
    if (wanted.length === 0) return;
    this.#running = this.#search(wanted)
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#failure = { error, wanted };
      })
      .finally(() => {
        this.#running = undefined;
        this.#onChange();
      });
  }

  /** Resolves when no search is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Throws what the last search has failed with, once, unless what it was about has been settled otherwise. */
  throwError(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    const isOpen = (one: Wanted) => isStillWanted(one) && this.#partitions.find(one.state) === one.state;
    if (failure?.wanted.some(isOpen)) throw failure.error;
  }

  #wanted(): Wanted[] {
    const wanted: Wanted[] = [];
    for (const state of this.#partitions.all()) {
      if (state.search !== undefined) wanted.push({ state, version: state.version });
    }
    return wanted;
  }

  async #search(wanted: readonly Wanted[]): Promise<void> {
    const { groupId } = this.#settings;
    const committed = wanted.filter(({ state }) => state.search === 'committed');
    if (groupId !== undefined && committed.length > 0) await this.#readCommitted(groupId, committed);
    await this.#reset(wanted.filter(isStillWanted));
  }

  async #readCommitted(groupId: string, wanted: readonly Wanted[]): Promise<void> {
    const states = wanted.map(({ state }) => state);
    const offsets = await fetchOffsets(this.#cluster, groupId, states, {
      channel: this.#channel,
      timeoutMs: this.#settings.apiTimeoutMs,
      signal: this.#signal,
      isStableRequired: this.#settings.isolationLevel === 'read_committed',
    });
    for (const [index, { offset, leaderEpoch, error }] of offsets.entries()) {
      const one = wanted[index];
      if (one === undefined || !isStillWanted(one)) continue;
      if (error !== undefined) {
        if (!error.isRetriable) throw error;
      } else if (offset >= 0) one.state.seek(offset, leaderEpoch);
      else {
        one.state.searchFor('policy');
        one.version = one.state.version;
      }
    }
  }

  async #reset(wanted: readonly Wanted[]): Promise<void> {
    const known = wanted.filter(({ state }) => state.search !== undefined && state.search !== 'committed');
    const withoutPolicy = this.#settings.autoOffsetReset === 'none' ? known.filter(isByPolicy) : [];
    if (withoutPolicy.length > 0) {
      const partitions = withoutPolicy.map(({ state: { topic, partition } }) => ({ topic, partition }));
      throw new NoOffsetError(partitions, 'there is no committed offset, or the position is out of the log');
    }
    const questions = known.map(({ state }) => ({
      topic: state.topic,
      partition: state.partition,
      timestamp: this.#end(state.search) === 'earliest' ? EARLIEST : LATEST,
    }));
    if (questions.length === 0) return;
    const answers = await listOffsets(this.#cluster, questions, {
      channel: this.#channel,
      isolationLevel: this.#settings.isolationLevel,
      timeoutMs: this.#settings.apiTimeoutMs,
      signal: this.#signal,
    });
    for (const [index, { offset, leaderEpoch, error }] of answers.entries()) {
      const one = known[index];
      if (one === undefined || !isStillWanted(one)) continue;
      if (error === undefined) one.state.seek(offset, leaderEpoch);
      else if (!error.isRetriable) throw error;
    }
  }

  #end(search: Search | undefined): string {
    return search === 'earliest' || search === 'latest' ? search : this.#settings.autoOffsetReset;
  }
}

function isStillWanted({ state, version }: Wanted): boolean {
  return state.version === version && state.search !== undefined;
}

function isByPolicy({ state }: Wanted): boolean {
  return state.search === 'policy';
}
