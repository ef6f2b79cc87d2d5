import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Admin, KafkaClient } from '../../../kafka/client/index.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

let cluster: SimulatedCluster;
let client: KafkaClient;
let admin: Admin;

beforeEach(async (context) => {
  cluster = await SimulatedCluster.start(context.task.name);
  client = cluster.client();
  admin = client.admin();
});

afterEach(async () => {
  await cluster.run(client.close());
  await cluster.stopBroker();
});

const run = <T>(work: Promise<T>) => cluster.run(work);
const errorsOf = (answers: readonly { readonly error: { readonly errorName: string } | undefined }[]) =>
  answers.map(({ error }) => error?.errorName);
const write = (topic: string, count: number) =>
  run(
    client
      .producer()
      .send(
        Array.from({ length: count }, (_, index) => ({ topic, partition: 0, value: null, timestamp: index })),
      ),
  );
const t0 = { topic: 't', partition: 0 };

describe('topics', () => {
  test('are created with partitions and configs, each for itself', async () => {
    const created = await run(
      admin.createTopics([
        { name: 'a', partitionCount: 3, configs: { 'retention.ms': '1000' } },
        { name: 'b', partitionCount: 0 },
        { name: 'c', configs: { nonsense: '1' } },
        { name: 'd', assignments: [[1], [1]] },
      ]),
    );
    expect(errorsOf(created)).toEqual([undefined, 'INVALID_PARTITIONS', 'INVALID_CONFIG', undefined]);
    expect(created[0]).toMatchObject({ name: 'a', partitionCount: 3, replicationFactor: 1 });
    expect(created[0]?.topicId).toMatch(/^[\w-]{22}$/);
    const topics = await run(admin.listTopics());
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
      ['a', 3],
      ['d', 2],
    ]);
  });

  test('that exist are refused, and what is only validated is not created', async () => {
    await run(admin.createTopics([{ name: 'a' }]));
    expect(
      errorsOf(await run(admin.createTopics([{ name: 'a' }, { name: 'b' }], { isValidatedOnly: true }))),
    ).toEqual(['TOPIC_ALREADY_EXISTS', undefined]);
    expect((await run(admin.listTopics())).map(({ name }) => name)).toEqual(['a']);
  });

  test('are described in the order of the question, and one that is missing is refused at once', async () => {
    await run(admin.createTopics([{ name: 'a', partitionCount: 2 }]));
    const [missing, found] = await run(admin.describeTopics(['x', 'a']));
    expect([missing?.error?.errorName, missing?.partitions]).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', []]);
    expect(found?.partitions.map(({ partition, leader, isr }) => [partition, leader, isr])).toEqual([
      [0, 1, [1]],
      [1, 1, [1]],
    ]);
    expect(cluster.platform.clock.monotonic()).toBeLessThan(1_000);
  });

  test('are deleted, each for itself', async () => {
    await run(admin.createTopics([{ name: 'a' }, { name: 'b' }]));
    expect(errorsOf(await run(admin.deleteTopics(['a', 'x'])))).toEqual([
      undefined,
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect((await run(admin.listTopics())).map(({ name }) => name)).toEqual(['b']);
  });

  test('that are internal are listed on request', async () => {
    await run(admin.alterGroupOffsets('g', [{ ...t0, offset: 1 }]));
    expect(await run(admin.listTopics())).toEqual([]);
    expect((await run(admin.listTopics({ hasInternal: true }))).map(({ name }) => name)).toEqual([
      '__consumer_offsets',
    ]);
  });

  test('get more partitions, but never fewer', async () => {
    await run(admin.createTopics([{ name: 'a', partitionCount: 2 }]));
    const answers = await run(
      admin.createPartitions([
        { name: 'a', count: 4 },
        { name: 'x', count: 2 },
      ]),
    );
    expect(errorsOf(answers)).toEqual([undefined, 'UNKNOWN_TOPIC_OR_PARTITION']);
    expect(errorsOf(await run(admin.createPartitions([{ name: 'a', count: 3 }])))).toEqual([
      'INVALID_PARTITIONS',
    ]);
    expect((await run(admin.describeTopics(['a'])))[0]?.partitions.length).toBe(4);
  });
});

