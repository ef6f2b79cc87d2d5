import {
  brokerConfigs,
  type ConfigDefinition,
  clientMetricsConfigs,
  groupConfigs,
} from '../../../broker/config/index.ts';
import {
  alterConfigsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  describeConfigsRequest,
  incrementalAlterConfigsRequest,
  listConfigResourcesRequest,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import type { Wire } from '../wire/wire.ts';
import { Applied } from './applied.ts';
import { drawTopicConfig, drawValue } from './config-values.ts';
import { told } from './told.ts';
import type { Walk } from './walk.ts';

/** Configs of topics, brokers, groups and client metrics are set, looked at and taken away again. */
export const configsWalk: Walk = {
  name: 'configs',
  about: 'DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources',
  count: 4,
  steps: 60,
  async take(wire, dice, prefix) {
    const configs = new Configs(wire, dice, prefix);
    await configs.open();
    for (let step = 0; step < configsWalk.steps; step++) await configs.step();
    await configs.close();
  },
};

/** Numbers of the resource types of the protocol. */
const type = { unknown: 0, topic: 2, broker: 4, logger: 8, clientMetrics: 16, group: 32 };
/** Numbers and words of the operations of IncrementalAlterConfigs. */
const operations = ['set', 'delete', 'append', 'subtract'];

type Named = Pick<ConfigDefinition, 'name' | 'type'>;
interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

const brokerDefinitions = Object.values<ConfigDefinition>(brokerConfigs).filter(
  // Millrace's own, and what depends on how the two were started.
  ({ name, type: kind }) =>
    kind !== 'CLASS' &&
    !/^log\.scrub\.|^durability$|listeners$|^metrics\.(host|port)$|^metric\.reporters$|^log\.dirs?$/.test(
      name,
    ),
);
/** What may be changed in earnest: neither connections nor the other walks feel it. */
const harmless = brokerDefinitions.filter(
  ({ name, updateMode }) => updateMode === 'cluster-wide' && harmlessNames().has(name),
);

function harmlessNames(): ReadonlySet<string> {
  return new Set([
    'log.segment.bytes',
    'log.roll.ms',
    'log.roll.jitter.ms',
    'log.retention.ms',
    'log.retention.bytes',
    'log.cleanup.policy',
    'log.index.size.max.bytes',
    'log.index.interval.bytes',
    'log.flush.interval.messages',
    'log.segment.delete.delay.ms',
    'log.preallocate',
    'log.message.timestamp.type',
    'log.message.timestamp.before.max.ms',
    'log.message.timestamp.after.max.ms',
    'log.cleaner.backoff.ms',
    'log.cleaner.min.cleanable.ratio',
    'log.cleaner.delete.retention.ms',
    'log.cleaner.min.compaction.lag.ms',
    'log.cleaner.max.compaction.lag.ms',
    'log.cleaner.io.max.bytes.per.second',
    'log.local.retention.ms',
    'log.local.retention.bytes',
    'compression.type',
    'compression.gzip.level',
    'compression.lz4.level',
    'compression.zstd.level',
    'message.max.bytes',
    'min.insync.replicas',
    'unclean.leader.election.enable',
    'leader.replication.throttled.rate',
    'follower.replication.throttled.rate',
    'remote.fetch.max.wait.ms',
    'remote.list.offsets.request.timeout.ms',
    'producer.id.expiration.ms',
    'transaction.partition.verification.enable',
  ]);
}

class Configs {
  readonly #wire: Wire;
  readonly #dice: Dice;
  readonly #applied: Applied;
  readonly #topics: readonly string[];
  readonly #groups: readonly string[];
  readonly #subscriptions: readonly string[];

  constructor(wire: Wire, dice: Dice, prefix: string) {
    this.#wire = wire;
    this.#dice = dice;
    this.#applied = new Applied(wire, prefix);
    const named = (kind: string) => ['a', 'b'].map((name) => `${prefix}-${kind}-${name}`);
    this.#topics = named('topic');
    this.#groups = named('group');
    this.#subscriptions = named('metrics');
  }

  async open(): Promise<void> {
    const topics = this.#topics.map((name) => ({
      name,
      numPartitions: 1,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }));
    await this.#wire.ask('two topics', createTopicsRequest, 7, { topics }, { counted: ['topics.configs'] });
    await this.#wire.untilLed(this.#topics, 1);
  }

  async step(): Promise<void> {
    const way = this.#dice.below(100);
    if (way < 45) await this.#incremental();
    else if (way < 60) await this.#replace();
    else if (way < 95) await this.#describe();
    else await this.#list();
  }

  /** Takes away what was set for the whole broker, and the topics. */
  async close(): Promise<void> {
    const resources = [
      { resourceType: type.broker, resourceName: '1' },
      ...this.#groups.map((resourceName) => ({ resourceType: type.group, resourceName })),
      ...this.#subscriptions.map((resourceName) => ({ resourceType: type.clientMetrics, resourceName })),
    ];
    // What the cluster began with: it cannot be taken away.
    const first = [{ name: 'min.insync.replicas', value: '1' }];
    const bodies = [
      { resourceType: type.broker, resourceName: '', configs: first },
      ...resources.map((each) => ({ ...each, configs: [] })),
    ];
    const body = { resources: bodies, validateOnly: false };
    await this.#wire.ask('all that was set, back', alterConfigsRequest, 2, body);
    this.#applied.changed();
    await this.#applied.wait();
    await this.#wire.ask('what is left of it', describeConfigsRequest, 4, {
      resources: [{ resourceType: type.broker, resourceName: '', configurationKeys: null }],
    });
    const topicNames = [...this.#topics];
    await this.#wire.ask('the topics', deleteTopicsRequest, 5, { topicNames, timeoutMs: 5000 });
    await this.#applied.close();
  }

  #resource(): Resource {
    const dice = this.#dice;
    const way = dice.below(100);
    if (way < 45) {
      const resourceName = dice.chance(93)
        ? dice.pick(this.#topics)
        : dice.pick(['', 'bad name', `${this.#topics[0]}-unknown`, '__cluster_metadata', '.']);
      return { resourceType: type.topic, resourceName };
    }
    if (way < 70) {
      const resourceName = dice.chance(93) ? dice.pick(['1', '']) : dice.pick(['2', '-1', 'one', ' 1']);
      return { resourceType: type.broker, resourceName };
    }
    if (way < 83) {
      return { resourceType: type.group, resourceName: dice.chance(95) ? dice.pick(this.#groups) : '' };
    }
    if (way < 94) {
      const resourceName = dice.chance(95) ? dice.pick(this.#subscriptions) : '';
      return { resourceType: type.clientMetrics, resourceName };
    }
    if (way < 98) {
      const resourceName = dice.chance(75) ? '1' : dice.pick(['', '2', 'one']);
      return { resourceType: type.logger, resourceName };
    }
    return { resourceType: dice.pick([type.unknown, 1, 3, 64, -1]), resourceName: '1' };
  }

  /** A config that such a resource has, now and then that of another. */
  #config({ resourceType }: Resource, index = 0): Named {
    const dice = this.#dice;
    // Of several unknown ones Kafka tells of the first by its hash.
    if (index === 0 && dice.chance(3)) return drawTopicConfig(dice);
    if (index === 0 && dice.chance(3)) return { name: 'no.such', type: 'STRING' };
    switch (resourceType) {
      case type.broker:
        return dice.pick(harmless);
      case type.group:
        return dice.pick<Named>(Object.values(groupConfigs));
      case type.clientMetrics:
        return dice.pick<Named>(Object.values(clientMetricsConfigs));
      default:
        return drawTopicConfig(dice, index);
    }
  }

  async #incremental(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    const isRisky = dice.chance(25);
    const resources = dice.list(1, dice.chance(80) ? 1 : 3, () => {
      const resource = isRisky ? this.#risky() : this.#resource();
      const configs = dice.list(dice.chance(5) ? 0 : 1, dice.chance(70) ? 1 : 4, (i) =>
        this.#operation(resource, isRisky, i),
      );
      return { ...resource, configs };
    });
    const validateOnly =
      isRisky || resources.some(({ resourceType }) => resourceType === type.logger) || dice.chance(15);
    const what = `${validateOnly ? 'only checked: ' : ''}${resources.map(toldResource).join('; ')}`;
    const body = { resources, validateOnly };
    await this.#wire.ask(what, incrementalAlterConfigsRequest, dice.below(2), body);
    this.#applied.changed();
  }

  #risky(): Resource {
    return { resourceType: type.broker, resourceName: this.#dice.pick(['1', '']) };
  }

  #operation(resource: Resource, isRisky: boolean, index: number) {
    const dice = this.#dice;
    const isLogger = resource.resourceType === type.logger;
    const loggers = ['no.such.Logger', 'org.apache.kafka', 'root', ''];
    const definition = isLogger
      ? { name: dice.pick(loggers), type: 'STRING' as const }
      : isRisky && index === 0
        ? dice.pick(brokerDefinitions)
        : this.#config(resource, index);
    // Of several bad operations Kafka tells of the first by its hash.
    const lists =
      definition.type === 'LIST' && resource.resourceType !== type.clientMetrics
        ? [2, 3, 2, 3]
        : index === 0
          ? [2]
          : [];
    const configOperation = dice.pick([0, 0, 0, 0, 0, 0, 1, 1, 1, ...lists]);
    const isNull = configOperation === 1 ? dice.chance(80) : dice.chance(3);
    const value = isLogger
      ? dice.pick(['INFO', 'DEBUG', 'LOUD', 'info', ''])
      : this.#value(resource, definition, index);
    return { name: definition.name, configOperation, value: isNull ? null : value };
  }

  /** Of several bad values of a broker Kafka tells of the first by its hash: the later ones are good. */
  #value({ resourceType }: Resource, definition: Named, index: number): string {
    if (resourceType !== type.broker || index === 0) return drawValue(this.#dice, definition);
    return brokerDefinitions.find(({ name }) => name === definition.name)?.default ?? '3600000';
  }

  async #replace(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    const drawn = dice.list(1, dice.chance(80) ? 1 : 3, () => {
      const resource = this.#resource();
      const configs = dice.list(0, dice.chance(70) ? 2 : 4, (i) => {
        const definition = this.#config(resource, i);
        return {
          name: definition.name,
          value: dice.chance(4) ? null : this.#value(resource, definition, i),
        };
      });
      return { ...resource, configs };
    });
    // Kafka never answers when one resource is there twice, or two are of no type.
    const resources = [
      ...new Map(
        drawn.filter(isKnown).map((each) => [`${each.resourceType} ${each.resourceName}`, each]),
      ).values(),
    ];
    const validateOnly = dice.chance(20);
    const what = `${validateOnly ? 'only checked: ' : ''}${resources.map(toldResource).join('; ')}`;
    await this.#wire.ask(what, alterConfigsRequest, dice.below(3), { resources, validateOnly });
    this.#applied.changed();
  }

  async #describe(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    const version = 1 + dice.below(4);
    const resources = dice.list(1, dice.chance(75) ? 1 : 3, () => {
      const resource = this.#resource();
      return { ...resource, configurationKeys: this.#keys(resource) };
    });
    const includeSynonyms = dice.chance(50);
    const includeDocumentation = version >= 3 && dice.chance(10);
    const what = `${includeSynonyms ? 'with' : 'without'} synonyms: ${resources.map(toldResource).join('; ')}`;
    const body = { resources, includeSynonyms, ...(version < 3 ? {} : { includeDocumentation }) };
    await this.#wire.ask(what, describeConfigsRequest, version, body, {
      without: includeDocumentation ? ['documentation'] : [],
    });
  }

  #keys(resource: Resource): string[] | null {
    const dice = this.#dice;
    const { resourceType, resourceName } = resource;
    if (resourceType === type.logger) return ['no.such.Logger'];
    // All configs of a broker differ by how the brokers are started.
    if (resourceType === type.broker && resourceName !== '')
      return dice.list(1, 6, () =>
        dice.chance(75) ? dice.pick(harmless).name : this.#config(resource).name,
      );
    if (dice.chance(55)) return null;
    return dice.list(0, 5, () => this.#config(resource).name);
  }

  async #list(): Promise<void> {
    const dice = this.#dice;
    await this.#applied.wait();
    const version = dice.below(2);
    const some = [type.topic, type.broker, type.logger, type.clientMetrics, type.group, type.unknown, 99, -1];
    const resourceTypes = version === 0 ? [] : dice.list(0, 2, () => dice.pick(some));
    await this.#wire.ask(
      `of types ${told(resourceTypes)}`,
      listConfigResourcesRequest,
      version,
      version === 0 ? {} : { resourceTypes },
      {
        without: [],
      },
    );
  }
}

function isKnown({ resourceType }: Resource): boolean {
  return Object.values(type).includes(resourceType);
}

interface Asked extends Resource {
  readonly configs?: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly configOperation?: number;
  }[];
  readonly configurationKeys?: readonly string[] | null;
}

/** A resource and what is asked of it: `topic a: set retention.ms=5`. */
function toldResource({ resourceType, resourceName, configs, configurationKeys }: Asked): string {
  const [kind = `type ${resourceType}`] =
    Object.entries(type).find(([, number]) => number === resourceType) ?? [];
  const changes = configs?.map(({ name, value, configOperation }) => {
    const operation =
      configOperation === undefined ? '' : `${operations[configOperation] ?? configOperation} `;
    return `${operation}${name}=${value === null ? 'null' : `'${value}'`}`;
  });
  const asked = changes ?? configurationKeys;
  return `${kind} '${resourceName}': ${asked === null ? 'all' : `[${asked?.join(', ')}]`}`;
}
