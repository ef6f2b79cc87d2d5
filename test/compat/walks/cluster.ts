import {
  alterReplicaLogDirsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  describeClusterRequest,
  describeLogDirsRequest,
  describeQuorumRequest,
  updateFeaturesRequest,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import type { Wire } from '../wire/wire.ts';
import { Applied } from './applied.ts';
import { told } from './told.ts';
import type { Walk } from './walk.ts';

/** The cluster, its log directories, features and quorum are looked at; nothing is changed but two topics. */
export const clusterWalk: Walk = {
  name: 'cluster',
  about: 'DescribeCluster, DescribeLogDirs, AlterReplicaLogDirs, UpdateFeatures, DescribeQuorum',
  count: 3,
  steps: 60,
  async take(wire, dice, prefix) {
    const topics = ['a', 'b'].map((name) => `${prefix}-${name}`);
    const path = await open(wire, prefix, topics);
    const world = { wire, dice, path, topics: [...topics, `${prefix}-unknown`] };
    for (let step = 0; step < clusterWalk.steps; step++) await dice.pick(questions)(world);
    await wire.ask('the topics', deleteTopicsRequest, 5, { topicNames: topics, timeoutMs: 5000 });
  },
};

interface World {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly topics: readonly string[];
  /** The log directory of the broker. */
  readonly path: string;
}

const questions: readonly ((world: World) => Promise<unknown>)[] = [
  cluster,
  logDirs,
  logDirs,
  move,
  features,
  features,
  quorum,
];
const own = ['totalBytes', 'usableBytes', 'logDir'];

async function open(wire: Wire, prefix: string, names: readonly string[]): Promise<string> {
  const topics = names.map((name) => ({
    name,
    numPartitions: 2,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }));
  await wire.ask('two topics', createTopicsRequest, 7, { topics }, { counted: ['topics.configs'] });
  await wire.untilLed(names, 2);
  const applied = new Applied(wire, prefix);
  applied.changed();
  await applied.wait();
  await applied.close();
  const all = await wire.until(describeLogDirsRequest, 4, { topics: null }, () => true);
  return all.text('results.0.logDir');
}

function cluster({ wire, dice }: World) {
  const version = dice.below(3);
  const endpointType = version === 0 ? undefined : dice.pick([1, 1, 1, 2, 0, 3, -1]);
  const includeFencedBrokers = version === 2 && dice.chance(50);
  return wire.ask(`endpoints ${endpointType}`, describeClusterRequest, version, {
    includeClusterAuthorizedOperations: dice.chance(50),
    ...(endpointType === undefined ? {} : { endpointType }),
    ...(includeFencedBrokers ? { includeFencedBrokers } : {}),
  });
}

function partitions(dice: Dice): number[] {
  return dice.list(0, 3, () => (dice.chance(80) ? dice.below(2) : dice.pick([-1, 2, 2_147_483_647])));
}

function logDirs({ wire, dice, topics: names }: World) {
  const topics = dice.list(0, 3, () => ({ topic: dice.pick([...names, '']), partitions: partitions(dice) }));
  const version = 1 + dice.below(5);
  return wire.ask(told(topics), describeLogDirsRequest, version, { topics }, { without: own });
}

function move({ wire, dice, topics, path }: World) {
  const dirs = dice.list(0, 3, () => ({
    path: dice.pick([path, path, '/no/such/folder', '', 'folder']),
    topics: dice.list(0, 2, () => ({
      name: dice.pick([...topics, '', 'bad name']),
      partitions: partitions(dice),
    })),
  }));
  const what = told(dirs.map((each) => (each.path === path ? { ...each, path: 'where it is' } : each)));
  return wire.ask(what, alterReplicaLogDirsRequest, 1 + dice.below(2), { dirs });
}

/** Never in earnest: other walks would feel it. */
function features({ wire, dice }: World) {
  const names = [
    'transaction.version',
    'group.version',
    'metadata.version',
    'kraft.version',
    'eligible.leader.replicas.version',
  ];
  const version = 1 + dice.below(2);
  // Of several Kafka tells of the first by its hash.
  const featureUpdates = dice.list(0, 1, () => ({
    feature: dice.chance(85) ? dice.pick(names) : dice.pick(['no.such', '', 'Group.version']),
    maxVersionLevel: dice.pick([0, 1, 2, 3, -1, 22, 27, 28, 99, 32_767, -32_768]),
    upgradeType: dice.pick([1, 1, 2, 2, 3, 3, 0, 4, -1]),
  }));
  const body = { timeoutMs: 5000, featureUpdates, validateOnly: true };
  return wire.ask(told(featureUpdates), updateFeaturesRequest, version, body);
}

function quorum({ wire, dice, topics: names }: World) {
  const topics = dice.list(0, 2, () => ({
    topicName: dice.chance(75) ? '__cluster_metadata' : dice.pick([...names, '']),
    partitions: dice.list(0, 2, () => ({ partitionIndex: dice.chance(75) ? 0 : dice.pick([1, -1]) })),
  }));
  const offsets = [
    'highWatermark',
    'logEndOffset',
    'lastFetchTimestamp',
    'lastCaughtUpTimestamp',
    'leaderEpoch',
  ];
  const without = [...offsets, 'nodes'];
  return wire.ask(told(topics), describeQuorumRequest, dice.below(3), { topics }, { without });
}
