import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  describeClusterRequest,
  describeClusterResponse,
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
  listGroupsRequest,
  listGroupsResponse,
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
import { kafkaCluster } from '../../../runtime/cli/kafka-tools/cluster/kafka-cluster.ts';
import { kafkaFeatures } from '../../../runtime/cli/kafka-tools/features/kafka-features.ts';
import { kafkaGroups } from '../../../runtime/cli/kafka-tools/groups/kafka-groups.ts';
import { kafkaLeaderElection } from '../../../runtime/cli/kafka-tools/leader-election/kafka-leader-election.ts';
import { kafkaLogDirs } from '../../../runtime/cli/kafka-tools/log-dirs/kafka-log-dirs.ts';
import { kafkaMetadataQuorum } from '../../../runtime/cli/kafka-tools/metadata-quorum/kafka-metadata-quorum.ts';
import { kafkaTransactions } from '../../../runtime/cli/kafka-tools/transactions/kafka-transactions.ts';
import { ScriptedTools } from './scripted-tools.ts';

const DIRECTORY = 'i6Z3YJMY0LS4hPUE-UgZow';
const ok = { throttleTimeMs: 0, errorCode: ErrorCode.NONE } as const;

let tools: ScriptedTools;

beforeEach(async () => {
  tools = await ScriptedTools.start();
  tools.broker.on(describeClusterRequest, describeClusterResponse, () => ({
    ...ok,
    clusterId: 'XUG1dhGORKWtUSCNoIxsGw',
    controllerId: 1,
    brokers: [{ brokerId: 1, ...tools.broker.endpoint, rack: null, isFenced: false }],
  }));
});

afterEach(() => tools.close());

const done = (...lines: string[]) => ({ code: 0, out: lines.map((line) => `${line}\n`).join(''), err: '' });

describe('kafka-log-dirs', () => {
  beforeEach(() => {
    const partition = { partitionIndex: 0, partitionSize: 218, offsetLag: 0, isFutureKey: false };
    tools.broker.on(describeLogDirsRequest, describeLogDirsResponse, () => ({
      ...ok,
      results: [
        {
          errorCode: ErrorCode.NONE,
          logDir: '/data',
          topics: [
            { name: 'words', partitions: [partition] },
            { name: 'other', partitions: [partition] },
          ],
        },
        { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir: '/broken', topics: [] },
      ],
    }));
  });

  test('prints a line of JSON', async () => {
    expect(await tools.run(kafkaLogDirs, '--describe --topic-list words')).toEqual(
      done(
        'Querying brokers for log directories information',
        'Received log directory information from brokers 1',
        '{"brokers":[{"broker":1,"logDirs":[{"partitions":[{"partition":"words-0","size":218,"offsetLag":0,"isFuture":false}],"error":null,"logDir":"/data"},{"partitions":[],"error":"org.apache.kafka.common.errors.KafkaStorageErrorException","logDir":"/broken"}]}],"version":1}',
      ),
    );
  });

  test('names brokers that are not there', async () => {
    const { code, err } = await tools.run(kafkaLogDirs, '--describe --broker-list 1,7');
    expect([code, err]).toEqual([
      1,
      'ERROR: The given brokers do not exist from --broker-list: 7. Current existent brokers: 1\n',
    ]);
  });
});

