import { expect, test } from 'vitest';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  ErrorCode,
  electLeadersRequest,
  electLeadersResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '../../../kafka/protocol/index.ts';
import { LoggerLevels } from '../../../platform/logger-levels.ts';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { BrokerFixture } from '../broker-fixture.ts';

const quorumMessages = [describeQuorumRequest, describeQuorumResponse] as const;
const featuresMessages = [updateFeaturesRequest, updateFeaturesResponse] as const;
const electionMessages = [electLeadersRequest, electLeadersResponse] as const;
const unregisterMessages = [unregisterBrokerRequest, unregisterBrokerResponse] as const;
const versionsMessages = [apiVersionsRequest, apiVersionsResponse] as const;
const describeMessages = [describeConfigsRequest, describeConfigsResponse] as const;
const alterMessages = [incrementalAlterConfigsRequest, incrementalAlterConfigsResponse] as const;

const metadataPartition = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] };

function quorum(fixture: BrokerFixture, version = 2, topics = [metadataPartition]) {
  return fixture.during(fixture.client.request(quorumMessages, version, { topics }));
}

async function features(fixture: BrokerFixture, version = 4) {
  const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const answer = await fixture.during(fixture.client.request(versionsMessages, version, software));
  return {
    supported: answer?.supportedFeatures.map(
      ({ name, minVersion, maxVersion }) => `${name} ${minVersion}-${maxVersion}`,
    ),
    finalized: Object.fromEntries(
      answer?.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]) ?? [],
    ),
    epoch: answer?.finalizedFeaturesEpoch,
  };
}

interface Update {
  readonly feature: string;
  readonly level: number;
  readonly type?: number;
}

async function update(
  fixture: BrokerFixture,
  updates: readonly Update[],
  options: { version?: number; validateOnly?: boolean } = {},
) {
  const { version = 2, validateOnly = false } = options;
  const featureUpdates = updates.map(({ feature, level, type = 1 }) => ({
    feature,
    maxVersionLevel: level,
    ...(version === 0 ? { allowDowngrade: type > 1 } : { upgradeType: type }),
  }));
  const body = { timeoutMs: 1000, featureUpdates, ...(version === 0 ? {} : { validateOnly }) };
  return fixture.during(fixture.client.request(featuresMessages, version, body));
}

const prefix = 'The update failed for all features since the following feature had an error: ';

