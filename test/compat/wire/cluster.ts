import {
  apiVersionsRequest,
  createTopicsRequest,
  describeClusterRequest,
  describeQuorumRequest,
  describeTopicPartitionsRequest,
  findCoordinatorRequest,
  metadataRequest,
  unregisterBrokerRequest,
  updateFeaturesRequest,
  zeroUuid,
} from '../../../kafka/protocol/index.ts';
import type { Wire, WireFamily } from './wire.ts';

/** The cluster, its features and quorum, and frames that are no valid request. Needs an empty broker. */
export const cluster: WireFamily = {
  name: 'cluster',
  about: 'ApiVersions, Metadata, DescribeCluster, FindCoordinator, features, quorum, broken frames',
  async ask(wire) {
    await versions(wire);
    await metadata(wire);
    await describe(wire);
    await coordinators(wire);
    await features(wire);
    await brokenFrames(wire);
  },
};

const software = { clientSoftwareName: 'wire', clientSoftwareVersion: '1.0' };

async function versions(wire: Wire): Promise<void> {
  wire.title('versions and features');
  await wire.askEach('what is served', apiVersionsRequest, [0, 1, 2, 3, 4], software, {
    counted: ['apiKeys'],
  });
  await wire.ask('every range', apiVersionsRequest, 4, software);
  for (const [what, name, version] of [
    ['an empty software name', '', '1'],
    ['an empty software version', 'wire', ''],
    ['a software name with a space', 'wi re', '1'],
    ['a software name that ends with a dash', 'wire-', '1'],
    ['a software version with an underscore', 'wire', '1_0'],
  ] as const)
    await wire.ask(
      what,
      apiVersionsRequest,
      4,
      { clientSoftwareName: name, clientSoftwareVersion: version },
      {
        counted: ['apiKeys'],
      },
    );
}

