import type { KafkaClient } from '../../kafka/client/index.ts';
import type { Properties, TopicCreationRules } from '../config/index.ts';
import { TopicCreationError } from './errors.ts';

const FACTOR_DEFAULT = 3;

/** How a topic is to be created. */
interface NewTopicPlan {
  readonly partitionCount: number;
  /** Undefined: 3, or as many as there are brokers. -1: the broker's default. */
  readonly replicationFactor: number | undefined;
  readonly configs: Properties;
}

/** Creates a topic unless it exists. Throws {@link TopicCreationError}. */
export async function createTopic(client: KafkaClient, name: string, plan: NewTopicPlan): Promise<void> {
  try {
    const admin = client.admin();
    const [found] = await admin.describeTopics([name]);
    if (found !== undefined && found.error === undefined) return;
    const replicationFactor = plan.replicationFactor ?? (await replicationFactorFor(client));
    const [created] = await admin.createTopics([{ name, ...plan, replicationFactor }]);
    if (created?.error !== undefined && created.error.errorName !== 'TOPIC_ALREADY_EXISTS')
      throw created.error;
  } catch (error) {
    throw new TopicCreationError(name, error);
  }
}

/** Kafka's default of 3, or less when there are fewer brokers: on one machine nothing has to be configured. */
export async function replicationFactorFor(client: KafkaClient): Promise<number> {
  const { brokers } = await client.admin().describeCluster();
  return Math.max(1, Math.min(FACTOR_DEFAULT, brokers.length));
}

/** Sees to it that topics exist, as the rules say, before a source's first record goes there. */
export class TopicCreation {
  readonly #client: KafkaClient;
  readonly #rules: TopicCreationRules | undefined;
  readonly #onTopic: (topic: string) => void;
  readonly #known = new Set<string>();

  /** Without rules nothing is created here; whether the broker does it is its own matter. */
  constructor(client: KafkaClient, rules: TopicCreationRules | undefined, onTopic: (topic: string) => void) {
    this.#client = client;
    this.#rules = rules;
    this.#onTopic = onTopic;
  }

  isKnown(topic: string): boolean {
    return this.#known.has(topic);
  }

  /** Throws {@link TopicCreationError}. */
  async ensure(topic: string): Promise<void> {
    if (this.#known.has(topic)) return;
    if (this.#rules !== undefined) await createTopic(this.#client, topic, this.#rules.planFor(topic));
    if (this.#known.has(topic)) return;
    this.#known.add(topic);
    this.#onTopic(topic);
  }
}
