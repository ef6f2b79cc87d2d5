import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PartitionOffset, TopicPartition } from './topic-partition.ts';

/** What the runtime gives a plugin to work with. One per task; a plugin keeps no global state. */
export interface PluginContext {
  /** Name of the connector or pipeline step. */
  readonly connector: string;
  /** Number of the task, from 0. */
  readonly task: number;
  /** Aborted when the plugin should stop: end the iteration, close, return. */
  readonly signal: AbortSignal;
  /** Structured log with the connector's and task's ids bound. Nothing per record, please. */
  readonly log: Logger;
  readonly clock: Clock;
  /** Adds to a counter of the plugin, shown as `millrace_plugin_<name>_total`. */
  metric(name: string, increment?: number): void;
  /** Resolves after `delayMs`, or as soon as {@link signal} is aborted. Never rejects. */
  sleep(delayMs: number): Promise<void>;
}

/** The context of a source. */
export interface SourceContext extends PluginContext {
  /** Asks the runtime to call `partitions` again, because the outside world has more or fewer of them now. */
  reconfigure(): void;
}

/** The context of a sink. What it asks for takes effect between two batches. */
export interface SinkContext extends PluginContext {
  /** Has records read again, or passed over: the next batch of each partition begins at its offset. */
  rewind(offsets: readonly PartitionOffset[]): void;
  /** No batches of these partitions until {@link resume}; the task keeps them. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Has offsets flushed and committed soon, not only when that is due. */
  requestCommit(): void;
}

/** What {@link createContext} needs. */
export interface ContextParts {
  readonly connector: string;
  readonly task?: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metric?: (name: string, increment: number) => void;
  readonly reconfigure?: () => void;
  /** What a sink may ask for. Default: nothing happens. */
  readonly sink?: Pick<SinkContext, 'rewind' | 'pause' | 'resume' | 'requestCommit'>;
}

/** Makes the context of one task. Also for tests of plugins, with a manual clock. */
export function createContext(parts: ContextParts): SourceContext & SinkContext {
  const { connector, task = 0, signal, log, clock } = parts;
  return {
    connector,
    task,
    signal,
    log,
    clock,
    metric: (name, increment = 1) => parts.metric?.(name, increment),
    sleep: (delayMs) => sleep(clock, signal, delayMs),
    reconfigure: () => parts.reconfigure?.(),
    rewind: (offsets) => parts.sink?.rewind(offsets),
    pause: (partitions) => parts.sink?.pause(partitions),
    resume: (partitions) => parts.sink?.resume(partitions),
    requestCommit: () => parts.sink?.requestCommit(),
  };
}

function sleep(clock: Clock, signal: AbortSignal, delayMs: number): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.timer(delayMs, done);
    signal.addEventListener('abort', done);
  });
}
