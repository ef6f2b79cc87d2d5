import { UsageError } from './errors.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const LINE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The lines of a stream, without their ends (`\n` or `\r\n`), as they come: one array per chunk. A last line needs no
 * end. Lines are slices of the chunks. Ends early when `signal` is aborted. Throws {@link UsageError} above 256 MiB.
 */
export async function* inputLines(
  input: AsyncIterable<Uint8Array | string>,
  signal?: AbortSignal,
): AsyncGenerator<readonly Buffer[]> {
  let open: Buffer[] = [];
  let openBytes = 0;
  for await (const part of untilAborted(input, signal)) {
    const chunk =
      typeof part === 'string'
        ? Buffer.from(part)
        : Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      open.push(chunk);
      openBytes += chunk.length;
      if (openBytes > LINE_BYTES_MAX) throw new UsageError(`a line is longer than ${LINE_BYTES_MAX} bytes`);
      continue;
    }
    const complete = chunk.subarray(0, end);
    yield linesOf(open.length === 0 ? complete : Buffer.concat([...open, complete]));
    open = [chunk.subarray(end + 1)];
    openBytes = chunk.length - end - 1;
  }
  if (openBytes > 0 && signal?.aborted !== true) yield linesOf(Buffer.concat(open));
}

function linesOf(text: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf(LINE_FEED, start);
    const end = found < 0 ? text.length : found;
    const isMarked = end > start && text[end - 1] === CARRIAGE_RETURN;
    lines.push(text.subarray(start, isMarked ? end - 1 : end));
    start = end + 1;
  }
  return lines;
}

async function* untilAborted<T>(input: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = input[Symbol.asyncIterator]();
  let stop = (): void => {};
  const onAbort = () => stop();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    while (signal?.aborted !== true) {
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        stop = () => resolve({ done: true, value: undefined });
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    // Not awaited: a terminal that nobody types at never answers.
    iterator.return?.().catch(() => {});
  }
}
