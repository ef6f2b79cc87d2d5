import { expect, test } from 'vitest';
import { FrameMemory, FrameReader } from '../../../kafka/protocol/index.ts';

function framed(size: number, fill: number): Buffer {
  const bytes = Buffer.alloc(4 + size, fill);
  bytes.writeInt32BE(size);
  return bytes;
}

test('a frame that was given back is where the next one is gathered', () => {
  const memory = new FrameMemory(1 << 20);
  const frames: { frame: Buffer; isOwned: boolean }[] = [];
  const reader = new FrameReader(1 << 20, (frame, isOwned) => frames.push({ frame, isOwned }), { memory });
  const send = (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += 65_536) reader.push(bytes.subarray(at, at + 65_536));
  };
  send(framed(300_000, 1));
  send(framed(300_000, 2));
  expect(frames[1]?.frame.buffer).not.toBe(frames[0]?.frame.buffer);
  for (const { frame, isOwned } of frames) if (isOwned) memory.give(frame);
  send(framed(200_000, 3));
  const used = [frames[0]?.frame.buffer, frames[1]?.frame.buffer];
  expect(used).toContain(frames[2]?.frame.buffer);
  expect(frames[2]?.frame.equals(Buffer.alloc(200_000, 3))).toBe(true);
  const untouched = used[0] === frames[2]?.frame.buffer ? frames[1] : frames[0];
  expect(untouched?.frame.subarray(0, 9)).toEqual(Buffer.alloc(9, untouched === frames[1] ? 2 : 1));
});

test('memory is lent to one at a time and only when it is large enough', () => {
  const memory = new FrameMemory(1 << 20);
  memory.give(Buffer.allocUnsafeSlow(100_000));
  expect(memory.take(100_001)).toBeUndefined();
  expect(memory.take(70_000)?.length).toBe(100_000);
  expect(memory.take(70_000)).toBeUndefined();
});

test('no more is kept than allowed, and nothing small', () => {
  const memory = new FrameMemory(250_000);
  for (let i = 0; i < 5; i++) memory.give(Buffer.allocUnsafeSlow(100_000));
  memory.give(Buffer.allocUnsafeSlow(1_000));
  const taken = Array.from({ length: 6 }, () => memory.take(65_536)).filter((buffer) => buffer !== undefined);
  expect(taken.map((buffer) => buffer.length)).toEqual([100_000, 100_000]);
  expect(memory.take(10)).toBeUndefined();
});