describe('kafka-transactions', () => {
  const producer = {
    producerId: 2,
    producerEpoch: 6,
    lastSequence: 0,
    lastTimestamp: 1_799_990_000_000,
    coordinatorEpoch: 0,
    currentTxnStartOffset: 28,
  };

  beforeEach(() => {
    const { broker } = tools;
    broker.on(findCoordinatorRequest, findCoordinatorResponse, ({ coordinatorKeys }) => ({
      ...ok,
      errorMessage: null,
      nodeId: 0,
      host: '',
      port: 0,
      coordinators: coordinatorKeys.map((key) => ({
        key,
        nodeId: 1,
        ...broker.endpoint,
        errorCode: ErrorCode.NONE,
        errorMessage: null,
      })),
    }));
    broker.on(listTransactionsRequest, listTransactionsResponse, () => ({
      ...ok,
      unknownStateFilters: [],
      transactionStates: [{ transactionalId: 't1', producerId: 2, transactionState: 'Ongoing' }],
    }));
    broker.on(describeProducersRequest, describeProducersResponse, () => ({
      throttleTimeMs: 0,
      topics: [
        {
          name: 't',
          partitions: [
            {
              partitionIndex: 0,
              errorCode: ErrorCode.NONE,
              errorMessage: null,
              activeProducers: [producer, { ...producer, producerId: 3, currentTxnStartOffset: -1 }],
            },
          ],
        },
      ],
    }));
    describeAs(ErrorCode.NONE, []);
  });

  function describeAs(errorCode: number, topics: { topic: string; partitions: number[] }[]) {
    tools.broker.on(describeTransactionsRequest, describeTransactionsResponse, ({ transactionalIds }) => ({
      throttleTimeMs: 0,
      transactionStates: transactionalIds.map((transactionalId) => ({
        errorCode,
        transactionalId,
        transactionState: 'Ongoing',
        transactionTimeoutMs: 900_000,
        transactionStartTimeMs: tools.now - 4788,
        producerId: 2,
        producerEpoch: 6,
        topics,
      })),
    }));
  }

  test('lists transactional ids', async () => {
    expect(await tools.run(kafkaTransactions, 'list --duration-filter 5')).toEqual(
      done(
        'TransactionalId\tCoordinator\tProducerId\tTransactionState\t',
        't1             \t1          \t2         \tOngoing         \t',
      ),
    );
    expect(tools.broker.bodiesOf(listTransactionsRequest)[0]?.durationFilter).toBe(5);
  });

  test('describes one of them', async () => {
    describeAs(ErrorCode.NONE, [{ topic: 't', partitions: [0, 1] }]);
    const { out } = await tools.run(kafkaTransactions, 'describe --transactional-id t1');
    expect(
      out
        .split('\n')[1]
        ?.split('\t')
        .map((cell) => cell.trim()),
    ).toEqual(['1', 't1', '2', '6', 'Ongoing', '900000', String(tools.now - 4788), '4788', 't-0,t-1', '']);
  });

  test('says when one is not there', async () => {
    describeAs(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, []);
    const { code, err } = await tools.run(kafkaTransactions, 'describe --transactional-id nope');
    expect([code, err]).toEqual([
      1,
      'Failed to describe transaction state of transactional-id `nope`: DescribeTransactions request for transactionalId `nope` failed because the ID could not be found. Enable debug logging for additional detail.\n',
    ]);
  });

  test('describes the producers of a partition', async () => {
    expect(await tools.run(kafkaTransactions, 'describe-producers --topic t --partition 0')).toEqual(
      done(
        'ProducerId\tProducerEpoch\tLatestCoordinatorEpoch\tLastSequence\tLastTimestamp\tCurrentTransactionStartOffset\t',
        '2         \t6            \t0                     \t0           \t1799990000000\t28                           \t',
        '3         \t6            \t0                     \t0           \t1799990000000\tNone                         \t',
      ),
    );
  });

  test('finds a transaction that its coordinator knows nothing of, and aborts it', async () => {
    const found = await tools.run(kafkaTransactions, 'find-hanging --topic t');
    expect(found.out.split('\n')[1]).toBe(
      't    \t0        \t2         \t6            \t0               \t28         \t1799990000000\t166          \t',
    );
    describeAs(ErrorCode.NONE, [{ topic: 't', partitions: [0] }]);
    expect((await tools.run(kafkaTransactions, 'find-hanging --topic t')).out.split('\n')[1]).toBe('');
    tools.broker.on(writeTxnMarkersRequest, writeTxnMarkersResponse, () => ({
      markers: [
        {
          producerId: 2,
          topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: ErrorCode.NONE }] }],
        },
      ],
    }));
    const abort = 'abort --topic t --partition 0 --start-offset';
    expect(await tools.run(kafkaTransactions, `${abort} 28`)).toEqual(done());
    expect(tools.broker.bodiesOf(writeTxnMarkersRequest)[0]?.markers[0]).toMatchObject({
      producerId: 2,
      producerEpoch: 6,
    });
    expect((await tools.run(kafkaTransactions, `${abort} 29`)).err).toBe(
      'Could not find any open transactions starting at offset 29 on partition t-0\n',
    );
  });

  test.each([
    ['', 'usage: kafka-transactions .*: error: too few arguments'],
    ['what', "error: invalid choice: 'what' \\(choose from 'list', 'describe'"],
    ['describe', 'usage: kafka-transactions describe .*error: argument --transactional-id is required'],
    ['describe-producers --topic t', 'error: argument --partition is required'],
    ['list --duration-filter a', "error: Cannot parse argument 'a' of option duration-filter"],
    ['list --what', 'error: what is not a recognized option'],
    ['find-hanging', 'requires either --topic or --broker-id'],
    ['find-hanging --broker-id 1 --partition 0', 'The --partition argument requires --topic'],
    ['abort --topic t --partition 0', 'must be identified either with --start-offset'],
    ['abort --topic t --partition 0 --producer-id 1', 'Missing required argument --producer-epoch'],
  ])('refuses %j', async (line, message) => {
    const { code, out, err } = await tools.run(kafkaTransactions, line);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(new RegExp(message, 's'));
  });
});

