/** From this many bytes on, the call into the engine's memory copy is faster than a loop. */
const BULK_BYTES_MIN = 40;

/** Copies `source[from, from + length)` to `target[to, ...)`. The caller has checked both ranges. */
export function copyLiteral(source: Buffer, from: number, target: Buffer, to: number, length: number): void {
  if (length >= BULK_BYTES_MIN) {
    source.copy(target, to, from, from + length);
    return;
  }
  for (let i = 0; i < length; i += 1) target[to + i] = source[from + i] as number;
}

/**
 * Repeats the `length` bytes that begin `distance` before `to`, as LZ77 does: a distance below the length
 * repeats what this copy itself has written. The caller has checked both ranges.
 */
export function copyMatch(target: Buffer, to: number, distance: number, length: number): void {
  const from = to - distance;
  if (length < BULK_BYTES_MIN) {
    for (let i = 0; i < length; i += 1) target[to + i] = target[from + i] as number;
    return;
  }
  let copied = Math.min(distance, length);
  target.copyWithin(to, from, from + copied);
  // Each turn doubles the repeated pattern.
  while (copied < length) {
    const bytes = Math.min(copied, length - copied);
    target.copyWithin(to + copied, to, to + bytes);
    copied += bytes;
  }
}
