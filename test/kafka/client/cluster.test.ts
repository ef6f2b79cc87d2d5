import { beforeEach, describe, expect, test } from 'vitest';
import { MAIN_CHANNEL } from '../../../kafka/client/cluster/cluster.ts';
import { KafkaError } from '../../../kafka/client/index.ts';
import {
  ApiKey,
  describeClusterRequest,
  describeClusterResponse,
  ErrorCode,
  findCoordinatorRequest,
  findCoordinatorResponse,
  metadataRequest,
  metadataResponse,
} from '../../../kafka/protocol/index.ts';
import { Simulation } from './simulation.ts';

let simulation: Simulation;

beforeEach((context) => {
  simulation = new Simulation(context.task.name);
});

const creating = { isCreating: true, timeoutMs: 5_000 };

describe('metadata', () => {
  test('that many ask for at once is read once', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({ t: [1] });
    const { refresher, metadata } = simulation.cluster();
    await simulation.run(
      Promise.all([refresher.refresh(['t']), refresher.refresh(['t']), refresher.refresh()]),
    );
    expect(broker.countOf(metadataRequest)).toBe(1);
    expect(metadata.partition('t', 0)?.leader).toBe(1);
  });

  test('of further topics is read once more, for all who came meanwhile', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({ t: [1], u: [1], v: [1] });
    const { refresher, metadata } = simulation.cluster();
    await simulation.run(Promise.all(['t', 'u', 'v'].map((topic) => refresher.refresh([topic]))));
    expect(broker.countOf(metadataRequest)).toBe(2);
    expect(metadata.topicNames.toSorted()).toEqual(['t', 'u', 'v']);
  });

  test('grows old, and is read again while somebody watches a topic', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({ t: [1] });
    const { refresher } = simulation.cluster({ metadataMaxAgeMs: 1_000 });
    refresher.watch('t');
    await simulation.run(refresher.refresh());
    await simulation.platform.runFor(3_500);
    expect(broker.countOf(metadataRequest)).toBe(4);
    refresher.unwatch('t');
    await simulation.platform.runFor(10_000);
    expect(broker.countOf(metadataRequest)).toBe(4);
  });

  test('with an older leader epoch than known is not believed', async () => {
    const broker = await simulation.broker();
    const { refresher, metadata } = simulation.cluster();
    for (const [leaderId, leaderEpoch] of [
      [1, 5],
      [2, 4],
    ] as const) {
      broker.on(metadataRequest, metadataResponse, () => ({
        brokers: [1, 2].map((nodeId) => ({ nodeId, host: `broker-${nodeId}`, port: 9092, rack: null })),
        topics: [
          {
            errorCode: 0,
            name: 't',
            topicId: 'dCAgICAgICAgICAgICAgIA',
            partitions: [
              { errorCode: 0, partitionIndex: 0, leaderId, leaderEpoch, replicaNodes: [], isrNodes: [] },
            ],
          },
        ],
      }));
      await simulation.run(refresher.refresh(['t']));
    }
    expect(metadata.partition('t', 0)).toMatchObject({ leader: 1, leaderEpoch: 5 });
  });

  test('is asked of the bootstrap servers again when the brokers it named are gone', async () => {
    const [first, second] = [await simulation.broker(1), await simulation.broker(2)];
    first.serveTopics({ t: [2] }, [second]);
    second.on(metadataRequest, metadataResponse, () => 'close');
    const { refresher } = simulation.cluster();
    await simulation.run(refresher.refresh(['t']));
    await simulation.run(refresher.refresh(['t']));
    expect(first.countOf(metadataRequest)).toBe(2);
  });

  test('can be read from brokers that know neither leader epochs nor topic ids', async () => {
    const served = new Map<number, [number, number]>([
      [ApiKey.ApiVersions, [0, 0]],
      [ApiKey.Metadata, [0, 4]],
    ]);
    const broker = await simulation.broker(1, served);
    broker.serveTopics({ t: [1] });
    const { refresher, metadata } = simulation.cluster();
    await simulation.run(refresher.refresh(['t']));
    expect(metadata.partition('t', 0)).toMatchObject({ leader: 1, leaderEpoch: -1 });
  });
});

