import {
  alterConfigsRequest,
  createTopicsRequest,
  describeConfigsRequest,
  incrementalAlterConfigsRequest,
  listConfigResourcesRequest,
} from '../../../kafka/protocol/index.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Numbers of the resource types of the protocol. */
const type = { unknown: 0, topic: 2, broker: 4, logger: 8, clientMetrics: 16, group: 32 };
/** Numbers of the operations of IncrementalAlterConfigs. */
const op = { set: 0, delete: 1, append: 2, subtract: 3 };

/** Configs of topics, brokers, groups and client metrics. */
export const configs: WireFamily = {
  name: 'configs',
  about: 'DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources',
  async ask(wire) {
    await wire.ask(
      'a topic',
      createTopicsRequest,
      7,
      {
        topics: [
          {
            name: 'configs',
            numPartitions: 1,
            replicationFactor: 1,
            assignments: [],
            configs: [{ name: 'segment.ms', value: '60000' }],
          },
        ],
      },
      { counted: ['topics.configs'] },
    );
    await wire.untilLed(['configs'], 1);
    await describe(wire);
    await incremental(wire);
    await replacing(wire);
    await list(wire);
  },
};

async function describe(wire: Wire): Promise<void> {
  wire.title('describe');
  const ask = (
    what: string,
    version: number,
    resourceType: number,
    resourceName: string,
    configurationKeys: readonly string[] | null,
    includeSynonyms = false,
  ) =>
    wire.ask(what, describeConfigsRequest, version, {
      resources: [{ resourceType, resourceName, configurationKeys }],
      includeSynonyms,
    });
  for (const version of [1, 2, 3, 4])
    await ask('a set and a default', version, type.topic, 'configs', ['segment.ms', 'retention.ms']);
  await ask('all of a topic, with synonyms', 4, type.topic, 'configs', null, true);
  await ask('no names', 4, type.topic, 'configs', []);
  await ask('an unknown name', 4, type.topic, 'configs', ['no.such']);
  await ask('one name twice', 4, type.topic, 'configs', ['segment.ms', 'segment.ms']);
  await ask('of an unknown topic', 4, type.topic, 'unknown', null);
  await ask('of a bad topic name', 4, type.topic, 'bad name', null);
  await ask('of an empty topic name', 4, type.topic, '', null);
  await ask(
    'of the consumer offsets',
    4,
    type.topic,
    '__consumer_offsets',
    ['cleanup.policy', 'compression.type', 'segment.bytes'],
    true,
  );
  for (const version of [1, 4])
    await ask(
      'some of the broker',
      version,
      type.broker,
      '1',
      ['log.retention.ms', 'log.retention.hours', 'num.partitions', 'node.id', 'log.cleaner.threads'],
      true,
    );
  await ask('all that is dynamic on all brokers', 4, type.broker, '', null);
  await ask('of another broker', 4, type.broker, '77', null);
  await ask('of a broker that is no number', 4, type.broker, 'one', null);
  await ask('a logger', 4, type.logger, '1', ['org.apache.kafka', 'no.such']);
  await ask('loggers of another broker', 4, type.logger, '77', null);
  await ask('loggers of no broker', 4, type.logger, '', null);
  await ask('of a group', 4, type.group, 'any', null, true);
  await ask('of an empty group', 4, type.group, '', null);
  await ask('of client metrics', 4, type.clientMetrics, 'any', null, true);
  await ask('of empty client metrics', 4, type.clientMetrics, '', null);
  await ask('of a type unknown', 4, type.unknown, 'x', null);
  await ask('of a type that is not there', 4, 99, 'x', null);
  await wire.ask('two resources, one twice', describeConfigsRequest, 4, {
    resources: [
      { resourceType: type.topic, resourceName: 'configs', configurationKeys: ['segment.ms'] },
      { resourceType: type.topic, resourceName: 'configs', configurationKeys: ['retention.ms'] },
      { resourceType: type.broker, resourceName: '1', configurationKeys: ['num.partitions'] },
    ],
  });
  await wire.ask('nothing', describeConfigsRequest, 4, { resources: [] });
}

type Change = readonly [name: string, operation: number, value: string | null];

