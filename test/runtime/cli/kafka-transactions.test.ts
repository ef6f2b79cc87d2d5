import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Producer } from '../../../kafka/client/index.ts';
import { ToolCluster } from './tool-cluster.ts';

let cluster: ToolCluster;

beforeAll(async () => {
  cluster = await ToolCluster.start();
  await cluster.run('kafka-topics --create --topic t --partitions 2');
});

afterAll(() => cluster.close());

/** Runs the tool and splits what it printed into rows of trimmed columns. */
async function table(command: string): Promise<string[][]> {
  const { code, out, err } = await cluster.run(`kafka-transactions ${command}`);
  expect([code, err]).toEqual([0, '']);
  const rows = out.split('\n').filter((row) => row !== '');
  return rows.map((row) =>
    row
      .split('\t')
      .slice(0, -1)
      .map((column) => column.trim()),
  );
}

/** A producer with a record in an open transaction. */
async function opened(transactionalId: string): Promise<Producer> {
  const producer = cluster.client().producer({ transactionalId });
  await producer.initTransactions();
  producer.beginTransaction();
  producer.append({ topic: 't', partition: 0, value: Buffer.from('open') });
  await producer.flush();
  return producer;
}

async function describedState(transactionalId: string): Promise<string | undefined> {
  const [names = [], values = []] = await table(`describe --transactional-id ${transactionalId}`);
  return values[names.indexOf('TransactionState')];
}

test('an open transaction is listed, described and found in its partition, until it is committed', async () => {
  const producer = await opened('one');
  const [, listed = []] = await table('list');
  const producerId = listed[2] ?? '';
  expect(listed).toEqual(['one', '1', producerId, 'Ongoing']);
  const [names, described] = await table('describe --transactional-id one');
  expect(names).toContain('TopicPartitions');
  expect(described).toEqual(expect.arrayContaining(['1', 'one', producerId, '0', 'Ongoing', 't-0']));
  const [, state = []] = await table('describe-producers --topic t --partition 0');
  expect([state[0], state[1], state.at(-1)]).toEqual([producerId, '0', '0']);
  await producer.commitTransaction();
  expect(await describedState('one')).toBe('CompleteCommit');
});

test('a transaction is ended by force, and its producer learns of it', async () => {
  const producer = await opened('two');
  const ended = await cluster.run('kafka-transactions forceTerminateTransaction --transactionalId two');
  expect([ended.code, ended.err]).toEqual([0, '']);
  expect(await describedState('two')).toBe('Empty');
  await expect(producer.commitTransaction()).rejects.toThrow();
});

test('a transaction is aborted in one partition by its first offset', async () => {
  await opened('three');
  const states = await table('describe-producers --topic t --partition 0');
  const start = states.map((row) => row.at(-1)).find((offset) => /^\d+$/.test(offset ?? ''));
  const aborted = await cluster.run(
    `kafka-transactions abort --topic t --partition 0 --start-offset ${start}`,
  );
  expect([aborted.code, aborted.err]).toEqual([0, '']);
  const after = await table('describe-producers --topic t --partition 0');
  expect(after.slice(1).map((row) => row.at(-1))).toEqual(['None', 'None', 'None']);
});
