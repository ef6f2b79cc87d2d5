import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConsumerOptions, KafkaClient } from '../../../kafka/client/index.ts';
import { GroupReader } from './group-reader.ts';
import { SeverableNet } from './severable-net.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

let cluster: SimulatedCluster;
let client: KafkaClient;
let readers: GroupReader[];

beforeEach(async (context) => {
  cluster = await SimulatedCluster.start(context.task.name);
  client = cluster.client();
  readers = [];
});

afterEach(async () => {
  await cluster.run(Promise.all(readers.map((reader) => reader.stop())));
  await cluster.run(client.close());
  await cluster.stopBroker();
});

function reader(options: ConsumerOptions = {}, of: KafkaClient = client): GroupReader {
  const made = new GroupReader(of.consumer({ groupId: 'g', autoOffsetReset: 'earliest', ...options }));
  readers.push(made);
  return made;
}

const until = (isDone: () => boolean, withinMs?: number) => cluster.platform.runUntil(isDone, withinMs);

async function createTopic(name: string, partitionCount: number): Promise<void> {
  const [created] = await cluster.run(client.admin().createTopics([{ name, partitionCount }]));
  expect(created?.error).toBeUndefined();
}

/** Writes so many records to each partition of a topic: `t0:0`, `t0:1`, ... */
async function write(topic: string, partitionCount: number, from: number, to: number): Promise<string[]> {
  const producer = client.producer();
  const values: string[] = [];
  for (let partition = 0; partition < partitionCount; partition += 1) {
    for (let index = from; index < to; index += 1) values.push(`${topic}${partition}:${index}`);
  }
  await cluster.run(
    producer.send(
      values.map((value) => ({
        topic,
        partition: Number(value.split(':')[0]?.at(-1)),
        value: Buffer.from(value),
      })),
    ),
  );
  await cluster.run(producer.close());
  return values;
}

/** Whether the consumer leads the group: only of a leader a further join is a reason to rebalance. */
async function leads({ consumer }: GroupReader): Promise<boolean> {
  const before = consumer.groupMetadata()?.generationId ?? 0;
  consumer.enforceRebalance();
  await cluster.platform.runFor(5_000);
  return (consumer.groupMetadata()?.generationId ?? 0) > before;
}

const committedBy = async (partitionCount: number) => {
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic: 't', partition }));
  const offsets = await cluster.run(client.admin().listGroupOffsets('g', partitions));
  return offsets.map(({ offset }) => offset);
};

