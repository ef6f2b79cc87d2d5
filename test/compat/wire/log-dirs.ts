import {
  alterReplicaLogDirsRequest,
  createTopicsRequest,
  describeLogDirsRequest,
  produceRequest,
} from '../../../kafka/protocol/index.ts';
import { batchOf } from './batches.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Log directories. */
export const logDirs: WireFamily = {
  name: 'log-dirs',
  about: 'DescribeLogDirs and AlterReplicaLogDirs',
  async ask(wire) {
    await wire.ask(
      'a topic',
      createTopicsRequest,
      7,
      {
        topics: [{ name: 'stored', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }],
      },
      { counted: ['topics.configs'] },
    );
    await wire.untilLed(['stored'], 2);
    await wire.ask('a record', produceRequest, 12, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: 'stored', partitionData: [{ index: 0, records: batchOf(['x']) }] }],
    });
    const path = await describe(wire);
    await move(wire, path);
  },
};

async function describe(wire: Wire): Promise<string> {
  const sizes = { without: ['totalBytes', 'usableBytes'] };
  for (const version of [1, 2, 3, 4, 5])
    await wire.ask(
      'one topic',
      describeLogDirsRequest,
      version,
      { topics: [{ topic: 'stored', partitions: [0, 1] }] },
      sizes,
    );
  await wire.ask(
    'one partition',
    describeLogDirsRequest,
    4,
    { topics: [{ topic: 'stored', partitions: [0] }] },
    sizes,
  );
  await wire.ask(
    'no partition',
    describeLogDirsRequest,
    4,
    { topics: [{ topic: 'stored', partitions: [] }] },
    sizes,
  );
  await wire.ask(
    'an unknown partition',
    describeLogDirsRequest,
    4,
    { topics: [{ topic: 'stored', partitions: [9] }] },
    sizes,
  );
  await wire.ask(
    'an unknown topic',
    describeLogDirsRequest,
    4,
    { topics: [{ topic: 'unknown', partitions: [0] }] },
    sizes,
  );
  await wire.ask(
    'one partition twice',
    describeLogDirsRequest,
    4,
    { topics: [{ topic: 'stored', partitions: [0, 0] }] },
    sizes,
  );
  await wire.ask('no topic', describeLogDirsRequest, 4, { topics: [] }, sizes);
  const all = await wire.ask(
    'everything',
    describeLogDirsRequest,
    4,
    { topics: null },
    { ...sizes, counted: ['results.topics'] },
  );
  return all.text('results.0.logDir');
}

async function move(wire: Wire, path: string): Promise<void> {
  wire.title('move');
  const ask = (what: string, version: number, to: string, name: string, partition: number) =>
    wire.ask(what, alterReplicaLogDirsRequest, version, {
      dirs: [{ path: to, topics: [{ name, partitions: [partition] }] }],
    });
  for (const version of [1, 2]) await ask('to where it is', version, path, 'stored', 0);
  await ask('to a folder that is no log directory', 2, '/no/such/folder', 'stored', 0);
  await ask('to an empty path', 2, '', 'stored', 0);
  await ask('to a path that is not absolute', 2, 'folder', 'stored', 0);
  await ask('an unknown partition', 2, path, 'stored', 9);
  await ask('an unknown topic', 2, path, 'unknown', 0);
  await ask('an unknown topic to no log directory', 2, '/no/such/folder', 'unknown', 0);
  await ask('a partition that is created later', 2, path, 'stored', 5);
  await wire.ask('nothing', alterReplicaLogDirsRequest, 2, { dirs: [] });
}
