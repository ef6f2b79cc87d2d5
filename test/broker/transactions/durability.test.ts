import { expect, test } from 'vitest';
import { CoordinatorLogError } from '../../../broker/coordinator/errors.ts';
import { decodeTransaction } from '../../../broker/transactions/transaction-record.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { MemoryGroupLog, Pending } from '../groups/group-fixture.ts';
import { settle, Transactions } from './transaction-fixture.ts';

const { NONE } = ErrorCode;
const lost = new CoordinatorLogError(ErrorCode.KAFKA_STORAGE_ERROR, 'The disk is gone.');

test('an answer waits for its record, and partitions are told only of what is committed', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.log.isHolding = true;
  const end = new Pending(transactions.end(producer, 'commit', 4));
  await settle();
  expect([end.isParked, transactions.markers.written]).toEqual([true, []]);
  transactions.log.commit();
  await settle();
  expect(end.response.errorCode).toBe(NONE);
  expect(transactions.markers.written).toEqual(['orders-0 commit 100/0']);
});

test('a leader is told that its partition is in only when that is durable', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  transactions.log.isHolding = true;
  const added = new Pending(transactions.verify(producer, 'add'));
  const verified = new Pending(transactions.verify(producer, 'verify'));
  await settle();
  expect([added.isParked, verified.isParked]).toEqual([true, true]);
  transactions.log.commit();
  await settle();
  expect([added.response, verified.response]).toEqual([NONE, NONE]);
});

test('a refused record changes nothing', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  transactions.log.refusal = new CoordinatorLogError(ErrorCode.NOT_ENOUGH_REPLICAS, 'Not now.');
  expect(await transactions.add(producer)).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  expect((await transactions.initResponse()).errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  transactions.log.refusal = undefined;
  expect(await transactions.state()).toBe('Empty');
  expect(await transactions.add(producer)).toBe(NONE);
});

test('a lost record is not answered, and the log says what is true', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.log.isHolding = true;
  const end = new Pending(transactions.end(producer, 'commit', 4));
  await settle();
  transactions.log.lose(lost);
  await settle();
  expect(end.response.errorCode).toBe(ErrorCode.NOT_COORDINATOR);
  expect(transactions.markers.written).toEqual([]);
  transactions.log.isHolding = false;
  expect(await transactions.state()).toBe('Ongoing');
  expect((await transactions.end(producer, 'abort', 4)).errorCode).toBe(NONE);
});

test('an answer that takes too long is given up, and the transaction still ends', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.log.isHolding = true;
  const end = new Pending(transactions.end(producer, 'commit', 4));
  await transactions.pass(30_000);
  expect(end.response.errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  transactions.log.isHolding = false;
  transactions.log.commit();
  await settle();
  expect(transactions.markers.written).toEqual(['orders-0 commit 100/0']);
  expect(await transactions.state()).toBe('CompleteCommit');
});

test('a restart finishes what was decided, and leaves open what was not', async () => {
  const transactions = await Transactions.start();
  const decided = await transactions.init();
  await transactions.add(decided, 1);
  transactions.markers.isHolding = true;
  await transactions.end(decided, 'commit', 4);
  const restarting = transactions.restart();
  transactions.markers.release();
  const restarted = await restarting;
  await settle();
  // The coordinator that was stopped had asked already.
  expect(new Set(restarted.markers.written)).toEqual(new Set(['orders-1 commit 100/0']));
  expect(await restarted.state()).toBe('CompleteCommit');
  await restarted.add(decided);
  expect(await (await restarted.restart()).state()).toBe('Ongoing');
});

test('a coordinator that was stopped writes nothing more', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.markers.isHolding = true;
  await transactions.end(producer, 'commit', 4);
  const records = transactions.log.records().length;
  transactions.service.stop();
  transactions.markers.release();
  expect(transactions.log.records().length).toBe(records);
});

test('a partition that cannot take the marker is told again until it can', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.addResponse(producer, [0, 1]);
  transactions.markers.errors.set('orders-1', ErrorCode.KAFKA_STORAGE_ERROR);
  await transactions.end(producer, 'abort', 4);
  await transactions.pass(5_000);
  expect(await transactions.state()).toBe('PrepareAbort');
  transactions.markers.errors.clear();
  await transactions.pass(1_000);
  expect(await transactions.state()).toBe('CompleteAbort');
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/0', 'orders-1 abort 100/0']);
});