describe('the members of a group', () => {
  test('share the partitions, and take over those of who leaves', async () => {
    await createTopic('t', 4);
    const [a, b] = [reader().start({ topics: ['t'] }), reader().start({ topics: ['t'] })];
    await until(() => a.assigned.length === 5 && b.assigned.length === 5);
    expect([a.assigned, b.assigned].sort()).toEqual(['t0 t1', 't2 t3']);
    await cluster.run(a.close());
    await until(() => b.assigned === 't0 t1 t2 t3');
  });

  test('read every record once when each commits what it has read, whoever comes and goes', async () => {
    await createTopic('t', 4);
    const written = await write('t', 4, 0, 50);
    const a = reader({ pollRecordsMax: 7 }).start({ topics: ['t'] });
    await until(() => a.values.length > 30);
    const b = reader({ pollRecordsMax: 7 }).start({ topics: ['t'] });
    written.push(...(await write('t', 4, 50, 60)));
    await until(() => a.assigned.length === 5 && b.assigned.length === 5);
    written.push(...(await write('t', 4, 60, 70)));
    await until(() => b.values.length > 10);
    await cluster.run(a.close());
    written.push(...(await write('t', 4, 70, 80)));
    await until(() => a.values.length + b.values.length >= written.length);
    await cluster.platform.runFor(1_000);
    expect([...a.values, ...b.values].sort()).toEqual(written.sort());
  });

  test('give everything up before an eager rebalance, and hear of all they get', async () => {
    await createTopic('t', 2);
    const a = reader({ assignors: ['range'] }).start({ topics: ['t'] });
    await until(() => a.assigned === 't0 t1');
    const b = reader({ assignors: ['range'] }).start({ topics: ['t'] });
    await until(() => b.assigned !== '');
    await until(() => a.events.length === 3);
    expect(a.events).toEqual(['+ t0 t1', '- t0 t1', `+ ${a.assigned}`]);
    expect(b.events).toEqual([`+ ${b.assigned}`]);
  });

  test('keep what stays theirs in a cooperative rebalance, and hear of what goes and comes', async () => {
    await createTopic('t', 4);
    const options: ConsumerOptions = { assignors: ['cooperative-sticky'] };
    const a = reader(options).start({ topics: ['t'] });
    await until(() => a.assigned === 't0 t1 t2 t3');
    const b = reader(options).start({ topics: ['t'] });
    await until(() => b.assigned.length === 5 && a.assigned.length === 5);
    await cluster.platform.runFor(5_000);
    expect(a.events[0]).toBe('+ t0 t1 t2 t3');
    expect(a.events[1]).toBe(`- ${b.assigned}`);
    expect(a.events.slice(2)).toEqual(['+', '+']);
    expect(b.events).toEqual(['+', `+ ${b.assigned}`]);
  });

  test('read on during a cooperative rebalance', async () => {
    await createTopic('t', 4);
    const options: ConsumerOptions = { assignors: ['cooperative-sticky'] };
    const a = reader(options).start({ topics: ['t'] });
    await until(() => a.assigned === 't0 t1 t2 t3');
    const b = reader(options);
    const blocked = Promise.withResolvers<void>();
    b.onHook = () => blocked.promise;
    b.start({ topics: ['t'] });
    await until(() => a.events.length > 1);
    const kept = a.assigned;
    await write('t', 4, 0, 1);
    await until(() => a.values.length >= 2);
    expect(
      a.values
        .map((value) => value.split(':')[0])
        .sort()
        .join(' '),
    ).toBe(kept);
    blocked.resolve();
    await until(() => b.values.length === 2);
  });

  test('lead groups whose members can only agree on the second assignor', async () => {
    await createTopic('t', 2);
    const a = reader({ assignors: ['roundrobin', 'range'] }).start({ topics: ['t'] });
    const b = reader({ assignors: ['range'] }).start({ topics: ['t'] });
    await until(() => a.assigned !== '' && b.assigned !== '' && a.assigned !== b.assigned);
    const [description] = await cluster.run(client.admin().describeGroups(['g']));
    expect(description?.protocol).toBe('range');
  });

  test('that cannot agree on any assignor are refused, with an error from poll', async () => {
    await createTopic('t', 1);
    const a = reader({ assignors: ['roundrobin'] }).start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    const b = reader({ assignors: ['range'] }).start({ topics: ['t'] });
    await until(() => b.errors.length > 0);
    expect(b.errors[0]).toMatchObject({ errorName: 'INCONSISTENT_GROUP_PROTOCOL' });
  });

  test('take over from a member that died, when its session is over', async () => {
    await createTopic('t', 2);
    const options: ConsumerOptions = { sessionTimeoutMs: 10_000 };
    const net = new SeverableNet(cluster.platform.net);
    const mortal = cluster.client({ net });
    const [a, b] = [
      reader(options).start({ topics: ['t'] }),
      reader(options, mortal).start({ topics: ['t'] }),
    ];
    await until(() => a.assigned.length === 2 && b.assigned.length === 2);
    net.cut();
    await cluster.platform.runFor(5_000);
    expect(a.assigned.length).toBe(2);
    await until(() => a.assigned === 't0 t1', 20_000);
    net.mend();
    await until(() => a.assigned.length === 2 && b.assigned.length === 2);
    expect(b.events.some((event) => event.startsWith('!'))).toBe(true);
    await cluster.run(b.close());
    await cluster.run(mortal.close());
  });
});

