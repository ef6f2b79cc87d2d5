import { expect, test } from 'vitest';
import type { Survival } from '../../../platform/simulation/memory-content.ts';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { BrokerFixture, recordsOf } from '../broker-fixture.ts';
import type { Producer } from './transaction-fixture.ts';
import { TxnClient } from './txn-client.ts';

const READ_COMMITTED = 1;
const properties = {
  'transaction.state.log.num.partitions': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
};

/** What a producer has heard of its transaction when the power failed. */
interface Told {
  producer?: Producer;
  isDecided: boolean;
}

/** The answer if there is one without time passing. */
async function answered<T>(txn: TxnClient, request: Promise<T>): Promise<T | undefined> {
  let answer: T | undefined;
  request.then(
    (value) => {
      answer = value;
    },
    () => undefined,
  );
  await txn.fixture.platform.settle();
  return answer;
}

/** One transaction over two partitions and a group; stops where the broker no longer answers as it should. */
async function transact(txn: TxnClient, result: 'commit' | 'abort'): Promise<Told> {
  const told: Told = { isDecided: false };
  const initialized = await answered(txn, txn.initResponse({ transactionTimeoutMs: 1000 }));
  if (initialized?.errorCode !== 0) return told;
  const producer = { producerId: initialized.producerId, producerEpoch: initialized.producerEpoch };
  told.producer = producer;
  if ((await answered(txn, txn.produce(producer, ['a']))) !== 0) return told;
  if ((await answered(txn, txn.produce(producer, ['b'], { partition: 1 }))) !== 0) return told;
  if ((await answered(txn, txn.commitOffset(producer, 5))) !== 0) return told;
  const ended = await answered(txn, txn.end(producer, result === 'commit'));
  told.isDecided = ended?.errorCode === 0;
  return told;
}

async function started(seed: string): Promise<TxnClient> {
  const fixture = await BrokerFixture.start(properties, simulatedPlatform(seed));
  const txn = new TxnClient(fixture);
  await fixture.createTopic('orders', 2);
  await txn.findCoordinator('txn');
  await txn.findCoordinator('g', 0);
  return txn;
}

/** What read_committed consumers see: the records of both partitions that are not aborted, and the group's offset. */
async function visible(txn: TxnClient): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (const partition of [0, 1]) {
    const part = await txn.during(
      txn.fixture.fetch('orders', 0, { partition, isolationLevel: READ_COMMITTED }),
    );
    // B45: nothing hangs.
    expect(part?.lastStableOffset).toBe(part?.highWatermark);
    const isAborted = (part?.abortedTransactions ?? []).length > 0;
    const values = recordsOf(part?.records ?? null).map(({ value }) => value);
    seen.push(!isAborted && values.some((value) => value === 'a' || value === 'b'));
  }
  seen.push((await txn.stableOffset()) === 5);
  return seen;
}

/** To fail each of them takes too long for every run of the tests; 1 does it. */
const STRIDE = 11;
const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'everything'];

for (const result of ['commit', 'abort'] as const) {
  test(`B46 B51: power that fails at a write of a transaction leaves all of it or nothing (${result})`, async () => {
    const probe = await started('probe');
    const { files } = probe.fixture.platform;
    const first = files.operations;
    expect((await transact(probe, result)).isDecided).toBe(true);
    const operations = files.operations - first;
    const seen = new Set<string>();
    for (let at = operations; at >= 0; at -= STRIDE) {
      const txn = await started('probe');
      txn.fixture.platform.files.powerOffAt(first + at);
      const told = await transact(txn, result);
      await txn.fixture.crash(survivals[at % survivals.length]);
      await txn.fixture.platform.settle();
      const state = (await txn.describe())?.transactionState;
      expect(state).not.toMatch(/^Prepare/);
      // A decision that was told is there, and was made known without anybody asking.
      if (told.isDecided) expect(state).toBe(result === 'commit' ? 'CompleteCommit' : 'CompleteAbort');
      // What was not decided is aborted in the end.
      await txn.fixture.platform.runFor(3_000);
      const parts = await visible(txn);
      expect(new Set(parts).size).toBe(1);
      const isCommitted = (await txn.describe())?.transactionState === 'CompleteCommit';
      expect(parts[0]).toBe(isCommitted);
      if (told.isDecided) expect(isCommitted).toBe(result === 'commit');
      seen.add(`${told.isDecided} ${isCommitted}`);
      // Life goes on for the next producer of the id.
      const producer = await txn.init();
      expect(await txn.produce(producer, ['c'])).toBe(0);
      expect((await txn.end(producer, true))?.errorCode).toBe(0);
    }
    const outcomes = result === 'commit' ? ['false false', 'true true'] : ['false false', 'true false'];
    expect([...seen]).toEqual(expect.arrayContaining(outcomes));
  });
}
