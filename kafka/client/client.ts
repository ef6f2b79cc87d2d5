import type { Admin } from './admin/admin.ts';
import type { Consumer, ConsumerOptions } from './consumer/consumer.ts';
import type { GroupMembership, GroupOptions, GroupProtocol } from './group/membership.ts';
import type { Producer, ProducerOptions } from './producer/producer.ts';

/**
 * A client of one Kafka cluster. Metadata is shared by all it makes; each producer, consumer and membership has
 * connections of its own, so that a long poll of one never delays another.
 */
export interface KafkaClient {
  readonly clientId: string;
  /** Throws ConfigurationError when the options contradict each other. */
  producer(options?: ProducerOptions): Producer;
  /** Throws ConfigurationError when the options contradict each other. */
  consumer(options?: ConsumerOptions): Consumer;
  /** The same object at each call. */
  admin(): Admin;
  /** Membership in a group whose members speak `protocol`, such as Connect's workers. */
  membership(options: GroupOptions, protocol: GroupProtocol): GroupMembership;
  /** Closes all that was made from it in order (producers flush, consumers leave), then the connections. Idempotent. */
  close(): Promise<void>;
}