describe('a member', () => {
  test('goes on where it has committed', async () => {
    await createTopic('t', 1);
    const first = await write('t', 1, 0, 10);
    const a = reader({ autoCommit: false }).start({ topics: ['t'] });
    await until(() => a.values.length === 10);
    await cluster.run(a.stop());
    await cluster.run(a.consumer.commit([{ topic: 't', partition: 0, offset: 4, metadata: 'half-way' }]));
    expect(await cluster.run(a.consumer.committed([{ topic: 't', partition: 0 }]))).toEqual([
      { topic: 't', partition: 0, offset: 4, leaderEpoch: -1, metadata: 'half-way' },
    ]);
    await cluster.run(a.close());
    const b = reader().start({ topics: ['t'] });
    await until(() => b.values.length === 6);
    expect(b.values).toEqual(first.slice(4));
  });

  test('commits by itself what earlier polls have returned, and the rest when it is closed', async () => {
    await createTopic('t', 1);
    await write('t', 1, 0, 10);
    const a = reader({ pollRecordsMax: 2, autoCommitIntervalMs: 1_000 });
    a.consumer.subscribe({ topics: ['t'] });
    const read = async (count: number) => {
      for (let have = 0; have < count; )
        for (const { records } of await a.consumer.poll(100)) have += records.length;
    };
    await cluster.run(read(4));
    await cluster.platform.runFor(1_500);
    expect(await committedBy(1)).toEqual([]);
    await cluster.run(read(2));
    await cluster.platform.runFor(100);
    expect(await committedBy(1)).toEqual([4]);
    await cluster.run(a.consumer.close());
    expect(await committedBy(1)).toEqual([6]);
  });

  test('commits nothing by itself when it is told not to', async () => {
    await createTopic('t', 1);
    await write('t', 1, 0, 3);
    const a = reader({ autoCommit: false }).start({ topics: ['t'] });
    await until(() => a.values.length === 3);
    await cluster.platform.runFor(20_000);
    await cluster.run(a.close());
    expect(await committedBy(1)).toEqual([]);
  });

  test('can commit while its partitions are revoked, also when it is closed', async () => {
    await createTopic('t', 2);
    await write('t', 2, 0, 5);
    const options: ConsumerOptions = { autoCommit: false };
    const a = reader(options);
    a.onHook = (event) => (event.startsWith('-') ? a.consumer.commit() : undefined);
    a.start({ topics: ['t'] });
    await until(() => a.values.length === 10);
    const b = reader(options).start({ topics: ['t'] });
    await until(() => b.assigned !== '' && a.events.length === 3);
    expect(await committedBy(2)).toEqual([5, 5]);
    await write('t', 2, 5, 6);
    await until(() => a.values.length === 11);
    await cluster.run(a.close());
    expect((await committedBy(2)).sort()).toEqual([5, 6]);
    expect([a.errors, b.values.length]).toEqual([[], 1]);
  });

  test('cannot commit while it joins: the generation it would commit under is over', async () => {
    await createTopic('t', 2);
    const options: ConsumerOptions = { autoCommit: false, assignors: ['cooperative-sticky'] };
    const [a, b] = [reader(options).start({ topics: ['t'] }), reader(options).start({ topics: ['t'] })];
    await until(() => a.assigned.length === 2 && b.assigned.length === 2);
    await cluster.platform.runFor(5_000);
    const { owner, other } = (await leads(a)) ? { owner: a, other: b } : { owner: b, other: a };
    await cluster.run(other.stop());
    owner.consumer.enforceRebalance();
    await cluster.platform.runFor(1_000);
    const commit = () => cluster.run(owner.consumer.commit([{ topic: 't', partition: 0, offset: 0 }]));
    await expect(commit()).rejects.toMatchObject({ code: 'CLIENT_REBALANCE_IN_PROGRESS' });
    other.resume();
    await cluster.platform.runFor(5_000);
    await commit();
    expect([...a.events, ...b.events].some((event) => event.startsWith('!'))).toBe(false);
  });

  test('that does not poll for too long leaves, and hears of it when it polls again', async () => {
    await createTopic('t', 1);
    const a = reader({ maxPollIntervalMs: 5_000, autoCommit: false }).start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    const b = reader().start({ topics: ['t'] });
    await until(() => a.events.length === 3);
    const [owner, other] = a.assigned === 't0' ? [a, b] : [b, a];
    await cluster.run(a.stop());
    await cluster.platform.runFor(20_000);
    expect(b.assigned).toBe('t0');
    await expect(
      cluster.run(a.consumer.commit([{ topic: 't', partition: 0, offset: 0 }])),
    ).rejects.toMatchObject({
      code: 'CLIENT_COMMIT_FAILED',
    });
    a.resume();
    await until(() => a.events.length > 4 || a.events.at(-1) === '+');
    expect(owner === a ? a.events.includes('! t0') : !a.events.some((event) => event.startsWith('!'))).toBe(
      true,
    );
    expect(other.errors).toEqual([]);
  });

  test('throws what a rebalance hook throws, after the change', async () => {
    await createTopic('t', 1);
    const a = reader();
    a.onHook = (event) => {
      if (event === '+ t0') throw new Error('cannot open it');
    };
    a.start({ topics: ['t'] });
    await until(() => a.errors.length > 0);
    expect(a.errors).toEqual([new Error('cannot open it')]);
    expect(a.assigned).toBe('t0');
    await write('t', 1, 0, 1);
    await until(() => a.values.length === 1);
  });

  test('can seek and pause within the hook that assigns partitions', async () => {
    await createTopic('t', 1);
    const written = await write('t', 1, 0, 5);
    const a = reader();
    a.onHook = () => {
      a.consumer.seek({ topic: 't', partition: 0, offset: 3 });
      a.consumer.pause([{ topic: 't', partition: 0 }]);
    };
    a.start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    await cluster.platform.runFor(1_000);
    expect(a.values).toEqual([]);
    a.consumer.resume([{ topic: 't', partition: 0 }]);
    await until(() => a.values.length === 2);
    expect(a.values).toEqual(written.slice(3));
  });

  test('that unsubscribes gives everything up, and may subscribe to something else', async () => {
    await createTopic('t', 1);
    await createTopic('u', 1);
    const a = reader().start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    await cluster.run(a.stop());
    await cluster.run(a.consumer.unsubscribe());
    expect([a.events, a.assigned]).toEqual([['+ t0', '- t0'], '']);
    a.start({ topics: ['u'] });
    await until(() => a.assigned === 'u0');
  });

  test('that changes its subscription rebalances', async () => {
    await createTopic('t', 1);
    await createTopic('u', 1);
    const a = reader().start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    a.consumer.subscribe({ topics: ['t', 'u'] }, a.listener);
    await until(() => a.assigned === 't0 u0');
  });

  test('knows who it is, and can ask for a rebalance', async () => {
    await createTopic('t', 1);
    const a = reader();
    expect(a.consumer.groupMetadata()).toBeUndefined();
    a.start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    expect(a.consumer.groupMetadata()).toMatchObject({
      groupId: 'g',
      generationId: 1,
      groupInstanceId: undefined,
    });
    a.consumer.enforceRebalance('just so');
    await until(() => a.consumer.groupMetadata()?.generationId === 2);
    expect(a.events).toEqual(['+ t0', '- t0', '+ t0']);
  });
});

