import type { Clock } from '../../../platform/clock.ts';
import type { IsolatePort } from '../../../platform/isolate.ts';
import {
  createContext,
  type DefinedSink,
  type DefinedSource,
  type PartitionOffset,
  PluginError,
  type ReadFrom,
  requirePluginConfig,
  type SinkRecord,
  type SourceBatch,
  type TopicPartition,
} from '../../plugin/index.ts';
import { requireBatch } from '../source-batch.ts';
import { failureOf, type PluginAddress, type Reply, type Request } from './messages.ts';
import { type PackedRecords, RecordPacker, RecordUnpacker } from './packed-records.ts';
import { remoteLogger } from './remote-logger.ts';
import type { PackedBatch } from './remote-plugins.ts';

/** Runs one plugin for the runtime at the other end of `port`. `find` loads plugins. */
export function servePlugin(
  port: IsolatePort,
  clock: Clock,
  find: (address: PluginAddress) => Promise<DefinedSource | DefinedSink>,
): void {
  const post = (reply: Reply): void => port.post(reply);
  const stop = new AbortController();
  let loading: Promise<(method: string, input: unknown) => unknown> | undefined;
  port.onMessage((message) => {
    const request = message as Request;
    if (request.kind === 'ping') post({ kind: 'pong' });
    else if (request.kind === 'abort') stop.abort();
    else if (request.kind === 'load') {
      loading = load(request, stop.signal, { clock, find, post });
      loading.catch(() => undefined); // Told to the first call.
    } else void answer(request, loading, post);
  });
}

async function answer(
  { id, method, input }: Extract<Request, { readonly kind: 'call' }>,
  loading: Promise<(method: string, input: unknown) => unknown> | undefined,
  post: (reply: Reply) => void,
): Promise<void> {
  try {
    const call = await loading;
    const output = await call?.(method, input);
    post({ kind: 'result', id, output });
  } catch (error) {
    post({ kind: 'failure', id, failure: failureOf(error) });
  }
}

async function load(
  { plugin: address, config: raw, connector, task }: Extract<Request, { readonly kind: 'load' }>,
  signal: AbortSignal,
  {
    clock,
    find,
    post,
  }: {
    readonly clock: Clock;
    readonly find: (address: PluginAddress) => Promise<DefinedSource | DefinedSink>;
    readonly post: (reply: Reply) => void;
  },
): Promise<(method: string, input: unknown) => unknown> {
  const plugin = await find(address);
  const config = requirePluginConfig(plugin, raw);
  const ask = (what: string) => (input?: unknown) => post({ kind: 'ask', what, input });
  const ctx = createContext({
    connector,
    task,
    signal,
    clock,
    log: remoteLogger((level, fields, message) => post({ kind: 'log', level, fields, message })),
    metric: (name, increment) => post({ kind: 'metric', name, increment }),
    reconfigure: ask('reconfigure'),
    sink: {
      rewind: ask('rewind'),
      pause: ask('pause'),
      resume: ask('resume'),
      requestCommit: ask('requestCommit'),
    },
  });
  post({ kind: 'pong' }); // Loaded: from now on it is the plugin that may take too long.
  return plugin.kind === 'source' ? sourceCalls(plugin, config, ctx) : sinkCalls(plugin, config, ctx);
}

type Context = ReturnType<typeof createContext>;

function sourceCalls(plugin: DefinedSource, config: unknown, ctx: Context) {
  const streams = new Map<number, { iterator: AsyncIterator<SourceBatch>; packer: RecordPacker }>();
  let lastStream = 0;
  return async (method: string, input: unknown): Promise<unknown> => {
    switch (method) {
      case 'partitions':
        return plugin.partitions?.(config, ctx);
      case 'acked':
        return plugin.acked?.(config, input as never, ctx);
      case 'read': {
        const iterable = plugin.read(config, input as ReadFrom, ctx) as AsyncIterable<SourceBatch>;
        streams.set(++lastStream, { iterator: iterable[Symbol.asyncIterator](), packer: new RecordPacker() });
        return lastStream;
      }
      case 'next': {
        const stream = streams.get(Number(input));
        const next = await stream?.iterator.next();
        return next === undefined || next.done === true || stream === undefined
          ? undefined
          : packBatch(plugin, next.value, stream.packer);
      }
      case 'return': {
        const iterator = streams.get(Number(input))?.iterator;
        streams.delete(Number(input));
        await iterator?.return?.();
        return undefined;
      }
      default:
        throw new PluginError(`A source has no method ${method}.`);
    }
  };
}

function packBatch(plugin: DefinedSource, batch: SourceBatch, packer: RecordPacker): PackedBatch {
  requireBatch(plugin, batch);
  const { records, position, unreadable = [] } = batch;
  return {
    packed: packer.pack(records),
    position,
    unreadable: unreadable.map((each) => ({ ...each, error: failureOf(each.error) })),
  };
}

function sinkCalls(plugin: DefinedSink, config: unknown, ctx: Context) {
  const unpacker = new RecordUnpacker();
  let handle: unknown;
  return async (method: string, input: unknown): Promise<unknown> => {
    const partitions = input as readonly TopicPartition[];
    switch (method) {
      case 'open':
        handle = await plugin.open(config, ctx);
        return undefined;
      case 'write': {
        const { packed, offsets } = input as {
          readonly packed: PackedRecords;
          readonly offsets: readonly PartitionOffset[];
        };
        const records = unpacker.unpack<SinkRecord>(packed);
        const refused = (await plugin.write(handle, { records, offsets }, ctx)) ?? [];
        return refused.map((error) => failureOf(error));
      }
      case 'flush':
        return plugin.flush?.(handle, ctx);
      case 'committedOffsets':
        return plugin.committedOffsets?.(handle, partitions, ctx);
      case 'preCommit':
        return plugin.preCommit?.(handle, input as readonly PartitionOffset[], ctx);
      case 'assigned':
      case 'revoked':
      case 'lost':
        return plugin[method]?.(handle, partitions, ctx);
      case 'close':
        return plugin.close?.(handle);
      default:
        throw new PluginError(`A sink has no method ${method}.`);
    }
  };
}
