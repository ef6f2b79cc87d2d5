import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';

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

/** What {@link createContext} needs. */
export interface ContextParts {
  readonly connector: string;
  readonly task?: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metric?: (name: string, increment: number) => void;
  readonly reconfigure?: () => void;
}

/** Makes the context of one task. Also for tests of plugins, with a manual clock. */
export function createContext(parts: ContextParts): SourceContext {
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