describe('a static member', () => {
  test('comes back after a restart without a rebalance', async () => {
    await createTopic('t', 2);
    const [a, b] = [
      reader({ groupInstanceId: 'a' }).start({ topics: ['t'] }),
      reader({ groupInstanceId: 'b' }).start({ topics: ['t'] }),
    ];
    await until(() => a.assigned.length === 2 && b.assigned.length === 2);
    const before = { a: a.assigned, b: b.assigned, events: [...b.events] };
    await cluster.run(a.close());
    await cluster.platform.runFor(5_000);
    const again = reader({ groupInstanceId: 'a' }).start({ topics: ['t'] });
    await until(() => again.assigned !== '');
    await cluster.platform.runFor(5_000);
    expect({ a: again.assigned, b: b.assigned, events: b.events }).toEqual(before);
  });

  test('that is there twice is fenced, for good', async () => {
    await createTopic('t', 1);
    const a = reader({ groupInstanceId: 'same' }).start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    const b = reader({ groupInstanceId: 'same' }).start({ topics: ['t'] });
    await until(() => b.assigned === 't0');
    await until(() => a.errors.length > 0);
    expect(a.errors[0]).toMatchObject({ errorName: 'FENCED_INSTANCE_ID' });
    expect(a.events.at(-1)).toBe('! t0');
    await cluster.run(a.stop());
    await expect(cluster.run(a.consumer.poll(1_000))).rejects.toMatchObject({
      errorName: 'FENCED_INSTANCE_ID',
    });
    await cluster.platform.runFor(20_000);
    expect([b.assigned, b.errors]).toEqual(['t0', []]);
    await cluster.run(a.stop());
  });

  test('can be removed by an administrator', async () => {
    await createTopic('t', 2);
    const [a, b] = [
      reader({ groupInstanceId: 'a' }).start({ topics: ['t'] }),
      reader().start({ topics: ['t'] }),
    ];
    await until(() => a.assigned.length === 2 && b.assigned.length === 2);
    await cluster.run(a.close());
    const removed = await cluster.run(client.admin().removeMembers('g', [{ groupInstanceId: 'a' }]));
    expect(removed.map(({ error }) => error)).toEqual([undefined]);
    await until(() => b.assigned === 't0 t1');
  });
});

