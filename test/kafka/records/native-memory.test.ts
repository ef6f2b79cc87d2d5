import { expect, test } from 'vitest';
import { Scratch } from '../../../kafka/records/compression/bounded-output.ts';
import { giveBack, takeOver } from '../../../kafka/records/compression/native-memory.ts';

const own = (text: string): Buffer => {
  const made = Buffer.allocUnsafeSlow(text.length);
  made.write(text);
  return made;
};

test('memory of its own is given back at once', () => {
  const made = own('bytes');
  giveBack(made);
  expect([made.length, made.buffer.byteLength]).toEqual([0, 0]);
});

test('memory that others share is left alone', () => {
  const pooled = Buffer.from('pooled');
  const part = own('whole').subarray(1);
  giveBack(pooled);
  giveBack(part);
  expect([String(pooled), String(part)]).toEqual(['pooled', 'hole']);
});

test('what is taken over is copied, and its memory given back', () => {
  const made = own('bytes');
  const target = Buffer.alloc(7, '.');
  expect([takeOver(made, target, 1), String(target), made.length]).toEqual([5, '.bytes.', 0]);
});

test('what a scratch was lent is good until its next use', () => {
  const scratch = new Scratch();
  const [first, second] = [scratch.lend(own('first')), own('second')];
  expect(String(first)).toBe('first');
  scratch.lend(second);
  expect([first.length, String(second)]).toEqual([0, 'second']);
  scratch.take(10);
  expect(second.length).toBe(0);
});
