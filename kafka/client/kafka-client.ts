import type { Admin } from './admin/admin.ts';
import { BrokerAdmin } from './admin/broker-admin.ts';
import type { KafkaClient } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import { Cluster } from './cluster/cluster.ts';
import { settingsOf } from './cluster/settings.ts';
import type { Consumer, ConsumerOptions } from './consumer/consumer.ts';
import { KafkaConsumer } from './consumer/kafka-consumer.ts';
import { ClientClosedError } from './errors.ts';
import { ClassicMembership } from './group/classic-membership.ts';
import type { GroupMembership, GroupOptions, GroupProtocol } from './group/membership.ts';
import { KafkaProducer } from './producer/kafka-producer.ts';
import type { Producer, ProducerOptions } from './producer/producer.ts';

/** A client of one cluster. Nothing is connected before it is needed. Throws ConfigurationError. */
export function createClient(options: ClientOptions): KafkaClient {
  return new ClusterClient(new Cluster(settingsOf(options)));
}

interface Closable {
  close(): Promise<void>;
}

class ClusterClient implements KafkaClient {
  readonly clientId: string;
  readonly #cluster: Cluster;
  readonly #admin: Admin;
  /** In order of creation. */
  readonly #open = new Set<Closable>();
  #closed: Promise<void> | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.clientId = cluster.settings.clientId;
    this.#admin = new BrokerAdmin(cluster);
  }

  producer(options: ProducerOptions = {}): Producer {
    return this.#keep((onClosed) => new KafkaProducer(this.#cluster, options, onClosed));
  }

  consumer(options: ConsumerOptions = {}): Consumer {
    return this.#keep((onClosed) => new KafkaConsumer(this.#cluster, options, onClosed));
  }

  admin(): Admin {
    return this.#admin;
  }

  membership(options: GroupOptions, protocol: GroupProtocol): GroupMembership {
    return this.#keep((onClosed) => new ClassicMembership(this.#cluster, options, protocol, onClosed));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #keep<T extends Closable>(make: (onClosed: () => void) => T): T {
    if (this.#closed !== undefined) throw new ClientClosedError('client');
    const made: T = make(() => this.#open.delete(made));
    this.#open.add(made);
    return made;
  }

  async #close(): Promise<void> {
    // Consumers first, then producers: what a consumer does while it is revoked may still be written.
    const open = [...this.#open];
    const isProducer = (one: Closable) => one instanceof KafkaProducer;
    const close = (ones: readonly Closable[]) => Promise.allSettled(ones.map((one) => one.close()));
    await close(open.filter((one) => !isProducer(one)));
    await close(open.filter(isProducer));
    this.#cluster.close();
  }
}
