import type { ClientSettings } from '../cluster/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Assignor } from '../group/assignor.ts';
import { assignorsOf } from '../group/assignors.ts';
import type { IsolationLevel } from '../offsets/list-offsets.ts';
import type { AutoOffsetReset, ConsumerOptions } from './consumer.ts';

/** Consumer options with their defaults filled in. */
export interface ConsumerSettings {
  readonly clientId: string;
  readonly groupId: string | undefined;
  readonly groupInstanceId: string | undefined;
  readonly autoCommit: boolean;
  readonly autoCommitIntervalMs: number;
  readonly autoOffsetReset: AutoOffsetReset;
  readonly isolationLevel: IsolationLevel;
  readonly assignors: readonly Assignor[];
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxPollIntervalMs: number;
  readonly pollRecordsMax: number;
  readonly fetchMinBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly fetchBytesMax: number;
  readonly partitionFetchBytesMax: number;
  readonly prefetchBytesMax: number;
  readonly isCrcChecked: boolean;
  readonly decompressedBytesMax: number;
  readonly rackId: string;
  readonly allowAutoTopicCreation: boolean;
  readonly apiTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Fills in the defaults. Throws {@link ConfigurationError} for contradictions. */
export function consumerSettings(options: ConsumerOptions, client: ClientSettings): ConsumerSettings {
  const { groupId } = options;
  if (groupId === '') throw new ConfigurationError('groupId is empty: name the group, or leave it out');
  if (options.autoCommit === true && groupId === undefined) {
    throw new ConfigurationError('autoCommit needs a groupId to store offsets under');
  }
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 45_000;
  const heartbeatIntervalMs = options.heartbeatIntervalMs ?? Math.min(3_000, sessionTimeoutMs / 3);
  if (heartbeatIntervalMs >= sessionTimeoutMs) {
    throw new ConfigurationError('heartbeatIntervalMs has to be below sessionTimeoutMs');
  }
  if ((options.pollRecordsMax ?? 1) < 1) throw new ConfigurationError('pollRecordsMax has to be at least 1');
  return {
    clientId: options.clientId ?? client.clientId,
    groupId,
    groupInstanceId: options.groupInstanceId,
    autoCommit: options.autoCommit ?? groupId !== undefined,
    autoCommitIntervalMs: options.autoCommitIntervalMs ?? 5_000,
    autoOffsetReset: options.autoOffsetReset ?? 'latest',
    isolationLevel: options.isolationLevel ?? 'read_uncommitted',
    assignors: assignorsOf(options.assignors),
    sessionTimeoutMs,
    heartbeatIntervalMs,
    maxPollIntervalMs: options.maxPollIntervalMs ?? 300_000,
    pollRecordsMax: options.pollRecordsMax ?? 10_000,
    fetchMinBytes: options.fetchMinBytes ?? 1,
    fetchMaxWaitMs: options.fetchMaxWaitMs ?? 500,
    fetchBytesMax: options.fetchBytesMax ?? 50 << 20,
    partitionFetchBytesMax: options.partitionFetchBytesMax ?? 1 << 20,
    prefetchBytesMax: options.prefetchBytesMax ?? 32 << 20,
    isCrcChecked: options.isCrcChecked ?? true,
    decompressedBytesMax: options.decompressedBytesMax ?? 256 << 20,
    rackId: options.rackId ?? '',
    allowAutoTopicCreation: options.allowAutoTopicCreation ?? false,
    apiTimeoutMs: options.apiTimeoutMs ?? client.apiTimeoutMs,
    requestTimeoutMs: client.requestTimeoutMs,
  };
}
