import type { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';

/** Lengths and counts that have broken readers before: -1, -2, the largest, compact forms of them. */
const telling = [
  'ffffffff',
  'fffffffe',
  '7fffffff',
  '80000000',
  '00000000',
  'ffffffff0f',
  '7fff',
  'ffff',
  '00',
];

/** Breaks the bytes of a frame (after its size) in one of the ways that bytes break; may be longer or shorter. */
export function mutated(frame: Buffer, other: Buffer, entropy: SeededEntropy): Buffer {
  const at = entropy.below(frame.length);
  switch (entropy.below(5)) {
    case 0:
      return frame.subarray(0, at);
    case 1:
      return Buffer.concat([frame.subarray(0, at), other.subarray(entropy.below(other.length))]);
    case 2:
      return Buffer.concat([frame, frame.subarray(at)]);
    case 3: {
      const bytes = Buffer.from(telling[entropy.below(telling.length)] ?? '', 'hex');
      const changed = Buffer.from(frame);
      bytes.copy(changed, at);
      return changed;
    }
    default: {
      const changed = Buffer.from(frame);
      for (let flips = 1 + entropy.below(4); flips > 0; flips -= 1) {
        const index = entropy.below(changed.length);
        changed[index] = (changed[index] ?? 0) ^ (1 << entropy.below(8));
      }
      return changed;
    }
  }
}
