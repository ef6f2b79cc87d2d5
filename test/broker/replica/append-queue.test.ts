import { expect, test } from 'vitest';
import { AppendQueue } from '../../../broker/replica/append-queue.ts';
import { StreamError } from '../../../platform/errors.ts';

const failure = new StreamError('TEST', 'not written');

function queueOf(endOffsets: readonly number[]) {
  const queue = new AppendQueue();
  const told: string[] = [];
  for (const [i, endOffset] of endOffsets.entries()) {
    queue.add(endOffset, (error) => told.push(`${i}:${endOffset}${error === undefined ? '' : ' failed'}`));
  }
  return { queue, told };
}

test('appends are acknowledged in the order of their offsets, up to what is durable', () => {
  const { queue, told } = queueOf([3, 5, 9]);
  queue.release(4);
  expect(told).toEqual(['0:3']);
  queue.release(9);
  expect(told).toEqual(['0:3', '1:5', '2:9']);
  queue.release(20);
  expect(told).toHaveLength(3);
});

test('a failure takes what reaches beyond the offset, and nothing else', () => {
  const { queue, told } = queueOf([3, 5, 9]);
  queue.fail(5, failure);
  expect(told).toEqual(['2:9 failed']);
  queue.release(5);
  expect(told).toEqual(['2:9 failed', '0:3', '1:5']);
});

test('a retry of an earlier batch waits for that one, not for those behind it, and does not fail with them', () => {
  const { queue, told } = queueOf([3, 9, 3]);
  queue.release(3);
  expect(told).toEqual(['0:3', '2:3']);
  const other = queueOf([9, 3]);
  other.queue.fail(3, failure);
  expect(other.told).toEqual(['0:9 failed']);
});

test('who is told may append again at once', () => {
  const queue = new AppendQueue();
  const told: number[] = [];
  queue.add(1, () => {
    told.push(1);
    queue.add(2, () => told.push(2));
  });
  queue.release(1);
  queue.release(2);
  expect(told).toEqual([1, 2]);
});