async function incremental(wire: Wire): Promise<void> {
  wire.title('alter, one by one');
  const ask = async (
    what: string,
    resourceType: number,
    resourceName: string,
    changes: readonly Change[],
    options: { readonly version?: number; readonly validateOnly?: boolean } = {},
  ) => {
    await wire.ask(what, incrementalAlterConfigsRequest, options.version ?? 1, {
      resources: [
        {
          resourceType,
          resourceName,
          configs: changes.map(([name, configOperation, value]) => ({ name, configOperation, value })),
        },
      ],
      validateOnly: options.validateOnly ?? false,
    });
    // The broker applies what its controller has accepted a moment later.
    if (resourceType === type.broker) await wire.pause(100);
  };
  const topic = (what: string, ...changes: readonly Change[]) => ask(what, type.topic, 'configs', changes);
  await ask('set', type.topic, 'configs', [['retention.ms', op.set, '3600000']], { version: 0 });
  await topic('set', ['retention.ms', op.set, '3600000']);
  await topic('set to null', ['retention.ms', op.set, null]);
  await topic('delete with a value', ['retention.ms', op.delete, '5']);
  await topic('delete what is not set', ['retention.ms', op.delete, null]);
  await topic('delete what is not there', ['no.such', op.delete, null]);
  await topic('append to a list', ['cleanup.policy', op.append, 'compact']);
  await topic('append what is there', ['cleanup.policy', op.append, 'compact']);
  await topic('append null', ['cleanup.policy', op.append, null]);
  await topic('append what is not allowed', ['cleanup.policy', op.append, 'burn']);
  await topic('subtract from a list', ['cleanup.policy', op.subtract, 'delete']);
  await topic('subtract what is not there', ['cleanup.policy', op.subtract, 'delete']);
  await topic('subtract all that is left', ['cleanup.policy', op.subtract, 'compact']);
  await topic('append to a number', ['retention.ms', op.append, '5']);
  await topic('subtract from a number', ['retention.ms', op.subtract, '5']);
  await topic('an unknown operation', ['retention.ms', 9, '5']);
  await topic('an unknown config', ['no.such', op.set, '1']);
  await topic('an empty config', ['', op.set, '1']);
  await topic('an empty value', ['retention.ms', op.set, '']);
  await topic('a value with spaces around', ['retention.ms', op.set, ' 5000 ']);
  await topic('a number that is none', ['retention.ms', op.set, 'soon']);
  await topic('a number too large for its type', ['segment.bytes', op.set, '99999999999']);
  await topic('a fraction out of range', ['min.cleanable.dirty.ratio', op.set, '1.5']);
  await topic('one config twice', ['retention.ms', op.set, '1'], ['retention.ms', op.set, '2']);
  await topic('one config set and deleted', ['retention.ms', op.set, '1'], ['retention.ms', op.delete, null]);
  await topic('one valid and one not', ['retention.ms', op.set, '7777777'], ['no.such', op.set, '2']);
  await topic('nothing');
  await topic('remote storage', ['remote.storage.enable', op.set, 'true']);
  await ask('only checked', type.topic, 'configs', [['retention.ms', op.set, '99']], { validateOnly: true });
  await ask('only checked, bad', type.topic, 'configs', [['retention.ms', op.set, 'soon']], {
    validateOnly: true,
  });
  await ask('of an unknown topic', type.topic, 'unknown', [['retention.ms', op.set, '1']]);
  await ask('of a bad topic name', type.topic, 'bad name', [['retention.ms', op.set, '1']]);
  await ask('of an empty topic name', type.topic, '', [['retention.ms', op.set, '1']]);
  await ask('of the metadata log', type.topic, '__cluster_metadata', [['retention.ms', op.set, '1']]);
  await ask('of the broker', type.broker, '1', [['log.retention.ms', op.set, '7200000']]);
  await ask('of the broker, read-only', type.broker, '1', [['node.id', op.set, '9']]);
  await ask('of the broker, unknown', type.broker, '1', [['no.such', op.set, '9']]);
  await ask('of the broker, bad', type.broker, '1', [['log.retention.ms', op.set, 'soon']]);
  await ask('of the broker, out of range', type.broker, '1', [['num.io.threads', op.set, '0']]);
  await ask('of the broker, threads more than doubled', type.broker, '1', [['num.io.threads', op.set, '99']]);
  await ask('of the broker, appended', type.broker, '1', [['log.cleanup.policy', op.append, 'compact']]);
  await ask('of the broker, appended what is a default', type.broker, '1', [
    ['log.cleanup.policy', op.append, 'delete'],
  ]);
  await ask('of the broker, back', type.broker, '1', [
    ['log.retention.ms', op.delete, null],
    ['log.cleanup.policy', op.delete, null],
  ]);
  await ask('of all brokers', type.broker, '', [['log.retention.ms', op.set, '9000000']]);
  await ask('of all brokers, only for one', type.broker, '', [['listeners', op.set, 'PLAINTEXT://:1']]);
  await ask('of all brokers, back', type.broker, '', [['log.retention.ms', op.delete, null]]);
  await ask('of another broker', type.broker, '77', [['log.retention.ms', op.set, '1']]);
  await ask('of a broker that is no number', type.broker, 'one', [['log.retention.ms', op.set, '1']]);
  await ask('a logger', type.logger, '1', [['kafka.no.such.Logger', op.set, 'DEBUG']]);
  await ask('a logger, bad level', type.logger, '1', [['org.apache.kafka', op.set, 'LOUD']]);
  await ask('a logger, appended', type.logger, '1', [['org.apache.kafka', op.append, 'INFO']]);
  await ask('a logger of another broker', type.logger, '77', [['org.apache.kafka', op.set, 'INFO']]);
  await ask('of a group', type.group, 'configured', [['consumer.session.timeout.ms', op.set, '50000']]);
  await ask('of a group, out of range', type.group, 'configured', [
    ['consumer.session.timeout.ms', op.set, '5'],
  ]);
  await ask('of a group, below its heartbeat', type.group, 'configured', [
    ['consumer.session.timeout.ms', op.set, '5000'],
    ['consumer.heartbeat.interval.ms', op.set, '6000'],
  ]);
  await ask('of a group, unknown', type.group, 'configured', [['retention.ms', op.set, '5']]);
  await ask('of an empty group', type.group, '', [['consumer.session.timeout.ms', op.set, '50000']]);
  await ask('of client metrics', type.clientMetrics, 'metrics', [
    ['interval.ms', op.set, '60000'],
    ['metrics', op.set, 'org.apache.kafka.'],
    ['match', op.set, 'client_id=x'],
  ]);
  await ask('of client metrics, bad match', type.clientMetrics, 'metrics', [['match', op.set, 'nonsense']]);
  await ask('of client metrics, unknown', type.clientMetrics, 'metrics', [['no.such', op.set, '1']]);
  await ask('of empty client metrics', type.clientMetrics, '', [['interval.ms', op.set, '60000']]);
  await ask('of a type unknown', type.unknown, 'x', [['retention.ms', op.set, '1']]);
  await ask('of a type that is not there', 99, 'x', [['retention.ms', op.set, '1']]);
  await wire.ask('one resource twice', incrementalAlterConfigsRequest, 1, {
    resources: [1, 2].map((value) => ({
      resourceType: type.topic,
      resourceName: 'configs',
      configs: [{ name: 'retention.ms', configOperation: op.set, value: `${value}` }],
    })),
    validateOnly: false,
  });
  await wire.ask('no resource', incrementalAlterConfigsRequest, 1, { resources: [], validateOnly: false });
  await wire.pause(300);
  for (const [resourceType, resourceName] of [
    [type.topic, 'configs'],
    [type.broker, ''],
    [type.group, 'configured'],
    [type.clientMetrics, 'metrics'],
  ] as const)
    await wire.ask(`what is set on "${resourceName}"`, describeConfigsRequest, 4, {
      resources: [
        {
          resourceType,
          resourceName,
          configurationKeys:
            resourceType === type.topic ? ['cleanup.policy', 'retention.ms', 'segment.ms'] : null,
        },
      ],
      includeSynonyms: true,
    });
}

