interface Input {
  readonly numbers?: readonly number[];
  readonly bytes?: Uint8Array;
  readonly fail?: boolean;
  readonly exit?: boolean;
  readonly wait?: boolean;
}

/** A task for the executor's tests: adds, or does what goes wrong. */
export async function run({ numbers = [], bytes, fail, exit, wait }: Input): Promise<unknown> {
  if (fail) throw Object.assign(new RangeError('out of range'), { code: 'TASK_FAILED' });
  if (exit) process.exit(3);
  if (wait) await new Promise(() => setInterval(() => {}, 1000));
  if (bytes) return { length: bytes.length, first: bytes[0] };
  return numbers.reduce((sum, number) => sum + number, 0);
}
