import type {
  DefinedSink,
  DefinedSource,
  PartitionOffset,
  PluginContext,
  RecordError,
  SinkBatch,
  SourceBatch,
  SourcePartition,
} from '../../plugin/index.ts';
import type { IsolatedPlugin } from './isolated-plugin.ts';
import { errorOf, type Failure } from './messages.ts';
import { type PackedRecords, RecordPacker, RecordUnpacker } from './packed-records.ts';

/** A batch of a source on its way here; undefined: the stream has ended. */
export type PackedBatch =
  | (Omit<SourceBatch, 'records' | 'unreadable'> & {
      readonly packed: PackedRecords;
      readonly unreadable: readonly (Omit<NonNullable<SourceBatch['unreadable']>[number], 'error'> & {
        readonly error: Failure;
      })[];
    })
  | undefined;

/** The source, with its code running in `remote`. What needs no I/O stays here. */
export function remoteSource(plugin: DefinedSource, remote: IsolatedPlugin): DefinedSource {
  const { partitions, acked } = plugin;
  return {
    ...plugin,
    ...(partitions !== undefined && {
      partitions: (_config: unknown, ctx: PluginContext) => {
        remote.attach(ctx);
        return remote.call('partitions', undefined) as Promise<readonly SourcePartition[]>;
      },
    }),
    async *read(_config, from, ctx) {
      remote.attach(ctx);
      const unpacker = new RecordUnpacker();
      const stream = await remote.call('read', from);
      try {
        for (;;) {
          const batch = (await remote.call('next', stream)) as PackedBatch;
          if (batch === undefined) return;
          yield unpackBatch(batch, unpacker);
        }
      } finally {
        if (!ctx.signal.aborted) await remote.call('return', stream).catch(() => undefined);
      }
    },
    ...(acked !== undefined && {
      acked: async (_config: unknown, at: object) => void (await remote.call('acked', at)),
    }),
  };
}

/** The sink, with its code running in `remote`. The handle stays over there. */
export function remoteSink(plugin: DefinedSink, remote: IsolatedPlugin): DefinedSink {
  const packer = new RecordPacker();
  const void_ = (method: keyof DefinedSink) =>
    plugin[method] === undefined
      ? {}
      : { [method]: async (_handle: unknown, input: unknown) => void (await remote.call(method, input)) };
  return {
    ...plugin,
    open: async (_config, ctx) => {
      remote.attach(ctx);
      await remote.call('open', undefined);
    },
    write: async (_handle, { records, offsets }: SinkBatch) => {
      let refused: readonly Failure[];
      try {
        const input = { packed: packer.pack(records), offsets };
        refused = (await remote.call('write', input)) as readonly Failure[];
      } catch (error) {
        packer.reset();
        throw error;
      }
      return refused.map(errorOf) as unknown as readonly RecordError[];
    },
    ...(plugin.flush !== undefined && { flush: async () => void (await remote.call('flush', undefined)) }),
    ...offsetsMethod('committedOffsets', plugin, remote),
    ...offsetsMethod('preCommit', plugin, remote),
    ...void_('assigned'),
    ...void_('revoked'),
    ...void_('lost'),
    ...(plugin.close !== undefined && { close: async () => void (await remote.call('close', undefined)) }),
  };
}

function offsetsMethod(
  method: 'committedOffsets' | 'preCommit',
  plugin: DefinedSink,
  remote: IsolatedPlugin,
): object {
  if (plugin[method] === undefined) return {};
  return {
    [method]: (_handle: unknown, input: unknown) =>
      remote.call(method, input) as Promise<readonly PartitionOffset[]>,
  };
}

function unpackBatch(
  { packed, position, unreadable }: NonNullable<PackedBatch>,
  unpacker: RecordUnpacker,
): SourceBatch {
  const failed = unreadable.map((each) => ({ ...each, error: errorOf(each.error) }));
  return {
    records: unpacker.unpack(packed),
    position,
    ...(failed.length > 0 && { unreadable: failed }),
  };
}
