import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { murmur2, partitionOfKey } from '../../../kafka/client/producer/murmur2.ts';
import { TopicQueues } from '../../../kafka/client/producer/topic-queues.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';

const options = { batchBytes: 1_000_000, lingerMs: 0, isIdempotent: true };

function topicOf(leaders: readonly number[]): TopicQueues {
  const topic = new TopicQueues('t', options, undefined, new SeededEntropy(1));
  const partitions = leaders.map((leader, partition) => ({
    partition,
    leader,
    leaderEpoch: 0,
    replicas: [],
    isr: [],
    offlineReplicas: [],
  }));
  topic.update({ name: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', isInternal: false, partitions });
  return topic;
}

describe('the hash of a key', () => {
  // The vectors of Kafka's own tests.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is that of Java', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  test('is that of its bytes when it is text', () => {
    const topic = topicOf([0, 0, 0, 0, 0, 0, 0]);
    for (const key of ['21', 'foobar', 'gr\u00fc\u00dfe']) {
      const bytes = topic.choose({ topic: 't', key: Buffer.from(key), value: null }, 10);
      expect(topic.choose({ topic: 't', key, value: null }, 10)).toBe(bytes);
    }
  });

  test('always names a partition that exists', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 10_000 }), (key, count) => {
        const partition = partitionOfKey(key, count);
        expect(partition).toBe(partitionOfKey(Buffer.from(key), count));
        expect(partition >= 0 && partition < count).toBe(true);
      }),
    );
  });
});

describe('a record', () => {
  test('goes where it says', () => {
    expect(
      topicOf([1, 1, 1]).choose({ topic: 't', partition: 2, value: null, key: Buffer.from('k') }, 10),
    ).toBe(2);
  });

  test('goes by its key, however often', () => {
    const topic = topicOf([1, 1, 1, 1]);
    const record = { topic: 't', key: Buffer.from('k'), value: null };
    expect(topic.choose(record, 10)).toBe(partitionOfKey(record.key, 4));
    expect(topic.choose(record, 10)).toBe(partitionOfKey(record.key, 4));
  });

  test('with an empty key is not one without a key', () => {
    expect(topicOf([1, 1, 1]).choose({ topic: 't', key: Buffer.alloc(0), value: null }, 10)).toBe(
      partitionOfKey(Buffer.alloc(0), 3),
    );
  });

  test('without a key joins the open batch of the ones before it, and moves on when that is sent', () => {
    const topic = topicOf([1, 1, 1]);
    const choose = () => topic.choose({ topic: 't', value: null }, 10);
    const first = choose();
    topic.queue(first).begin(0);
    expect(choose()).toBe(first);
    topic.queue(first).take({ producerId: 1, producerEpoch: 0 });
    expect(choose()).not.toBe(first);
  });

  test('without a key moves on after enough bytes, and all partitions get their share', () => {
    const topic = topicOf([1, 1, 1, 1]);
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 4_000; index += 1) {
      const partition = topic.choose({ topic: 't', value: null }, 1_000);
      counts[partition] = (counts[partition] ?? 0) + 1;
      if (!topic.queue(partition).hasOpenBatch) topic.queue(partition).begin(0);
    }
    for (const count of counts) expect(count).toBeGreaterThan(500);
  });

  test('without a key avoids partitions that have no leader', () => {
    const topic = topicOf([-1, 1, -1]);
    for (let index = 0; index < 100; index += 1) {
      expect(topic.choose({ topic: 't', value: null }, 100_000)).toBe(1);
    }
  });
});
