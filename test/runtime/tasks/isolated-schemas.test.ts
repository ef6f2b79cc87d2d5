import { expect, test } from 'vitest';
import type { Isolates } from '../../../platform/isolate.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import {
  createContext,
  type DefinedSink,
  defineSink,
  type Schema,
  type SinkRecord,
  schemas,
} from '../../../runtime/plugin/index.ts';
import { servePlugin } from '../../../runtime/tasks/isolation/index.ts';
import { IsolatedPlugin } from '../../../runtime/tasks/isolation/isolated-plugin.ts';
import { remoteSink } from '../../../runtime/tasks/isolation/remote-plugins.ts';

/** The other side runs in this thread; messages are copied as they are between threads. */
function isolatesServing(plugin: DefinedSink): Isolates {
  return {
    start: () => {
      let toPlugin: (message: unknown) => void = () => undefined;
      let toRuntime: (message: unknown) => void = () => undefined;
      const port = {
        post: (message: unknown) => {
          const copy = structuredClone(message);
          setImmediate(() => toRuntime(copy));
        },
        onMessage: (listener: (message: unknown) => void) => {
          toPlugin = listener;
        },
      };
      servePlugin(port, systemClock, () => Promise.resolve(plugin));
      return {
        post: (message) => {
          const copy = structuredClone(message);
          setImmediate(() => toPlugin(copy));
        },
        onMessage: (listener) => {
          toRuntime = listener;
        },
        exited: new Promise(() => undefined),
        terminate: () => Promise.resolve(),
      };
    },
  };
}

const rowSchema = schemas.struct({ n: schemas.int32() });

function record(n: number, value: unknown = { n }): SinkRecord {
  const place = { topic: 't', partition: 0, offset: n, timestamp: undefined };
  return {
    ...place,
    key: null,
    keySchema: undefined,
    value,
    valueSchema: rowSchema,
    headers: [],
  } as SinkRecord;
}

test('schemas that went with a batch that could not be sent are sent again', async () => {
  const seen: (Schema | undefined)[] = [];
  const plugin = defineSink({
    name: 'seeing',
    version: '1',
    config: { type: 'object', properties: {} },
    open: () => undefined,
    write: (_handle, { records }) => {
      seen.push(...records.map(({ valueSchema }) => valueSchema));
      return Promise.resolve();
    },
  }) as unknown as DefinedSink;
  const remote = new IsolatedPlugin({
    isolates: isolatesServing(plugin),
    program: new URL('file:///none'),
    clock: systemClock,
    settings: { mode: 'thread', memoryMaxMb: 64, responseTimeoutMs: 30_000 },
    plugin: { kind: 'sink', name: 'seeing', file: undefined },
    config: {},
    connector: 'c',
    task: 0,
    onLost: () => undefined,
    onAsk: () => undefined,
  });
  const ctx = createContext({
    connector: 'c',
    task: 0,
    signal: new AbortController().signal,
    log: silentLogger,
    clock: systemClock,
  });
  const sink = remoteSink(plugin, remote);
  await sink.open({}, ctx);
  // What a transform of the user's may put there, and no thread can be sent.
  const batch = { records: [record(0, { n: () => 0 })], offsets: [] };
  await expect(sink.write(undefined, batch, ctx)).rejects.toThrow('could not be cloned');
  await sink.write(undefined, { records: [record(1)], offsets: [] }, ctx);
  expect(seen).toEqual([rowSchema]);
  await remote.terminate();
});
