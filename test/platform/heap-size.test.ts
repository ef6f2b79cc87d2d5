import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

/** Something that lives, and much that lives for a while: as requests and their answers. */
const program = (before: string) => `
  ${before}
  const kept = Array.from({ length: 50_000 }, (_, index) => ({ index, text: 'x' + index }));
  const recent = [];
  let largest = 0;
  for (let turn = 0; turn < 200_000; turn++) {
    recent[turn % 2000] = Array.from({ length: 30 }, (_, index) => ({ index, turn }));
    if (turn % 5000 === 0) largest = Math.max(largest, process.memoryUsage().heapTotal);
  }
  console.log(largest, kept.length);`;

function heapBytes(before: string): number {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program(before)]);
  return Number(stdout.toString().split(' ')[0]);
}

test('a heap that is to be small takes much less than it would', () => {
  const path = resolve(import.meta.dirname, '../../platform/heap-size.ts');
  const small = heapBytes(`import { keepHeapSmall } from ${JSON.stringify(path)}; keepHeapSmall();`);
  expect(small).toBeGreaterThan(0);
  expect(small).toBeLessThan(heapBytes('') * 0.75);
});
