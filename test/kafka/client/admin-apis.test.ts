import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Admin, type KafkaClient, KafkaError } from '../../../kafka/client/index.ts';
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  describeProducersRequest,
  describeProducersResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  ErrorCode,
  electLeadersRequest,
  electLeadersResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
  listTransactionsRequest,
  listTransactionsResponse,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '../../../kafka/protocol/index.ts';
import type { ScriptedBroker } from './scripted-broker.ts';
import { Simulation } from './simulation.ts';

const DIRECTORY = 'i6Z3YJMY0LS4hPUE-UgZow';
const t0 = { topic: 't', partition: 0 };

let sim: Simulation;
let broker: ScriptedBroker;
let other: ScriptedBroker;
let client: KafkaClient;
let admin: Admin;

beforeEach(async (context) => {
  sim = new Simulation(context.task.name);
  broker = await sim.broker(1);
  other = await sim.broker(2);
  for (const each of [broker, other]) each.serveTopics({ t: [2, 2] }, [broker, other]);
  client = sim.client();
  admin = client.admin();
});

afterEach(() => sim.run(client.close()));

const run = <T>(work: Promise<T>) => sim.run(work);

describe('log directories', () => {
  test('are described by each broker for itself', async () => {
    for (const each of [broker, other]) {
      each.on(describeLogDirsRequest, describeLogDirsResponse, () => ({
        throttleTimeMs: 0,
        errorCode: ErrorCode.NONE,
        results: [
          {
            errorCode: each === other ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE,
            logDir: `/data-${each.nodeId}`,
            topics: [
              {
                name: 't',
                partitions: [{ partitionIndex: 1, partitionSize: 10, offsetLag: 3, isFutureKey: true }],
              },
            ],
            totalBytes: 100,
            usableBytes: 50,
          },
        ],
      }));
    }
    const [first, second] = await run(admin.describeLogDirs([1, 2]));
    expect(first).toEqual({
      brokerId: 1,
      logDirs: [
        {
          path: '/data-1',
          replicas: [{ topic: 't', partition: 1, sizeBytes: 10, offsetLag: 3, isFuture: true }],
          totalBytes: 100,
          usableBytes: 50,
          isCordoned: false,
          error: undefined,
        },
      ],
    });
    expect(second?.logDirs[0]).toMatchObject({
      path: '/data-2',
      error: { errorName: 'KAFKA_STORAGE_ERROR' },
    });
  });

  test('take replicas, broker by broker', async () => {
    broker.on(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, () => ({
      throttleTimeMs: 0,
      results: [{ topicName: 't', partitions: [{ partitionIndex: 0, errorCode: ErrorCode.NONE }] }],
    }));
    other.on(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, () => ({
      throttleTimeMs: 0,
      results: [
        { topicName: 't', partitions: [{ partitionIndex: 0, errorCode: ErrorCode.LOG_DIR_NOT_FOUND }] },
      ],
    }));
    const moved = await run(
      admin.alterReplicaLogDirs([
        { ...t0, brokerId: 1, path: '/a' },
        { ...t0, brokerId: 2, path: '/b' },
      ]),
    );
    expect(moved.map(({ brokerId, error }) => [brokerId, error?.errorName])).toEqual([
      [1, undefined],
      [2, 'LOG_DIR_NOT_FOUND'],
    ]);
    expect(broker.bodiesOf(alterReplicaLogDirsRequest)[0]?.dirs).toEqual([
      { path: '/a', topics: [{ name: 't', partitions: [0] }] },
    ]);
  });
});

