import { expect, test } from 'vitest';
import type { TransactionVerification } from '../../../broker/replica/transaction-verifier.ts';
import { askVerifier } from '../../../broker/replica/verifier-retry.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';

const { CONCURRENT_TRANSACTIONS, NONE, PRODUCER_FENCED } = ErrorCode;

/** Asks a coordinator that gives these answers, one after the other, and the last one for ever. */
function ask(answers: readonly number[], mode: TransactionVerification['mode'] = 'add') {
  const clock = new ManualClock();
  const asked: number[] = [];
  const told: number[] = [];
  const question = {
    transactionalId: 'txn',
    producerId: 1,
    producerEpoch: 0,
    partitions: [{ topic: 'orders', partition: 0 }],
    mode,
  };
  const verifier = {
    verify(_question: TransactionVerification, done: (errorCodes: readonly number[]) => void) {
      asked.push(clock.monotonic());
      done([answers[Math.min(asked.length, answers.length) - 1] ?? NONE]);
    },
  };
  const backoff = () => ({ backoffMs: 20, backoffMsMax: 100 });
  askVerifier(question, { verifier, clock, backoff }, (errorCodes) => told.push(...errorCodes));
  return { clock, asked, told };
}

test('a transaction that follows another is asked for again until that one has ended', () => {
  const { clock, asked, told } = ask([CONCURRENT_TRANSACTIONS, CONCURRENT_TRANSACTIONS, NONE]);
  clock.advance(1000);
  expect([asked, told]).toEqual([[0, 20, 40], [NONE]]);
});

test('in the end the client is told to wait', () => {
  const { clock, asked, told } = ask([CONCURRENT_TRANSACTIONS]);
  clock.advance(1000);
  expect([asked, told]).toEqual([[0, 20, 40, 60, 80, 100], [CONCURRENT_TRANSACTIONS]]);
});

test('other errors, and a mere look, are not asked for again', () => {
  const { clock, asked, told } = ask([PRODUCER_FENCED, NONE]);
  const look = ask([CONCURRENT_TRANSACTIONS, NONE], 'verify');
  clock.advance(1000);
  look.clock.advance(1000);
  expect([asked, told]).toEqual([[0], [PRODUCER_FENCED]]);
  expect([look.asked, look.told]).toEqual([[0], [CONCURRENT_TRANSACTIONS]]);
});
