/**
 * Gives the memory behind a buffer that a native library has made, and that nobody reads any more, back at once. Left to
 * the collector, it would run for every few dozen megabytes that go through. The buffer is empty afterwards.
 */
export function giveBack(made: Buffer): void {
  const { buffer } = made;
  // What V8 pooled has other users.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === made.length) buffer.transfer(0);
}

/** Copies what a native library has made to `target` and gives its memory back. Returns how many bytes there were. */
export function takeOver(made: Buffer, target: Buffer, at: number): number {
  const copied = made.copy(target, at);
  giveBack(made);
  return copied;
}