describe('kafka-features', () => {
  const answer = (errorCode: number, errorMessage: string | null) =>
    tools.broker.on(updateFeaturesRequest, updateFeaturesResponse, () => ({
      throttleTimeMs: 0,
      errorCode,
      errorMessage,
      results: [],
    }));

  test('changes levels', async () => {
    answer(ErrorCode.NONE, null);
    expect(await tools.run(kafkaFeatures, 'upgrade --feature b.version=2 --feature a.version=1')).toEqual(
      done('a.version was upgraded to 1.', 'b.version was upgraded to 2.'),
    );
    expect(await tools.run(kafkaFeatures, 'downgrade --unsafe --dry-run --feature a.version=0')).toEqual(
      done('a.version can be downgraded to 0.'),
    );
    expect(await tools.run(kafkaFeatures, 'disable --feature a.version')).toEqual(
      done('a.version was disabled.'),
    );
    expect(
      tools.broker.bodiesOf(updateFeaturesRequest).map(({ featureUpdates }) => featureUpdates[0]),
    ).toEqual([
      expect.objectContaining({ feature: 'a.version', maxVersionLevel: 1, upgradeType: 1 }),
      expect.objectContaining({ feature: 'a.version', maxVersionLevel: 0, upgradeType: 3 }),
      expect.objectContaining({ feature: 'a.version', maxVersionLevel: 0, upgradeType: 2 }),
    ]);
  });

  test('takes a release for all of its features', async () => {
    answer(ErrorCode.NONE, null);
    const { out } = await tools.run(kafkaFeatures, 'upgrade --release-version 4.0');
    expect(out).toContain('metadata.version was upgraded to 25.\n');
    expect(out).toContain('transaction.version was upgraded to 2.\n');
  });

  test('counts what was refused', async () => {
    answer(ErrorCode.INVALID_UPDATE_VERSION, 'No.');
    expect(await tools.run(kafkaFeatures, 'upgrade --feature a.version=9')).toEqual({
      code: 1,
      out: 'Could not upgrade a.version to 9. No.\n',
      err: '1 out of 1 operation(s) failed.\n',
    });
  });

  test('knows the levels of releases, and what they need', async () => {
    expect(await tools.run(kafkaFeatures, 'version-mapping --release-version 3.9-IV0')).toEqual(
      done(
        'metadata.version=21 (3.9-IV0)',
        'kraft.version=1',
        'transaction.version=0',
        'group.version=0',
        'eligible.leader.replicas.version=0',
        'share.version=0',
        'streams.version=0',
      ),
    );
    expect(
      await tools.run(kafkaFeatures, 'feature-dependencies --feature eligible.leader.replicas.version=1'),
    ).toEqual(done('eligible.leader.replicas.version=1 requires:', '    metadata.version=23 (4.0-IV1)'));
  });

  test.each([
    ['', 'Command line error: too few arguments. Type --help for help.'],
    ['upgrade', 'You must specify at least one feature to upgrade'],
    ['upgrade --feature a', "Can't parse feature=level string a: equals sign not found."],
    ['upgrade --feature a=x', "Can't parse feature=level string a=x: unable to parse x as a short."],
    ['feature-dependencies --feature a=1', 'Unknown feature: a'],
    ['feature-dependencies --feature share.version=7', 'No feature:share.version with feature level 7'],
    ['feature-dependencies --feature metadata.version=1', 'Unknown metadata.version 1'],
    [
      'version-mapping --release-version 9',
      "Unknown metadata.version '9'. Supported metadata.version are: 3.3-IV3",
    ],
  ])('refuses %j', async (line, message) => {
    const { code, err } = await tools.run(kafkaFeatures, line);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});

describe('kafka-metadata-quorum', () => {
  beforeEach(() => {
    const replica = (replicaId: number, logEndOffset: number) => ({
      replicaId,
      replicaDirectoryId: DIRECTORY,
      logEndOffset,
      lastFetchTimestamp: tools.now - 2,
      lastCaughtUpTimestamp: tools.now - replicaId * 10,
    });
    tools.broker.on(describeQuorumRequest, describeQuorumResponse, () => ({
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      topics: [
        {
          topicName: '__cluster_metadata',
          partitions: [
            {
              partitionIndex: 0,
              errorCode: ErrorCode.NONE,
              errorMessage: null,
              leaderId: 2,
              leaderEpoch: 4,
              highWatermark: 489,
              currentVoters: [replica(3, 480), replica(2, 490)],
              observers: [replica(5, 489)],
            },
          ],
        },
      ],
      nodes: [{ nodeId: 2, listeners: [{ name: 'CONTROLLER', host: 'h', port: 9093 }] }],
    }));
  });

  test('shows the quorum in short', async () => {
    expect(await tools.run(kafkaMetadataQuorum, 'describe --status')).toEqual(
      done(
        'ClusterId:              XUG1dhGORKWtUSCNoIxsGw',
        'LeaderId:               2',
        'LeaderEpoch:            4',
        'HighWatermark:          489',
        'MaxFollowerLag:         10',
        'MaxFollowerLagTimeMs:   10',
        `CurrentVoters:          [{"id": 3, "directoryId": "${DIRECTORY}"}, {"id": 2, "directoryId": "${DIRECTORY}", "endpoints": ["CONTROLLER://h:9093"]}]`,
        `CurrentObservers:       [{"id": 5, "directoryId": "${DIRECTORY}"}]`,
      ),
    );
  });

  test('shows each node, the leader first', async () => {
    const { out } = await tools.run(kafkaMetadataQuorum, 'describe --replication --human-readable');
    expect(out.split('\n').slice(0, -1)).toEqual([
      'NodeId\tDirectoryId           \tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus  \t',
      `2     \t${DIRECTORY}\t490         \t0  \t2 ms ago          \t20 ms ago            \tLeader  \t`,
      `3     \t${DIRECTORY}\t480         \t10 \t2 ms ago          \t30 ms ago            \tFollower\t`,
      `5     \t${DIRECTORY}\t489         \t1  \t2 ms ago          \t50 ms ago            \tObserver\t`,
    ]);
  });

  test('removes a controller', async () => {
    tools.broker.on(removeRaftVoterRequest, removeRaftVoterResponse, ({ voterId }) => ({
      throttleTimeMs: 0,
      errorCode: voterId === 9 ? ErrorCode.VOTER_NOT_FOUND : ErrorCode.NONE,
      errorMessage: voterId === 9 ? 'who?' : null,
    }));
    const remove = (id: number) =>
      tools.run(kafkaMetadataQuorum, `remove-controller -i ${id} -d ${DIRECTORY}`);
    expect(await remove(3)).toEqual(done(`Removed  KRaft controller 3 with directory id ${DIRECTORY}`));
    expect((await remove(9)).err).toMatch(/^org.apache.kafka.common.errors.VoterNotFoundException: who\?\n/);
  });

  test.each([
    ['describe', 'One of --status or --replication must be specified'],
    ['describe --status --replication', 'Only one of --status or --replication should be specified'],
    ['describe --status --human-readable', '--human-readable is only supported along with --replication'],
    ['describe --status --bootstrap-controller h:1', '--bootstrap-controller is not supported'],
  ])('refuses %j', async (line, message) => {
    const { code, err } = await tools.run(kafkaMetadataQuorum, line);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});

test('kafka-cluster shows the id and the brokers, and removes one', async () => {
  expect(await tools.run(kafkaCluster, 'cluster-id')).toEqual(done('Cluster ID: XUG1dhGORKWtUSCNoIxsGw'));
  expect(await tools.run(kafkaCluster, 'list-endpoints --include-fenced-brokers')).toEqual(
    done(
      'ID         HOST     PORT       RACK       STATE      ENDPOINT_TYPE  ',
      '1          broker-1 9092       null       unfenced   broker         ',
    ),
  );
  tools.broker.on(unregisterBrokerRequest, unregisterBrokerResponse, () => ({ ...ok, errorMessage: null }));
  expect(await tools.run(kafkaCluster, 'unregister -i 9')).toEqual(done('Broker 9 is no longer registered.'));
  expect((await tools.run(kafkaCluster, 'unregister')).err).toContain('argument --id is required');
});

describe('kafka-leader-election', () => {
  beforeEach(() => {
    tools.broker.on(electLeadersRequest, electLeadersResponse, ({ topicPartitions }) => ({
      ...ok,
      replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
        topic,
        partitionResult: partitions.map((partitionId) => ({
          partitionId,
          errorCode: [ErrorCode.NONE, ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION][
            partitionId
          ] as number,
          errorMessage: partitionId === 2 ? 'No such topic' : null,
        })),
      })),
    }));
  });

  test('tells who was elected, who need not be and who could not be', async () => {
    const file = tools.platform.files.open('/e.json', 'write');
    const partitions = [0, 1, 2].map((partition) => ({ topic: 't', partition }));
    file.append([Buffer.from(JSON.stringify({ partitions }))]);
    file.close();
    expect(
      await tools.run(kafkaLeaderElection, '--election-type preferred --path-to-json-file /e.json'),
    ).toEqual({
      code: 1,
      out: [
        'Successfully completed leader election (PREFERRED) for partitions t-0',
        'Valid replica already elected for partitions t-1',
        'Error completing leader election (PREFERRED) for partition: t-2: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: No such topic',
        '',
      ].join('\n'),
      err: '1 replica(s) could not be elected\norg.apache.kafka.tools.AdminCommandFailedException: 1 replica(s) could not be elected\n\n',
    });
  });

  test.each([
    ['--election-type preferred', 'One and only one of the following options is required: topic,'],
    ['--election-type preferred --topic t', 'Missing required option(s): partition'],
    ['--topic t --partition 0', 'Missing required option(s): election-type'],
    ['--election-type what --topic t --partition 0', "Cannot parse argument 'what' of option election-type"],
  ])('refuses %j', async (line, message) => {
    const { code, err } = await tools.run(kafkaLeaderElection, line);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});

describe('kafka-groups', () => {
  beforeEach(() => {
    const group = (groupId: string, groupType: string, protocolType: string) => ({
      groupId,
      protocolType,
      groupState: 'Stable',
      groupType,
    });
    tools.broker.on(listGroupsRequest, listGroupsResponse, () => ({
      ...ok,
      groups: [
        group('connect', 'Classic', 'connect'),
        group('old', 'Classic', 'consumer'),
        group('new', 'Consumer', 'consumer'),
        group('shared', 'Share', 'share'),
      ],
    }));
  });

  test('lists groups of all types in columns', async () => {
    expect(await tools.run(kafkaGroups, '--list')).toEqual(
      done(
        'GROUP                TYPE                 PROTOCOL            ',
        'connect              Classic              connect              ',
        'new                  Consumer             consumer             ',
        'old                  Classic              consumer             ',
        'shared               Share                share                ',
      ),
    );
  });

  test.each([
    ['--consumer', ['new', 'old']],
    ['--share', ['shared']],
    ['--streams', []],
    ['--group-type classic', ['connect', 'old']],
    ['--protocol consumer', ['new', 'old']],
  ])('%s filters', async (filter, names) => {
    const { out } = await tools.run(kafkaGroups, `--list ${filter}`);
    expect(
      out
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(names);
  });

  test.each([
    ['', 'Command must include exactly one action: --list.'],
    ['--list --group-type what', '--group-type must be a valid group type.'],
    ['--list --share --consumer', 'Option "[consumer]" can\'t be used with option "[share]"'],
    ['--list --share --protocol p', 'Option "[share]" can\'t be used with option "[protocol]"'],
  ])('refuses %j', async (line, message) => {
    const { code, err } = await tools.run(kafkaGroups, line);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});
