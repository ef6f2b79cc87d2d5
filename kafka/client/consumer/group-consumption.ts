import type { Cluster } from '../cluster/cluster.ts';
import { ClassicMembership } from '../group/classic-membership.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { ConsumerGroupMetadata, RebalanceListener, Subscription, TopicPattern } from './consumer.ts';
import { ConsumerGroupProtocol, type GroupHost } from './consumer-group-protocol.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { OffsetStore } from './offset-store.ts';

/** What a subscription works on. */
export interface ConsumptionHost {
  readonly partitions: AssignedPartitions;
  readonly store: OffsetStore;
  /** Makes a waiting poll look again. */
  raise(): void;
}

/** A consumer's part in its group: the subscription, the topics behind it and the membership. */
export class GroupConsumption {
  readonly membership: ClassicMembership;
  readonly #cluster: Cluster;
  readonly #settings: ConsumerSettings;
  readonly #host: ConsumptionHost;
  readonly #protocol: ConsumerGroupProtocol;
  #listener: RebalanceListener;
  #pattern: TopicPattern | undefined;
  #topics: readonly string[] = [];
  #watched: ReadonlySet<string> = new Set();
  #unwatchAll: (() => void) | undefined;
  /** Under way until the topics behind a pattern are known. */
  #loading: Promise<void> | undefined;

  constructor(
    cluster: Cluster,
    settings: ConsumerSettings,
    host: ConsumptionHost,
    subscription: Subscription,
    listener: RebalanceListener,
  ) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#host = host;
    this.#listener = listener;
    this.#protocol = new ConsumerGroupProtocol(cluster, this.#groupHost());
    this.membership = new ClassicMembership(
      cluster,
      {
        groupId: settings.groupId ?? '',
        clientId: settings.clientId,
        groupInstanceId: settings.groupInstanceId,
        sessionTimeoutMs: settings.sessionTimeoutMs,
        heartbeatIntervalMs: settings.heartbeatIntervalMs,
        rebalanceTimeoutMs: settings.maxPollIntervalMs,
      },
      this.#protocol,
      () => {},
      () => host.raise(),
    );
    this.#subscribe(subscription);
  }

  /** Subscribes to something else; partitions change with the rebalance that follows. */
  change(subscription: Subscription, listener: RebalanceListener): void {
    this.#listener = listener;
    this.#subscribe(subscription);
    this.#rejoinIfChanged();
  }

  /** Notes that the consumer polls, and tells whether {@link advance} has nothing to do. */
  touch(): boolean {
    return this.membership.touch();
  }

  /** Takes part in a rebalance as far as that needs no waiting. Throws what a listener throws, and final errors. */
  async advance(): Promise<void> {
    if (this.#loading !== undefined) return;
    await this.membership.advance();
    this.#watchTopics();
  }

  /** Metadata was read: the group may have to be divided anew. */
  onMetadata(): void {
    if (this.#pattern !== undefined) this.#match(this.#pattern);
    this.#rejoinIfChanged();
  }

  metadata(): ConsumerGroupMetadata | undefined {
    const { groupId, memberId, generationId } = this.membership.identity;
    if (memberId === '') return undefined;
    return { groupId, memberId, generationId, groupInstanceId: this.#settings.groupInstanceId };
  }

  /** Gives everything up and leaves. */
  async close(): Promise<void> {
    try {
      if (this.membership.generationId < 0) await this.#protocol.onLost();
      else await this.#protocol.onLeave();
    } finally {
      this.#unwatchAll?.();
      this.#pattern = undefined;
      this.#topics = [];
      this.#watch(new Set());
      await this.membership.close();
    }
  }

  #subscribe(subscription: Subscription): void {
    this.#unwatchAll?.();
    this.#unwatchAll = undefined;
    this.#pattern = undefined;
    if ('topics' in subscription) {
      this.#topics = [...new Set(subscription.topics)];
      this.#watchTopics();
      this.#load(this.#topics);
      return;
    }
    this.#pattern = whole(subscription.pattern);
    this.#unwatchAll = this.#cluster.refresher.watchAll();
    this.#match(this.#pattern);
    this.#loading = this.#load([]).finally(() => {
      this.#loading = undefined;
      this.#host.raise();
    });
  }

  async #load(topics: readonly string[]): Promise<void> {
    const { refresher, metadata } = this.#cluster;
    const what = 'reading metadata of the subscription';
    try {
      if (this.#pattern !== undefined) await this.#cluster.retry(what, () => refresher.refresh());
      const missing = topics.filter((topic) => metadata.topic(topic) === undefined);
      const options = {
        isCreating: this.#settings.allowAutoTopicCreation,
        timeoutMs: this.#settings.apiTimeoutMs,
      };
      await Promise.all(missing.map((topic) => refresher.awaitTopic(topic, options)));
    } catch (error) {
      // The group goes on without a topic that does not exist; it joins again when the topic comes.
      this.#cluster.settings.logger.warn({ error, topics }, 'topics of the subscription are missing');
    }
  }

  #match(pattern: TopicPattern): void {
    const { metadata } = this.#cluster;
    const matches = metadata.topicNames.filter((name) => {
      return metadata.topic(name)?.isInternal === false && pattern.test(name);
    });
    this.#topics = matches.toSorted();
  }

  #rejoinIfChanged(): void {
    if (!this.membership.isStable) return;
    const reason = this.#protocol.reasonToRejoin();
    if (reason !== undefined) this.membership.requestRejoin(reason);
  }

  #watchTopics(): void {
    this.#watch(new Set([...this.#topics, ...this.#protocol.ledTopics()]));
  }

  #watch(topics: ReadonlySet<string>): void {
    for (const topic of topics) if (!this.#watched.has(topic)) this.#cluster.refresher.watch(topic);
    for (const topic of this.#watched) if (!topics.has(topic)) this.#cluster.refresher.unwatch(topic);
    this.#watched = topics;
  }

  #groupHost(): GroupHost {
    const { partitions, store } = this.#host;
    return {
      assignors: this.#settings.assignors,
      rackId: this.#settings.rackId,
      subscribedTopics: () => this.#topics,
      listener: () => this.#listener,
      owned: () => partitions.list(),
      own: (owned: readonly TopicPartition[]) => partitions.replace(owned, () => 'committed'),
      commitBeforeRebalance: () => store.commitIfAutomatic(),
      requestRejoin: (reason) => this.membership.requestRejoin(reason),
    };
  }
}

/** A RegExp has to match the whole name, as in Java; also its state between calls is out of the way. */
function whole(pattern: TopicPattern): TopicPattern {
  if (!(pattern instanceof RegExp)) return pattern;
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''));
}