async function replacing(wire: Wire): Promise<void> {
  wire.title('alter, all at once');
  const ask = async (
    what: string,
    version: number,
    resourceType: number,
    resourceName: string,
    values: Readonly<Record<string, string | null>>,
    validateOnly = false,
  ) => {
    await wire.ask(what, alterConfigsRequest, version, {
      resources: [
        {
          resourceType,
          resourceName,
          configs: Object.entries(values).map(([name, value]) => ({ name, value })),
        },
      ],
      validateOnly,
    });
    if (resourceType === type.broker) await wire.pause(100);
  };
  for (const version of [0, 1, 2])
    await ask('one config, which takes the others away', version, type.topic, 'configs', {
      'retention.ms': '11',
    });
  await wire.pause(300);
  await wire.ask('what is left', describeConfigsRequest, 4, {
    resources: [
      {
        resourceType: type.topic,
        resourceName: 'configs',
        configurationKeys: ['segment.ms', 'retention.ms'],
      },
    ],
  });
  await ask('a value null', 2, type.topic, 'configs', { 'retention.ms': null });
  await ask('an unknown config', 2, type.topic, 'configs', { 'no.such': '1' });
  await ask('a bad value', 2, type.topic, 'configs', { 'retention.ms': 'soon' });
  await ask('only checked', 2, type.topic, 'configs', {}, true);
  await ask('nothing, which takes all away', 2, type.topic, 'configs', {});
  await ask('of an unknown topic', 2, type.topic, 'unknown', {});
  await ask('of the broker', 2, type.broker, '1', { 'log.retention.ms': '7200000' });
  await ask('of the broker, read-only', 2, type.broker, '1', { 'node.id': '7' });
  await ask('of the broker, back', 2, type.broker, '1', {});
  await ask('of another broker', 2, type.broker, '77', {});
  await ask('a logger', 2, type.logger, '1', { 'org.apache.kafka': 'INFO' });
  await ask('of a group', 2, type.group, 'configured', { 'consumer.session.timeout.ms': '46000' });
  await ask('of a type that is not there', 2, 99, 'x', {});
}

async function list(wire: Wire): Promise<void> {
  wire.title('resources that have configs');
  await wire.pause(300);
  await wire.ask('client metrics', listConfigResourcesRequest, 0, {});
  for (const [what, resourceTypes] of [
    ['client metrics', [type.clientMetrics]],
    ['groups', [type.group]],
    ['brokers', [type.broker]],
    ['loggers', [type.logger]],
    ['the same twice', [type.group, type.group]],
    ['a type unknown', [type.unknown]],
    ['a type that is not there', [99]],
    ['one that is there and one not', [type.group, 99]],
  ] as const)
    await wire.ask(what, listConfigResourcesRequest, 1, { resourceTypes: [...resourceTypes] });
}