test('the quorum is this node, with its directory and the offsets of the metadata log', async () => {
  const fixture = await BrokerFixture.start({
    listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
  });
  const before = await quorum(fixture);
  const partition = before?.topics[0]?.partitions[0];
  const meta = fixture.platform.files.readFile('/data/meta.properties').toString();
  expect(before).toMatchObject({
    errorCode: 0,
    nodes: [{ nodeId: 1, listeners: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }] }],
  });
  expect(partition).toMatchObject({ errorCode: 0, leaderId: 1, leaderEpoch: 1, observers: [] });
  expect(partition?.currentVoters).toMatchObject([
    {
      replicaId: 1,
      logEndOffset: partition?.highWatermark,
      lastFetchTimestamp: fixture.platform.clock.now(),
    },
  ]);
  expect(meta).toContain(`directory.id=${partition?.currentVoters[0]?.replicaDirectoryId}`);
  await fixture.createTopic('t');
  const after = (await quorum(fixture, 0))?.topics[0]?.partitions[0];
  expect(after?.highWatermark).toBe((partition?.highWatermark ?? 0) + 2);
  await fixture.restart();
  expect((await quorum(fixture))?.topics[0]?.partitions[0]?.leaderEpoch).toBe(2);
  const wrong = await quorum(fixture, 2, [{ topicName: 't', partitions: [{ partitionIndex: 0 }] }]);
  expect(wrong?.topics[0]?.partitions[0]?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('what is not served is no feature, and what is served is finalized as in a new cluster of Kafka 4.3', async () => {
  const fixture = await BrokerFixture.start();
  const { supported, finalized, epoch } = await features(fixture);
  expect(supported).toEqual(
    expect.arrayContaining([
      'metadata.version 7-30',
      'eligible.leader.replicas.version 0-1',
      'kraft.version 0-1',
    ]),
  );
  for (const absent of ['share.version', 'streams.version']) expect(supported?.join()).not.toContain(absent);
  expect(finalized).toMatchObject({
    'metadata.version': 30,
    'eligible.leader.replicas.version': 1,
    'kraft.version': 1,
  });
  expect(epoch).toBeGreaterThanOrEqual(0);
  expect((await features(fixture, 3)).supported).toEqual(['metadata.version 7-30']);
});

test.each([
  [
    { feature: 'no.such', level: 0 },
    'Invalid update version 0 for feature no.such. Feature no.such not found.',
  ],
  [
    { feature: 'no.such', level: 1 },
    'Invalid update version 1 for feature no.such. Local controller 1 does not support this feature.',
  ],
  [
    { feature: 'share.version', level: 1 },
    'Invalid update version 1 for feature share.version. Local controller 1 does not support this feature.',
  ],
  [
    { feature: 'metadata.version', level: 31 },
    'Invalid update version 31 for feature metadata.version. Local controller 1 only supports versions 7-30',
  ],
  [
    { feature: 'metadata.version', level: -1 },
    'Invalid update version -1 for feature metadata.version. A feature version cannot be less than 0.',
  ],
  [
    { feature: 'metadata.version', level: 29 },
    "Invalid update version 29 for feature metadata.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
  ],
  [
    { feature: 'metadata.version', level: 29, type: 2 },
    'Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade because it might delete metadata information.',
  ],
  [
    { feature: 'metadata.version', level: 29, type: 3 },
    'Unsupported metadata.version downgrade from 30 to 29. Unsafe metadata downgrade is not supported in this version.',
  ],
  [
    { feature: 'eligible.leader.replicas.version', level: 0, type: 9 },
    'Invalid update version 0 for feature eligible.leader.replicas.version. The controller does not support the given upgrade type.',
  ],
  [
    { feature: 'kraft.version', level: 0, type: 2 },
    "Invalid update version 0 for feature kraft.version. Can't downgrade the version of this feature.",
  ],
])('the update %j is refused in the words of Kafka', async (refused, message) => {
  const fixture = await BrokerFixture.start();
  const before = await features(fixture);
  const also = { feature: 'eligible.leader.replicas.version', level: 0, type: 2 };
  const updates = refused.feature === also.feature ? [refused] : [also, refused];
  expect(await update(fixture, updates)).toMatchObject({
    errorCode: ErrorCode.INVALID_UPDATE_VERSION,
    errorMessage: `${prefix}${message}`,
  });
  expect(await features(fixture)).toEqual(before);
});

test('a feature is lowered and raised; validateOnly changes nothing; what eligible leaders need comes with them', async () => {
  const fixture = await BrokerFixture.start();
  const down = [{ feature: 'eligible.leader.replicas.version', level: 0, type: 2 }];
  expect(await update(fixture, down, { validateOnly: true })).toMatchObject({ errorCode: 0 });
  expect((await features(fixture)).finalized['eligible.leader.replicas.version']).toBe(1);
  expect(await update(fixture, down, { version: 0 })).toMatchObject({
    errorCode: 0,
    results: [{ feature: 'eligible.leader.replicas.version', errorCode: 0, errorMessage: 'NONE' }],
  });
  expect((await features(fixture)).finalized['eligible.leader.replicas.version']).toBeUndefined();
  const own = {
    resourceType: 4,
    resourceName: '1',
    configs: [{ name: 'min.insync.replicas', configOperation: 0, value: '2' }],
  };
  const cluster = {
    ...own,
    resourceName: '',
    configs: [{ name: 'min.insync.replicas', configOperation: 1, value: null }],
  };
  const altered = fixture.client.request(alterMessages, 1, {
    resources: [own, cluster],
    validateOnly: false,
  });
  expect((await fixture.during(altered))?.responses.map(({ errorCode }) => errorCode)).toEqual([0, 0]);
  expect(await update(fixture, [{ feature: 'eligible.leader.replicas.version', level: 1 }])).toMatchObject({
    errorCode: 0,
    results: [],
  });
  const resources = [
    { resourceType: 4, resourceName: '1', configurationKeys: ['min.insync.replicas'] },
    { resourceType: 4, resourceName: '', configurationKeys: null },
  ];
  const described = await fixture.during(
    fixture.client.request(describeMessages, 4, { resources, includeSynonyms: true }),
  );
  expect(
    described?.results[0]?.configs[0]?.synonyms.map(({ source, value }) => `${source}:${value}`),
  ).toEqual(['3:1', '5:1']);
  await fixture.restart();
  expect((await features(fixture)).finalized['eligible.leader.replicas.version']).toBe(1);
});

test('elections answer for each partition why there is none', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 2);
  const elect = (electionType: number, topicPartitions: { topic: string; partitions: number[] }[] | null) =>
    fixture.during(
      fixture.client.request(electionMessages, 2, { electionType, topicPartitions, timeoutMs: 1000 }),
    );
  const notNeeded = {
    errorCode: ErrorCode.ELECTION_NOT_NEEDED,
    errorMessage: 'Leader election not needed for topic partition.',
  };
  const named = [
    { topic: 't', partitions: [1, 7] },
    { topic: 'nope', partitions: [0] },
  ];
  expect((await elect(0, named))?.replicaElectionResults).toEqual([
    {
      topic: 't',
      partitionResult: [
        { partitionId: 1, ...notNeeded },
        { partitionId: 7, errorCode: 3, errorMessage: 'No such partition as t-7' },
      ],
    },
    {
      topic: 'nope',
      partitionResult: [{ partitionId: 0, errorCode: 3, errorMessage: 'No such topic as nope' }],
    },
  ]);
  expect((await elect(1, [{ topic: 't', partitions: [0] }]))?.replicaElectionResults).toEqual([
    { topic: 't', partitionResult: [{ partitionId: 0, ...notNeeded }] },
  ]);
  expect(await elect(0, null)).toMatchObject({
    errorCode: 0,
    replicaElectionResults: [{ topic: 't', partitionResult: [] }],
  });
  expect(await elect(5, null)).toMatchObject({
    errorCode: ErrorCode.INVALID_REQUEST,
    replicaElectionResults: [],
  });
});

