import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decideAllocateProducerIds,
  decideCreatePartitions,
  decideCreateTopics,
  decideDeleteTopics,
  decideIncrementalAlterConfigs,
  imageRecords,
  leadershipRecords,
  MetadataImage,
  partitionsInOrder,
  replayAll,
  zeroUuid,
} from '../../../broker/metadata/index.ts';
import { contentOf, replayed, World } from './world.ts';

type Step = (world: World) => void;

const name = fc.constantFrom('a', 'b', 'a.b', 'a_b', 'c', '', 'x y', '__consumer_offsets');
const names = fc.array(name, { maxLength: 5 });
const config = fc.record({
  name: fc.constantFrom('retention.ms', 'cleanup.policy', 'segment.bytes', 'no.such', 'min.insync.replicas'),
  value: fc.constantFrom('1', 'compact', 'delete', '2000000', '', null),
});

/** Every distinct name that was asked for is answered, and answered once. */
function expectEchoed(asked: readonly string[], answered: readonly (string | null)[]): void {
  expect([...answered].sort()).toEqual([...new Set(asked)].sort());
}

const create = fc.tuple(names, fc.integer({ min: -2, max: 4 }), fc.array(config, { maxLength: 2 })).map(
  ([wanted, numPartitions, configs]): Step =>
    (world) => {
      const topics = wanted.map((each) => {
        return { name: each, numPartitions, replicationFactor: -1, assignments: [], configs };
      });
      const decision = decideCreateTopics(world.context, { topics, validateOnly: false });
      const before = [...world.image.topics()].length;
      const { topics: results } = world.commit(decision);
      expectEchoed(
        wanted,
        results.map((result) => result.name),
      );
      const made = results.filter(({ errorCode }) => errorCode === 0);
      expect([...world.image.topics()].length).toBe(before + made.length);
      for (const result of made) expect(world.image.topic(result.name)?.id).toBe(result.topicId);
    },
);

const remove = names.map(
  (wanted): Step =>
    (world) => {
      const request = { topics: wanted.map((each) => ({ name: each, topicId: zeroUuid })), topicNames: [] };
      const { responses } = world.commit(decideDeleteTopics(world.context, request, { version: 6 }));
      expectEchoed(
        wanted,
        responses.map((result) => result.name),
      );
      for (const result of responses) {
        if (result.errorCode === 0) expect(world.image.topic(result.name ?? '')).toBeUndefined();
      }
    },
);

const grow = fc.tuple(names, fc.integer({ min: 0, max: 6 })).map(
  ([wanted, count]): Step =>
    (world) => {
      const topics = wanted.map((each) => ({ name: each, count, assignments: null }));
      const { results } = world.commit(
        decideCreatePartitions(world.context, { topics, validateOnly: false }),
      );
      expectEchoed(
        wanted,
        results.map((result) => result.name),
      );
    },
);

const alter = fc
  .tuple(names, fc.array(fc.tuple(config, fc.integer({ min: 0, max: 4 })), { maxLength: 3 }))
  .map(
    ([wanted, changes]): Step =>
      (world) => {
        const configs = changes.map(([change, configOperation]) => ({ ...change, configOperation }));
        const resources = wanted.map((resourceName) => ({ resourceType: 2, resourceName, configs }));
        const request = { resources, validateOnly: false };
        const { responses } = world.commit(decideIncrementalAlterConfigs(world.context, request));
        expect(responses.map((result) => result.resourceName)).toEqual(wanted);
      },
  );

const restart = fc.boolean().map(
  (isCleanStart): Step =>
    (world) => {
      world.register(1);
      world.append(leadershipRecords(world.image, 1, { isCleanStart }));
    },
);

const allocate: Step = (world) => {
  const brokerEpoch = world.image.broker(1)?.epoch ?? -1;
  const before = world.image.nextProducerId;
  const answer = world.commit(decideAllocateProducerIds(world.image, { brokerId: 1, brokerEpoch }));
  expect(answer.producerIdStart).toBe(before);
};

/** Leader epochs by topic id and partition. */
function leaderEpochs(image: MetadataImage): ReadonlyMap<string, number> {
  const entries = [...image.topics()].flatMap((topic) =>
    partitionsInOrder(topic).map((p): [string, number] => [`${topic.id}-${p.partitionId}`, p.leaderEpoch]),
  );
  return new Map(entries);
}

test('any run of admin requests keeps image, log and snapshot equal, and leader epochs from going back', () => {
  const steps = fc.array(fc.oneof(create, create, remove, grow, alter, restart, fc.constant(allocate)), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(steps, (run) => {
      const world = new World();
      for (const step of run) {
        const before = leaderEpochs(world.image);
        step(world);
        for (const [partition, epoch] of leaderEpochs(world.image)) {
          expect(epoch).toBeGreaterThanOrEqual(before.get(partition) ?? 0);
        }
      }
      const snapshot = new MetadataImage();
      replayAll(snapshot, imageRecords(world.image));
      expect(contentOf(replayed(world.log))).toEqual(contentOf(world.image));
      expect(contentOf(snapshot)).toEqual(contentOf(world.image));
      expect(world.image.ignoredRecords).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('at any moment names and ids lead to the same topics, and partitions are numbered without gaps', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(create, remove, grow), { maxLength: 15 }), (run) => {
      const world = new World();
      for (const step of run) step(world);
      for (const topic of world.image.topics()) {
        expect(world.image.topicById(topic.id)).toBe(world.image.topic(topic.name));
        expect(partitionsInOrder(topic).map(({ partitionId }) => partitionId)).toEqual([
          ...Array(topic.partitions.size).keys(),
        ]);
      }
    }),
    { numRuns: 40 },
  );
});