async function metadata(wire: Wire): Promise<void> {
  wire.title('metadata');
  await wire.askEach('all topics of an empty broker', metadataRequest, [0, 1, 4, 5, 8, 9, 10, 12, 13], {
    topics: [],
  });
  await wire.askEach('topics null', metadataRequest, [1, 9, 12, 13], { topics: null });
  const topics = [{ name: 'unknown' }];
  await wire.askEach('an unknown topic, not to be created', metadataRequest, [4, 5, 9, 12, 13], {
    topics,
    allowAutoTopicCreation: false,
  });
  for (const name of ['', '.', '..', 'bad name', 'a'.repeat(249), 'a'.repeat(250)])
    await wire.ask(
      `a topic named ${name.length > 9 ? `${name.length} letters` : `"${name}"`}, to be created`,
      metadataRequest,
      12,
      { topics: [{ name }], allowAutoTopicCreation: true },
    );
  await wire.ask('a topic that is created by being asked for', metadataRequest, 12, {
    topics: [{ name: 'automatic' }],
    allowAutoTopicCreation: true,
  });
  await wire.ask('one name twice', metadataRequest, 12, {
    topics: [{ name: 'unknown' }, { name: 'unknown' }],
    allowAutoTopicCreation: false,
  });
  await wire.ask('a name null and an id of zeros', metadataRequest, 12, {
    topics: [{ name: null, topicId: zeroUuid }],
  });
  await wire.ask('an unknown id', metadataRequest, 12, {
    topics: [{ name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAEA' }],
  });
  await wire.ask('a name and an id', metadataRequest, 12, {
    topics: [{ name: 'automatic', topicId: 'AAAAAAAAAAAAAAAAAAAAEA' }],
  });
  await wire.ask('an id in a version without ids', metadataRequest, 11, {
    topics: [{ name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAEA' }],
  });
  await wire.ask('with authorized operations', metadataRequest, 10, {
    topics: [{ name: 'unknown' }],
    includeClusterAuthorizedOperations: true,
    includeTopicAuthorizedOperations: true,
    allowAutoTopicCreation: false,
  });
}

async function describe(wire: Wire): Promise<void> {
  wire.title('the cluster and the partitions of topics');
  const asked = { includeClusterAuthorizedOperations: false };
  await wire.askEach('brokers', describeClusterRequest, [0, 1, 2], asked);
  await wire.ask('with authorized operations', describeClusterRequest, 2, {
    includeClusterAuthorizedOperations: true,
  });
  for (const endpointType of [0, 2, 3])
    await wire.ask(`endpoint type ${endpointType}`, describeClusterRequest, 2, { ...asked, endpointType });
  await wire.ask('fenced brokers too', describeClusterRequest, 2, { ...asked, includeFencedBrokers: true });
  await wire.ask(
    'three topics',
    createTopicsRequest,
    7,
    {
      topics: ['one', 'two', 'three'].map((name) => ({
        name,
        numPartitions: 3,
        replicationFactor: 1,
        assignments: [],
        configs: [],
      })),
    },
    { counted: ['topics.configs'] },
  );
  await wire.untilLed(['one', 'two', 'three'], 3);
  const described = [
    ['all', [], 2000, null],
    ['of one', ['one'], 2000, null],
    ['of an unknown one', ['unknown'], 2000, null],
    ['of one twice', ['one', 'one'], 2000, null],
    ['of a bad name', ['bad name'], 2000, null],
    ['of an empty name', [''], 2000, null],
    ['at most four', ['one', 'three', 'two'], 4, null],
    ['at most none', ['one'], 0, null],
    ['at most a negative number', ['one'], -1, null],
    ['from a cursor', ['one', 'three', 'two'], 4, { topicName: 'three', partitionIndex: 1 }],
    ['from a cursor on an unknown topic', ['one', 'three'], 4, { topicName: 'ones', partitionIndex: 0 }],
    ['from a cursor beyond the partitions', ['one'], 4, { topicName: 'one', partitionIndex: 9 }],
    ['from a cursor on a negative partition', ['one'], 4, { topicName: 'one', partitionIndex: -1 }],
    ['from a cursor, all topics', [], 4, { topicName: 'three', partitionIndex: 0 }],
  ] as const;
  for (const [what, names, responsePartitionLimit, cursor] of described)
    await wire.ask(what, describeTopicPartitionsRequest, 0, {
      topics: names.map((name) => ({ name })),
      responsePartitionLimit,
      cursor,
    });
}

async function coordinators(wire: Wire): Promise<void> {
  wire.title('coordinators');
  await untilFound(wire);
  await wire.askEach('of a group', findCoordinatorRequest, [0, 1, 2, 3], { key: 'g', keyType: 0 });
  await wire.ask('of an empty group', findCoordinatorRequest, 3, { key: '', keyType: 0 });
  await wire.askEach('of groups', findCoordinatorRequest, [4, 5, 6], {
    keyType: 0,
    coordinatorKeys: ['g', 'h'],
  });
  await wire.ask('of no group', findCoordinatorRequest, 4, { keyType: 0, coordinatorKeys: [] });
  await wire.ask('of an empty group and one twice', findCoordinatorRequest, 4, {
    keyType: 0,
    coordinatorKeys: ['', 'g', 'g'],
  });
  await wire.ask('of an unknown type', findCoordinatorRequest, 4, { keyType: 9, coordinatorKeys: ['g'] });
  await wire.ask('of an unknown type', findCoordinatorRequest, 3, { keyType: 9, key: 'g' });
  await wire.ask('of a negative type', findCoordinatorRequest, 4, { keyType: -1, coordinatorKeys: ['g'] });
  for (const key of ['g', 'g:x:0', ':AAAAAAAAAAAAAAAAAAAAEA:0', 'g:AAAAAAAAAAAAAAAAAAAAEA:x'])
    await wire.ask(
      `of a share state, key ${key.replace('AAAAAAAAAAAAAAAAAAAAEA', 'ID')}`,
      findCoordinatorRequest,
      6,
      {
        keyType: 2,
        coordinatorKeys: [key],
      },
    );
  await wire.ask('of a share state in a version without', findCoordinatorRequest, 5, {
    keyType: 2,
    coordinatorKeys: ['g:AAAAAAAAAAAAAAAAAAAAEA:0'],
  });
}

/** A broker creates the topics of its coordinators when first asked, and may send the client away meanwhile. */
async function untilFound(wire: Wire): Promise<void> {
  await wire.settle(
    findCoordinatorRequest,
    4,
    { keyType: 0, coordinatorKeys: ['g'] },
    'coordinators.0.errorCode',
  );
  await wire.settle(
    findCoordinatorRequest,
    4,
    { keyType: 1, coordinatorKeys: ['t'] },
    'coordinators.0.errorCode',
  );
}

async function features(wire: Wire): Promise<void> {
  wire.title('features, quorum and registration');
  const update = async (
    what: string,
    version: number,
    updates: readonly (readonly [feature: string, level: number, upgradeType?: number])[],
    validateOnly = true,
  ) =>
    wire.ask(what, updateFeaturesRequest, version, {
      timeoutMs: 5000,
      featureUpdates: updates.map(([feature, maxVersionLevel, upgradeType]) => ({
        feature,
        maxVersionLevel,
        ...(upgradeType === undefined ? {} : { upgradeType }),
      })),
      ...(version === 0 ? {} : { validateOnly }),
    });
  for (const version of [0, 1, 2]) await update('nothing', version, []);
  for (const version of [0, 1, 2]) await update('an unknown feature', version, [['no.such', 1]]);
  await update('the version there is', 2, [['transaction.version', 2]]);
  await update('a version above the highest', 2, [['transaction.version', 99]]);
  await update('a negative version', 2, [['transaction.version', -1]]);
  await update('a lower version as an upgrade', 2, [['transaction.version', 1]]);
  await update('a lower version as a safe downgrade', 2, [['transaction.version', 1, 2]]);
  await update('a lower version as an unsafe downgrade', 2, [['transaction.version', 1, 3]]);
  await update('an unknown type of upgrade', 2, [['transaction.version', 1, 9]]);
  await update('type of upgrade zero', 2, [['transaction.version', 1, 0]]);
  await update('one feature twice', 2, [
    ['transaction.version', 2],
    ['transaction.version', 1],
  ]);
  await update('an empty name', 2, [['', 1]]);
  await update('the metadata version away', 2, [['metadata.version', 0, 2]]);
  await update('the metadata version far down', 2, [['metadata.version', 1, 2]]);
  await update('the metadata version above the highest', 2, [['metadata.version', 999]]);
  await update('the KRaft version there is', 2, [['kraft.version', 0]]);
  await update('the KRaft version up', 2, [['kraft.version', 1]]);
  await update('one valid and one not', 2, [
    ['group.version', 0, 2],
    ['no.such', 1],
  ]);
  await update('the group version away, only checked', 2, [['group.version', 0, 2]]);
  await update('the share version away, only checked', 2, [['share.version', 0, 2]]);
  await update('the streams version away, only checked', 2, [['streams.version', 0, 2]]);
  await update('the ELR version away, only checked', 2, [['eligible.leader.replicas.version', 0, 2]]);
  await wire.ask('after what was only checked', apiVersionsRequest, 4, software, { counted: ['apiKeys'] });
  await quorum(wire);
  await wire.ask('an unknown broker', unregisterBrokerRequest, 0, { brokerId: 77 });
  await wire.ask('a negative broker', unregisterBrokerRequest, 0, { brokerId: -1 });
}

const logOffsets = [
  'highWatermark',
  'logEndOffset',
  'lastFetchTimestamp',
  'lastCaughtUpTimestamp',
  'leaderEpoch',
];

async function quorum(wire: Wire): Promise<void> {
  const ask = (what: string, version: number, topicName: string, partitions: readonly number[]) =>
    wire.ask(
      what,
      describeQuorumRequest,
      version,
      { topics: [{ topicName, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }] },
      { without: logOffsets },
    );
  for (const version of [0, 1, 2]) await ask('the metadata log', version, '__cluster_metadata', [0]);
  await ask('another partition of it', 2, '__cluster_metadata', [1]);
  await ask('two partitions of it', 2, '__cluster_metadata', [0, 1]);
  await ask('another topic', 2, 'one', [0]);
  await ask('no partition', 2, '__cluster_metadata', []);
  await wire.ask('no topic', describeQuorumRequest, 2, { topics: [] }, { without: logOffsets });
}

async function brokenFrames(wire: Wire): Promise<void> {
  wire.title('frames that are no valid request');
  const show = (frame: Buffer) =>
    `answer, correlation id ${frame.readInt32BE(0)}, then ${frame.subarray(4, 10).toString('hex')}`;
  const frame = (...parts: readonly Buffer[]) => {
    const body = Buffer.concat(parts);
    const size = Buffer.alloc(4);
    size.writeInt32BE(body.length);
    return Buffer.concat([size, body]);
  };
  const header = (key: number, version: number) => {
    const bytes = Buffer.alloc(10);
    bytes.writeInt16BE(key, 0);
    bytes.writeInt16BE(version, 2);
    bytes.writeInt32BE(7, 4);
    bytes.writeInt16BE(-1, 8);
    return bytes;
  };
  await wire.raw('ApiVersions of a version that is not there', frame(header(18, 99), Buffer.from([0])), show);
  await wire.raw('ApiVersions v3 with no body', frame(header(18, 3), Buffer.from([0])), show);
  await wire.raw('Metadata of a version that is not there', frame(header(3, 99), Buffer.from([0])), show);
  await wire.raw('Metadata of a negative version', frame(header(3, -1), Buffer.from([0])), show);
  await wire.raw('an API that is not there', frame(header(999, 0)), show);
  await wire.raw('a removed API', frame(header(4, 0)), show);
  await wire.raw('an API of controllers', frame(header(62, 0), Buffer.from([0])), show);
  await wire.raw('a removed version of Fetch', frame(header(1, 3), Buffer.alloc(30)), show);
  await wire.raw('a body that is cut off', frame(header(3, 1), Buffer.from([0, 0, 0, 9])), show);
  await wire.raw('an array of negative length', frame(header(19, 4), Buffer.from([0x80, 0, 0, 0])), show);
  await wire.raw('an empty frame', frame(), show);
  await wire.raw('a frame of three bytes', frame(Buffer.from([0, 3, 0])), show);
  await wire.raw('a negative size', Buffer.from([0xff, 0xff, 0xff, 0xff]), show);
  await wire.raw('a size above socket.request.max.bytes', Buffer.from([0x7f, 0xff, 0xff, 0xff]), show);
  await wire.raw('HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), show);
}