test('a broker that is not there cannot be unregistered, nor can the one that is asked', async () => {
  const fixture = await BrokerFixture.start();
  const unregister = (brokerId: number) =>
    fixture.during(fixture.client.request(unregisterMessages, 0, { brokerId }));
  expect(await unregister(7)).toMatchObject({
    errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED,
    errorMessage: 'Broker ID 7 is not currently registered',
  });
  expect(await unregister(1)).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
});

test('levels of loggers are told and changed, and decide at once what is logged', async () => {
  const written: string[] = [];
  const write = (_fields: object, message: string) => written.push(message);
  const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const platform = Object.assign(simulatedPlatform(1), { logger });
  const fixture = new BrokerFixture({ 'no.such': '1' }, platform, { loggers: new LoggerLevels('ERROR') });
  await fixture.start();
  expect(written).toEqual([]);
  const describe = async () => {
    const resources = [{ resourceType: 8, resourceName: '1', configurationKeys: null }];
    const answer = await fixture.during(fixture.client.request(describeMessages, 4, { resources }));
    return Object.fromEntries(answer?.results[0]?.configs.map(({ name, value }) => [name, value]) ?? []);
  };
  const alter = async (name: string, value: string | null, configOperation = 0) => {
    const configs = [{ name, value, configOperation }];
    const resources = [{ resourceType: 8, resourceName: '1', configs }];
    const answer = await fixture.during(
      fixture.client.request(alterMessages, 1, { resources, validateOnly: false }),
    );
    return answer?.responses[0]?.errorMessage;
  };
  expect(await describe()).toMatchObject({ root: 'ERROR', 'millrace.server': 'ERROR' });
  const refuse = async () => {
    const client = await fixture.connect();
    client.write(Buffer.from([0, 0, 0, 8, 0, 99, 0, 0, 0, 0, 0, 1]));
    await fixture.platform.settle();
  };
  await refuse();
  expect(written).toEqual([]);
  expect(await alter('millrace.server', 'WARN')).toBeNull();
  await refuse();
  expect(written).toEqual(['connection closed because of a request that cannot be answered']);
  expect(await describe()).toMatchObject({ root: 'ERROR', 'millrace.server': 'WARN' });
  expect(await alter('millrace.server', null, 1)).toBeNull();
  await refuse();
  expect(written).toHaveLength(1);
  expect(await alter('no.such', 'INFO')).toBe('Logger no.such does not exist!');
});