test('a partition that is gone, or has the marker already, has nothing to be told', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.addResponse(producer, [0, 1, 2]);
  transactions.markers.errors.set('orders-0', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  transactions.markers.errors.set('orders-2', ErrorCode.INVALID_PRODUCER_EPOCH);
  await transactions.end(producer, 'commit', 4);
  expect(transactions.markers.written).toEqual(['orders-1 commit 100/0']);
  expect(await transactions.state()).toBe('CompleteCommit');
});

test('a coordinator that a later one has replaced stops to tell', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.markers.errors.set('orders-0', ErrorCode.TRANSACTION_COORDINATOR_FENCED);
  await transactions.end(producer, 'commit', 4);
  transactions.markers.errors.clear();
  await transactions.pass(60_000);
  expect(transactions.markers.written).toEqual([]);
  expect(await transactions.state()).toBe('PrepareCommit');
});

test('a completion that the log refuses is written later', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.markers.isHolding = true;
  await transactions.end(producer, 'commit', 4);
  transactions.log.refusal = lost;
  transactions.markers.release();
  expect(await transactions.state()).toBe('PrepareCommit');
  transactions.log.refusal = undefined;
  await transactions.pass(500);
  expect(await transactions.state()).toBe('CompleteCommit');
});

test('while the log is being read, and after the partition is gone, clients are sent away', async () => {
  const transactions = new Transactions();
  const producer = { producerId: 1, producerEpoch: 0 };
  expect(await transactions.add(producer)).toBe(ErrorCode.NOT_COORDINATOR);
  let open = () => {};
  transactions.log.readGate = new Promise((resolve) => {
    open = resolve;
  });
  const loading = transactions.service.load(0);
  expect(await transactions.add(producer)).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  expect(await transactions.verify(producer, 'verify')).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  expect((await transactions.end(producer, 'abort')).errorCode).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  const listed = await transactions.service.listTransactions({
    stateFilters: [],
    producerIdFilters: [],
    durationFilter: -1,
    transactionalIdPattern: null,
  });
  expect(listed.errorCode).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  open();
  await loading;
  expect(await transactions.add(producer)).toBe(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
});

test('wherever the log ends after a crash, what was decided is carried out and the rest aborted', async () => {
  const transactions = await Transactions.start();
  let producer = await transactions.init();
  for (const result of ['commit', 'abort', 'commit'] as const) {
    await transactions.verify(producer, 'add', 0);
    await transactions.verify(producer, 'add', 1);
    producer = await transactions.end(producer, result);
  }
  const written = [...transactions.log.records()];
  const states: string[] = [];
  for (let length = 0; length <= written.length; length += 1) {
    const log = new MemoryGroupLog();
    log.records().push(...written.slice(0, length));
    const state = await stateAtEnd(log);
    const crashed = await Transactions.start({}, { log });
    states.push(`${state} ${crashed.markers.written.map((marker) => marker.split(' ')[1]).join()}`);
    expect(await crashed.state()).toBe(state.replace('Prepare', 'Complete'));
    await crashed.pass(70_000);
    expect(await crashed.state()).toBe(
      state === 'Ongoing' ? 'CompleteAbort' : state.replace('Prepare', 'Complete'),
    );
  }
  const transaction = (result: 'Commit' | 'Abort') => {
    const told = result.toLowerCase();
    return ['Ongoing ', 'Ongoing ', `Prepare${result} ${told},${told}`, `Complete${result} `];
  };
  expect(states).toEqual([
    ' ',
    'Empty ',
    ...transaction('Commit'),
    ...transaction('Abort'),
    ...transaction('Commit'),
  ]);
});

/** The state of the id that the last record says. */
async function stateAtEnd(log: MemoryGroupLog): Promise<string> {
  let state = '';
  for await (const { records } of log.read(0)) {
    for (const { key, value } of records) {
      const stored = decodeTransaction(key, value);
      if (!('ignored' in stored)) state = stored.transaction?.state ?? '';
    }
  }
  return state;
}
