import type { Readable } from 'node:stream';
import type { SourceBatch, SourceContext } from '../../runtime/plugin/index.ts';
import { LineBatcher, type LinePosition } from './line-batcher.ts';

type Limits = ConstructorParameters<typeof LineBatcher>[0];

/** Reads the lines of a stream, standard input say, until it ends. It cannot be read again from a position. */
export async function* readStream(
  stream: Readable,
  limits: Limits,
  ctx: SourceContext,
): AsyncGenerator<SourceBatch<LinePosition>> {
  const lines = new LineBatcher(limits, 'standard input', 0);
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const stopped = new Promise<IteratorResult<Buffer>>((resolve) => {
    const stop = (): void => resolve({ done: true, value: undefined });
    if (ctx.signal.aborted) stop();
    ctx.signal.addEventListener('abort', stop, { once: true });
  });
  for (;;) {
    const chunk = await Promise.race([stopped, chunks.next()]);
    if (ctx.signal.aborted) return;
    if (chunk.done !== true) lines.add(chunk.value);
    const isLast = chunk.done === true;
    for (let batch = lines.take(isLast); batch !== undefined; batch = lines.take(isLast)) {
      yield { ...batch, position: { position: lines.position } };
    }
    if (isLast) return;
  }
}