describe('a topic that does not exist', () => {
  test('is created by the broker, and waited for', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({});
    const { refresher } = simulation.cluster();
    const waiting = refresher.awaitTopic('t', creating);
    await simulation.platform.runFor(50);
    broker.serveTopics({ t: [1, 1] });
    expect((await simulation.run(waiting)).partitions.length).toBe(2);
    const asked = broker
      .bodiesOf(metadataRequest)
      .map(({ allowAutoTopicCreation }) => allowAutoTopicCreation);
    expect(asked.slice(0, 2)).toEqual([false, true]);
  });

  test('is never created for who only wants to read', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({});
    const { refresher } = simulation.cluster();
    await expect(
      simulation.run(refresher.awaitTopic('t', { ...creating, isCreating: false })),
    ).rejects.toThrow();
    expect(broker.bodiesOf(metadataRequest).some((body) => body.allowAutoTopicCreation)).toBe(false);
  });

  test('is an error that says what to do when the time is up', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({});
    const waiting = simulation.run(simulation.cluster().refresher.awaitTopic('t', creating));
    await expect(waiting).rejects.toMatchObject({ code: 'CLIENT_TOPIC_MISSING', topic: 't' });
    await expect(waiting).rejects.toThrow(/did not appear within 5000 ms: create it/);
  });

  test('is an error at once when its name is not valid', async () => {
    const broker = await simulation.broker();
    broker.on(metadataRequest, metadataResponse, () => ({
      brokers: [],
      topics: [
        {
          name: 'a/b',
          topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
          errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION,
          partitions: [],
        },
      ],
    }));
    await expect(
      simulation.run(simulation.cluster().refresher.awaitTopic('a/b', creating)),
    ).rejects.toMatchObject({
      errorName: 'INVALID_TOPIC_EXCEPTION',
    });
    expect(simulation.platform.clock.monotonic()).toBeLessThan(100);
  });

  test('is not what is reported when no broker can be reached', async () => {
    const waiting = simulation.run(simulation.cluster().refresher.awaitTopic('t', creating));
    await expect(waiting).rejects.toMatchObject({ code: 'CLIENT_API_TIMEOUT' });
    await expect(waiting).rejects.toThrow(/broker-1:9092/);
  });
});

describe('connections', () => {
  test('are made once per broker and channel, and used again', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({ t: [1] });
    const cluster = simulation.cluster();
    for (let index = 0; index < 3; index += 1) await simulation.run(cluster.refresher.refresh(['t']));
    expect(broker.connectionCount).toBe(1);
    await simulation.run(cluster.node(1, 'other', async () => {}));
    expect(broker.connectionCount).toBe(2);
  });

  test('that broke are made again', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({ t: [1] });
    const cluster = simulation.cluster();
    await simulation.run(cluster.refresher.refresh(['t']));
    broker.disconnect();
    await simulation.platform.settle();
    await simulation.run(cluster.refresher.refresh(['t']));
    expect(broker.connectionCount).toBe(2);
  });

  test('are tried less and less often while they fail', async () => {
    const cluster = simulation.cluster({ reconnectBackoffMs: 100, reconnectBackoffMaxMs: 1_000 });
    const { clock } = simulation.platform;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const before = clock.monotonic();
      const opening = cluster.connections.open({ host: 'nobody', port: 1 }, MAIN_CHANNEL);
      await expect(simulation.run(opening)).rejects.toMatchObject({ code: 'CLIENT_CONNECTION' });
      waits.push(clock.monotonic() - before);
    }
    const bounds = [0, 100, 200, 400, 800, 1_000, 1_000, 1_000];
    for (const [index, bound] of bounds.entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(bound * 0.8 - 1);
      expect(waits[index]).toBeLessThanOrEqual(bound * 1.2 + 1);
    }
  });

  test('are refused after close, without waiting for a backoff', async () => {
    const cluster = simulation.cluster();
    await expect(simulation.run(cluster.refresher.refresh())).rejects.toMatchObject({
      code: 'CLIENT_CONNECTION',
    });
    const opening = cluster.connections.open({ host: 'broker-1', port: 9092 }, MAIN_CHANNEL);
    cluster.close();
    await expect(opening).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await expect(cluster.refresher.refresh()).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  test('to a broker that does not answer are given up, and other requests on them fail with it', async () => {
    const broker = await simulation.broker();
    broker.on(metadataRequest, metadataResponse, () => 'silence');
    const cluster = simulation.cluster({ requestTimeoutMs: 2_000 });
    const results = await simulation.run(
      Promise.allSettled([cluster.refresher.refresh(), cluster.coordinators.find('g')]),
    );
    expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual([
      'CLIENT_REQUEST_TIMEOUT',
      'CLIENT_CONNECTION',
    ]);
    expect(simulation.platform.clock.monotonic()).toBeLessThan(2_100);
  });
});