describe('configs', () => {
  const configOf = async (name: string) => {
    const [resource] = await run(admin.describeConfigs([{ type: 'topic', name: 'a', names: [name] }]));
    return resource?.configs[0];
  };

  test('are described with where they come from', async () => {
    await run(admin.createTopics([{ name: 'a', configs: { 'retention.ms': '1000' } }]));
    const [resource, missing] = await run(
      admin.describeConfigs(
        [
          { type: 'topic', name: 'a' },
          { type: 'topic', name: 'x' },
        ],
        { hasSynonyms: true },
      ),
    );
    const find = (name: string) => resource?.configs.find((config) => config.name === name);
    expect(find('retention.ms')).toMatchObject({
      value: '1000',
      source: 'DYNAMIC_TOPIC_CONFIG',
      isReadOnly: false,
    });
    expect(find('retention.ms')?.synonyms[0]).toMatchObject({
      value: '1000',
      source: 'DYNAMIC_TOPIC_CONFIG',
    });
    expect(find('cleanup.policy')).toMatchObject({ value: 'delete', source: 'DEFAULT_CONFIG' });
    expect(missing?.error?.errorName).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  test('are changed one by one', async () => {
    await run(admin.createTopics([{ name: 'a', configs: { 'cleanup.policy': 'delete' } }]));
    const change = (operation: 'set' | 'append' | 'delete', name: string, value?: string) =>
      run(
        admin.incrementalAlterConfigs([
          {
            type: 'topic',
            name: 'a',
            operations: [{ name, operation, ...(value === undefined ? {} : { value }) }],
          },
        ]),
      );
    expect(errorsOf(await change('set', 'retention.ms', '5'))).toEqual([undefined]);
    expect(errorsOf(await change('append', 'cleanup.policy', 'compact'))).toEqual([undefined]);
    expect(errorsOf(await change('set', 'retention.ms', 'soon'))).toEqual(['INVALID_CONFIG']);
    expect([(await configOf('retention.ms'))?.value, (await configOf('cleanup.policy'))?.value]).toEqual([
      '5',
      'delete,compact',
    ]);
    await change('delete', 'retention.ms');
    expect((await configOf('retention.ms'))?.source).toBe('DEFAULT_CONFIG');
  });

  test('are replaced as a whole', async () => {
    await run(admin.createTopics([{ name: 'a', configs: { 'retention.ms': '5', 'segment.ms': '7' } }]));
    await run(admin.alterConfigs([{ type: 'topic', name: 'a', configs: { 'segment.ms': '8' } }]));
    expect([(await configOf('retention.ms'))?.source, (await configOf('segment.ms'))?.value]).toEqual([
      'DEFAULT_CONFIG',
      '8',
    ]);
  });

  test('of a broker are asked of that broker', async () => {
    const [known, unknown] = await run(
      admin.describeConfigs([
        { type: 'broker', name: '1', names: ['node.id'] },
        { type: 'broker', name: '7' },
      ]),
    );
    expect(known?.configs[0]?.value).toBe('1');
    expect(unknown?.error?.errorName).toBe('NETWORK_EXCEPTION');
  });
});

describe('records', () => {
  test('are deleted up to an offset', async () => {
    await run(admin.createTopics([{ name: 't' }]));
    await write('t', 5);
    const answers = await run(
      admin.deleteRecords([
        { ...t0, offset: 3 },
        { topic: 'x', partition: 0, offset: 1 },
      ]),
    );
    expect(answers).toMatchObject([{ lowWatermark: 3, error: undefined }, { lowWatermark: -1 }]);
    expect(answers[1]?.error?.errorName).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await run(admin.deleteRecords([{ ...t0, offset: 99 }]))).toMatchObject([
      { error: { errorName: 'OFFSET_OUT_OF_RANGE' } },
    ]);
  });

  test('of a topic that does not exist are not looked for longer than it may take to spread', async () => {
    const before = cluster.platform.clock.monotonic();
    expect(errorsOf(await run(admin.listOffsets([{ topic: 'x', partition: 0, at: 'latest' }])))).toEqual([
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(cluster.platform.clock.monotonic() - before).toBeLessThan(5_000);
  });

  test('are found at the ends of the log and by time, several questions about one partition at once', async () => {
    await run(admin.createTopics([{ name: 't' }]));
    await write('t', 5);
    await run(admin.deleteRecords([{ ...t0, offset: 1 }]));
    const at = ['earliest', 'latest', 'max-timestamp', 3, 99] as const;
    const answers = await run(admin.listOffsets(at.map((when) => ({ ...t0, at: when }))));
    expect(answers.map(({ offset, timestamp, error }) => [offset, timestamp, error])).toEqual([
      [1, -1, undefined],
      [5, -1, undefined],
      [4, 4, undefined],
      [3, 3, undefined],
      [-1, -1, undefined],
    ]);
  });
});

describe('the cluster', () => {
  test('is described', async () => {
    expect(await run(admin.describeCluster())).toEqual({
      clusterId: expect.any(String),
      controllerId: 1,
      brokers: [{ nodeId: 1, host: 'broker', port: 9092, rack: null, isFenced: false }],
    });
  });
});

describe('groups', () => {
  beforeEach(async () => {
    await run(admin.createTopics([{ name: 't', partitionCount: 2 }]));
  });

  /** A consumer that is in group `g`. */
  async function member() {
    const consumer = client.consumer({ groupId: 'g' });
    consumer.subscribe({ topics: ['t'] });
    const join = async () => {
      while (consumer.assignment().length === 0) await consumer.poll(100);
    };
    await run(join());
    return consumer;
  }

  test('are listed and described', async () => {
    const consumer = await member();
    await run(admin.alterGroupOffsets('simple', [{ ...t0, offset: 1 }]));
    expect(await run(admin.listGroups())).toEqual([
      { groupId: 'g', protocolType: 'consumer', state: 'Stable', type: 'classic' },
      { groupId: 'simple', protocolType: '', state: 'Empty', type: 'classic' },
    ]);
    expect((await run(admin.listGroups({ states: ['stable'] }))).map(({ groupId }) => groupId)).toEqual([
      'g',
    ]);
    const [group] = await run(admin.describeGroups(['g']));
    expect(group).toMatchObject({
      groupId: 'g',
      state: 'Stable',
      type: 'classic',
      protocol: 'range',
      error: undefined,
    });
    expect(group?.members).toMatchObject([
      {
        memberId: consumer.groupMetadata()?.memberId,
        clientId: 'millrace',
        assignment: [t0, { topic: 't', partition: 1 }],
      },
    ]);
  });

  test('that do not exist are dead', async () => {
    const [group] = await run(admin.describeGroups(['nope']));
    expect(group).toMatchObject({ state: 'Dead', members: [], error: { errorName: 'GROUP_ID_NOT_FOUND' } });
  });

  test('are deleted when they have no members', async () => {
    const consumer = await member();
    expect(errorsOf(await run(admin.deleteGroups(['g', 'nope'])))).toEqual([
      'NON_EMPTY_GROUP',
      'GROUP_ID_NOT_FOUND',
    ]);
    await run(consumer.close());
    expect(errorsOf(await run(admin.deleteGroups(['g'])))).toEqual([undefined]);
    expect(await run(admin.listGroups())).toEqual([]);
  });

  test('have offsets that are set, read and deleted from outside', async () => {
    const offsets = [
      { ...t0, offset: 5, metadata: 'm' },
      { topic: 't', partition: 1, offset: 6 },
      { topic: 'x', partition: 0, offset: 7 },
    ];
    expect(errorsOf(await run(admin.alterGroupOffsets('g', offsets)))).toEqual([
      undefined,
      undefined,
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(await run(admin.listGroupOffsets('g'))).toMatchObject([
      { ...t0, offset: 5, metadata: 'm' },
      { topic: 't', partition: 1, offset: 6, metadata: '' },
    ]);
    expect(errorsOf(await run(admin.deleteGroupOffsets('g', [t0])))).toEqual([undefined]);
    expect(await run(admin.listGroupOffsets('g', [t0, { topic: 't', partition: 1 }]))).toMatchObject([
      { topic: 't', partition: 1, offset: 6 },
    ]);
  });

  test('with members keep their offsets', async () => {
    await member();
    await expect(run(admin.alterGroupOffsets('g', [{ ...t0, offset: 5 }]))).rejects.toMatchObject({
      errorName: 'UNKNOWN_MEMBER_ID',
    });
    expect(errorsOf(await run(admin.deleteGroupOffsets('g', [t0])))).toEqual(['GROUP_SUBSCRIBED_TO_TOPIC']);
  });

  test('lose the members that are removed', async () => {
    const consumer = await member();
    const memberId = consumer.groupMetadata()?.memberId ?? '';
    expect(errorsOf(await run(admin.removeMembers('g', [{ memberId }, { memberId: 'nobody' }])))).toEqual([
      undefined,
      'UNKNOWN_MEMBER_ID',
    ]);
    expect((await run(admin.listGroups())).map(({ state }) => state)).toEqual(['Empty']);
    expect(await run(admin.removeMembers('g'))).toEqual([]);
  });
});