describe('transactions', () => {
  const state = {
    errorCode: ErrorCode.NONE,
    transactionalId: 'x',
    transactionState: 'Ongoing',
    transactionTimeoutMs: 60_000,
    transactionStartTimeMs: 5,
    producerId: 7,
    producerEpoch: 2,
    topics: [{ topic: 't', partitions: [0, 1] }],
  };
  const coordinate = (nodeId: number) =>
    broker.on(findCoordinatorRequest, findCoordinatorResponse, ({ coordinatorKeys, keyType }) => ({
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      nodeId: 0,
      host: '',
      port: 0,
      coordinators: coordinatorKeys.map((key) => ({
        key,
        nodeId,
        host: `broker-${nodeId}`,
        port: 9092,
        errorCode: keyType === 1 ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST,
        errorMessage: null,
      })),
    }));

  test('are described by their coordinator, which is asked again when it has moved', async () => {
    coordinate(1);
    other.on(findCoordinatorRequest, findCoordinatorResponse, () => 'close');
    broker.on(describeTransactionsRequest, describeTransactionsResponse, () => {
      coordinate(2);
      return { throttleTimeMs: 0, transactionStates: [{ ...state, errorCode: ErrorCode.NOT_COORDINATOR }] };
    });
    other.on(describeTransactionsRequest, describeTransactionsResponse, () => ({
      throttleTimeMs: 0,
      transactionStates: [state],
    }));
    expect(await run(admin.describeTransactions(['x']))).toEqual([
      {
        transactionalId: 'x',
        coordinatorId: 2,
        state: 'Ongoing',
        timeoutMs: 60_000,
        startTimeMs: 5,
        producerId: 7,
        producerEpoch: 2,
        partitions: [t0, { topic: 't', partition: 1 }],
        error: undefined,
      },
    ]);
  });

  test('are listed by every broker, with filters', async () => {
    for (const each of [broker, other]) {
      each.on(listTransactionsRequest, listTransactionsResponse, () => ({
        throttleTimeMs: 0,
        errorCode: ErrorCode.NONE,
        unknownStateFilters: [],
        transactionStates: [
          { transactionalId: `x${each.nodeId}`, producerId: each.nodeId, transactionState: 'Ongoing' },
        ],
      }));
    }
    const filter = { states: ['Ongoing'], durationMs: 10, transactionalIdPattern: 'x.' };
    const listed = await run(admin.listTransactions(filter));
    expect(listed.map(({ transactionalId, coordinatorId }) => [transactionalId, coordinatorId])).toEqual([
      ['x1', 1],
      ['x2', 2],
    ]);
    expect(other.bodiesOf(listTransactionsRequest)[0]).toMatchObject({
      stateFilters: ['Ongoing'],
      durationFilter: 10,
      transactionalIdPattern: 'x.',
    });
  });

  test('have producers, known to the leader or to a replica', async () => {
    for (const each of [broker, other]) {
      each.on(describeProducersRequest, describeProducersResponse, () => ({
        throttleTimeMs: 0,
        topics: [
          {
            name: 't',
            partitions: [
              {
                partitionIndex: 0,
                errorCode: ErrorCode.NONE,
                errorMessage: null,
                activeProducers: [
                  {
                    producerId: each.nodeId,
                    producerEpoch: 0,
                    lastSequence: 4,
                    lastTimestamp: 9,
                    coordinatorEpoch: 0,
                    currentTxnStartOffset: 3,
                  },
                ],
              },
            ],
          },
        ],
      }));
    }
    const [byLeader] = await run(admin.describeProducers([t0]));
    const [byReplica] = await run(admin.describeProducers([t0], { brokerId: 1 }));
    expect(byLeader?.producers[0]).toMatchObject({ producerId: 2, currentTxnStartOffset: 3 });
    expect(byReplica?.producers[0]).toMatchObject({ producerId: 1, lastSequence: 4 });
  });

  test('that hang are ended by a marker through the leader', async () => {
    let errorCode: number = ErrorCode.NONE;
    other.on(writeTxnMarkersRequest, writeTxnMarkersResponse, () => ({
      markers: [{ producerId: 7, topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode }] }] }],
    }));
    const hanging = { ...t0, producerId: 7, producerEpoch: 1, coordinatorEpoch: 3 };
    await run(admin.abortTransaction(hanging));
    expect(other.bodiesOf(writeTxnMarkersRequest)[0]?.markers[0]).toMatchObject({
      producerId: 7,
      producerEpoch: 1,
      coordinatorEpoch: 3,
      transactionResult: false,
      topics: [{ name: 't', partitionIndexes: [0] }],
    });
    errorCode = ErrorCode.TRANSACTION_COORDINATOR_FENCED;
    await expect(run(admin.abortTransaction(hanging))).rejects.toThrow(KafkaError);
  });

  test('end when their producer is fenced', async () => {
    coordinate(1);
    let attempts = 0;
    broker.on(initProducerIdRequest, initProducerIdResponse, () => {
      attempts += 1;
      const errorCode = attempts === 1 ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
      return { throttleTimeMs: 0, errorCode, producerId: 7, producerEpoch: 3 };
    });
    await run(admin.fenceProducer('x'));
    expect(broker.bodiesOf(initProducerIdRequest)[1]).toMatchObject({ transactionalId: 'x', producerId: -1 });
  });
});

describe('features', () => {
  test('are told with the versions of APIs', async () => {
    const features = await run(admin.describeFeatures({ nodeId: 2 }));
    expect(features).toMatchObject({ supported: [], finalized: [], finalizedEpoch: -1 });
    const served = await run(admin.describeApiVersions(2));
    expect(served.find(({ apiKey }) => apiKey === 18)).toMatchObject({ minVersion: 0, maxVersion: 4 });
  });

  test('are refused all together', async () => {
    broker.on(updateFeaturesRequest, updateFeaturesResponse, () => ({
      throttleTimeMs: 0,
      errorCode: ErrorCode.INVALID_UPDATE_VERSION,
      errorMessage: 'no',
      results: [],
    }));
    const updates = [
      { feature: 'a.version', level: 1, type: 'upgrade' },
      { feature: 'b.version', level: 0, type: 'unsafe-downgrade' },
    ] as const;
    const answers = await run(admin.updateFeatures(updates, { isValidatedOnly: true }));
    expect(answers.map(({ feature, error }) => [feature, error?.brokerMessage])).toEqual([
      ['a.version', 'no'],
      ['b.version', 'no'],
    ]);
    expect(broker.bodiesOf(updateFeaturesRequest)[0]).toMatchObject({
      validateOnly: true,
      featureUpdates: [
        { feature: 'a.version', maxVersionLevel: 1, upgradeType: 1 },
        { feature: 'b.version', maxVersionLevel: 0, upgradeType: 3 },
      ],
    });
  });
});