describe('versions', () => {
  test('are negotiated down to what an older broker serves', async () => {
    const served = new Map<number, [number, number]>([
      [ApiKey.ApiVersions, [0, 2]],
      [ApiKey.Metadata, [0, 5]],
      [ApiKey.FindCoordinator, [0, 2]],
    ]);
    const broker = await simulation.broker(1, served);
    broker.serveTopics({ t: [1] });
    broker.on(findCoordinatorRequest, findCoordinatorResponse, ({ key }) => ({
      errorCode: 0,
      nodeId: key === 'g' ? 1 : 9,
      host: 'broker-1',
      port: 9092,
      coordinators: [],
    }));
    const cluster = simulation.cluster();
    await simulation.run(cluster.refresher.refresh(['t']));
    expect(await simulation.run(cluster.coordinators.find('g'))).toBe(1);
    expect(broker.received.map(({ apiVersion }) => apiVersion)).toEqual([5, 2]);
  });

  test('that do not overlap are an error that names the request, and is not retried', async () => {
    const served = new Map<number, [number, number]>([
      [ApiKey.ApiVersions, [0, 4]],
      [ApiKey.Metadata, [99, 99]],
    ]);
    await simulation.broker(1, served);
    await expect(simulation.run(simulation.client().admin().listTopics())).rejects.toThrow(
      /does not serve Metadata/,
    );
  });
});

describe('a coordinator', () => {
  test('is looked up once, and again when it says that it is not the one any more', async () => {
    const broker = await simulation.broker();
    broker.serveTopics({});
    broker.on(findCoordinatorRequest, findCoordinatorResponse, ({ coordinatorKeys }) => ({
      errorCode: 0,
      nodeId: 0,
      host: '',
      port: 0,
      coordinators: coordinatorKeys.map((key) => ({
        key,
        nodeId: 1,
        ...broker.endpoint,
        errorCode: 0,
        errorMessage: null,
      })),
    }));
    const cluster = simulation.cluster();
    const call = (code: number) =>
      cluster.coordinator('g', 'c', async () => {
        if (code !== ErrorCode.NONE) throw new KafkaError(code, 'test');
      });
    await simulation.run(Promise.all([call(0), call(0)]));
    expect(broker.countOf(findCoordinatorRequest)).toBe(1);
    await expect(simulation.run(call(ErrorCode.NOT_COORDINATOR))).rejects.toThrow();
    await simulation.run(call(0));
    expect(broker.countOf(findCoordinatorRequest)).toBe(2);
  });
});

describe('a retried operation', () => {
  test('goes on through errors that pass', async () => {
    const broker = await simulation.broker();
    const codes: number[] = [
      ErrorCode.REQUEST_TIMED_OUT,
      ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
      ErrorCode.NONE,
    ];
    broker.on(describeClusterRequest, describeClusterResponse, () => ({
      throttleTimeMs: 0,
      errorCode: codes.shift() ?? ErrorCode.UNKNOWN_SERVER_ERROR,
      clusterId: 'c',
      brokers: [],
    }));
    const description = await simulation.run(simulation.client().admin().describeCluster());
    expect(description.clusterId).toBe('c');
  });

  test('ends at an error that does not pass', async () => {
    const broker = await simulation.broker();
    broker.on(describeClusterRequest, describeClusterResponse, () => ({
      throttleTimeMs: 0,
      errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
      clusterId: '',
      brokers: [],
    }));
    await expect(simulation.run(simulation.client().admin().describeCluster())).rejects.toMatchObject({
      errorName: 'CLUSTER_AUTHORIZATION_FAILED',
    });
    expect(broker.countOf(describeClusterRequest)).toBe(1);
  });

  test('ends when its time is up, and tells the last error', async () => {
    const client = simulation.client({ apiTimeoutMs: 3_000 });
    const asking = simulation.run(client.admin().describeCluster());
    await expect(asking).rejects.toMatchObject({ code: 'CLIENT_API_TIMEOUT' });
    await expect(asking).rejects.toThrow(
      /describing the cluster did not succeed within 3000 ms: no connection/,
    );
    expect(simulation.platform.clock.monotonic()).toBeLessThanOrEqual(3_000);
  });
});

describe('bootstrap servers', () => {
  test.each(['', ' , ', 'host', 'host:', 'host:0', 'host:70000', ':9092', 'a b:1', 'http//x:1'])(
    'may not be %j',
    (text) => {
      expect(() => simulation.client({ bootstrapServers: text })).toThrow(
        expect.objectContaining({ code: 'CLIENT_CONFIGURATION' }),
      );
    },
  );

  test('may be several, of which the first need not answer', async () => {
    const broker = await simulation.broker(2);
    broker.serveTopics({ t: [2] });
    const client = simulation.client({ bootstrapServers: ' broker-1:9092, PLAINTEXT://broker-2:9092 ,' });
    const topics = await simulation.run(client.admin().listTopics());
    expect(topics.map(({ name }) => name)).toEqual(['t']);
  });
});