describe('a subscription', () => {
  test('by pattern takes the topics whose whole name matches, and those that come later', async () => {
    await createTopic('ta', 1);
    await createTopic('xta', 1);
    const a = reader({ groupId: 'p' });
    const quick = cluster.client({ metadataMaxAgeMs: 2_000 });
    const b = reader({ groupId: 'q' }, quick).start({ pattern: /t[ab]/ });
    a.start({ pattern: { test: (topic) => topic.startsWith('x') } });
    await until(() => a.assigned === 'xta0' && b.assigned === 'ta0');
    await createTopic('tb', 2);
    await until(() => b.assigned === 'ta0 tb0 tb1');
    await cluster.run(b.stop());
    await cluster.run(quick.close());
  });

  test('gets partitions that are added later', async () => {
    await createTopic('t', 1);
    const quick = cluster.client({ metadataMaxAgeMs: 2_000 });
    const a = reader({}, quick).start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
    await cluster.run(client.admin().createPartitions([{ name: 't', count: 3 }]));
    await until(() => a.assigned === 't0 t1 t2');
    await cluster.run(a.stop());
    await cluster.run(quick.close());
  });

  test('to a topic that does not exist yet gets its partitions when it comes', async () => {
    const quick = cluster.client({ metadataMaxAgeMs: 2_000 });
    const a = reader({}, quick).start({ topics: ['t'] });
    await until(() => a.events.length > 0);
    expect(a.assigned).toBe('');
    await createTopic('t', 1);
    await until(() => a.assigned === 't0');
    await cluster.run(a.stop());
    await cluster.run(quick.close());
  });

  test('creates the topic when it is allowed to', async () => {
    const a = reader({ allowAutoTopicCreation: true }).start({ topics: ['t'] });
    await until(() => a.assigned === 't0');
  });
});

describe('over a restart of the broker', () => {
  test('members stay members, and nothing is read twice or lost', async () => {
    await createTopic('t', 2);
    const written = await write('t', 2, 0, 20);
    const a = reader().start({ topics: ['t'] });
    await until(() => a.values.length === 40);
    await cluster.stopBroker();
    await cluster.platform.runFor(3_000);
    await cluster.startBroker();
    written.push(...(await write('t', 2, 20, 30)));
    await until(() => a.values.length >= 60, 120_000);
    await cluster.platform.runFor(2_000);
    expect(a.values.toSorted()).toEqual(written.toSorted());
    expect(a.errors).toEqual([]);
  });
});