describe('the quorum', () => {
  const replica = { replicaId: 1, replicaDirectoryId: DIRECTORY, logEndOffset: 9 };
  const describeWith = (errorCode: number) => {
    for (const each of [broker, other]) {
      each.on(describeQuorumRequest, describeQuorumResponse, () => ({
        errorCode: ErrorCode.NONE,
        errorMessage: null,
        topics: [
          {
            topicName: '__cluster_metadata',
            partitions: [
              {
                partitionIndex: 0,
                errorCode,
                errorMessage: null,
                leaderId: 1,
                leaderEpoch: 4,
                highWatermark: 8,
                currentVoters: [replica],
                observers: [],
              },
            ],
          },
        ],
        nodes: [{ nodeId: 1, listeners: [{ name: 'CONTROLLER', host: 'h', port: 9093 }] }],
      }));
    }
  };

  test('is described by any broker', async () => {
    describeWith(ErrorCode.NONE);
    expect(await run(admin.describeQuorum())).toEqual({
      leaderId: 1,
      leaderEpoch: 4,
      highWatermark: 8,
      voters: [
        {
          nodeId: 1,
          directoryId: DIRECTORY,
          logEndOffset: 9,
          lastFetchTimestamp: -1,
          lastCaughtUpTimestamp: -1,
        },
      ],
      observers: [],
      endpoints: new Map([[1, [{ name: 'CONTROLLER', host: 'h', port: 9093 }]]]),
    });
  });

  test('refuses as a partition, too', async () => {
    describeWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED);
    await expect(run(admin.describeQuorum())).rejects.toMatchObject({
      errorName: 'CLUSTER_AUTHORIZATION_FAILED',
    });
  });

  test('loses a voter', async () => {
    for (const each of [broker, other]) {
      each.on(removeRaftVoterRequest, removeRaftVoterResponse, () => ({
        throttleTimeMs: 0,
        errorCode: ErrorCode.VOTER_NOT_FOUND,
        errorMessage: 'who?',
      }));
    }
    const removal = run(admin.removeVoter({ nodeId: 3, directoryId: DIRECTORY }));
    await expect(removal).rejects.toMatchObject({ brokerMessage: 'who?' });
  });
});

test('leaders are elected through the controller', async () => {
  broker.on(electLeadersRequest, electLeadersResponse, () => ({
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    replicaElectionResults: [
      {
        topic: 't',
        partitionResult: [
          { partitionId: 0, errorCode: ErrorCode.NONE, errorMessage: null },
          { partitionId: 1, errorCode: ErrorCode.ELECTION_NOT_NEEDED, errorMessage: 'fine already' },
        ],
      },
    ],
  }));
  await run(admin.listTopics());
  const elected = await run(admin.electLeaders('unclean', [t0, { topic: 't', partition: 1 }]));
  expect(elected.map(({ partition, error }) => [partition, error?.errorName])).toEqual([
    [0, undefined],
    [1, 'ELECTION_NOT_NEEDED'],
  ]);
  expect(broker.bodiesOf(electLeadersRequest)[0]).toMatchObject({
    electionType: 1,
    topicPartitions: [{ topic: 't', partitions: [0, 1] }],
  });
});

test('a broker is unregistered, or the reason told', async () => {
  for (const each of [broker, other]) {
    each.on(unregisterBrokerRequest, unregisterBrokerResponse, ({ brokerId }) => ({
      throttleTimeMs: 0,
      errorCode: brokerId === 9 ? ErrorCode.BROKER_ID_NOT_REGISTERED : ErrorCode.NONE,
      errorMessage: null,
    }));
  }
  await run(admin.unregisterBroker(3));
  await expect(run(admin.unregisterBroker(9))).rejects.toMatchObject({
    errorName: 'BROKER_ID_NOT_REGISTERED',
  });
});

test('resources with configs are listed by type', async () => {
  for (const each of [broker, other]) {
    each.on(listConfigResourcesRequest, listConfigResourcesResponse, ({ resourceTypes }) => ({
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      configResources: resourceTypes.map((resourceType) => ({ resourceType, resourceName: 'g' })),
    }));
  }
  expect(await run(admin.listConfigResources(['group', 'client-metrics']))).toEqual([
    { type: 'group', name: 'g' },
    { type: 'client-metrics', name: 'g' },
  ]);
});
