import type { Platform } from '../../platform/platform.ts';
import type { Plugin, PluginRegistry } from '../plugin/index.ts';

/** Where one check takes place: a Kafka in memory with nothing in it, and a folder. */
export interface ConformanceGround {
  /** The network has the broker in it; time, processes and randomness are real. */
  readonly platform: Platform;
  readonly bootstrapServers: string;
  /** An empty folder on the disk. */
  readonly folder: string;
  close(): Promise<void>;
}

/** What the kit needs from floors that it does not see. */
export interface ConformanceHost {
  openGround(): Promise<ConformanceGround>;
  /** The program of isolated plugins. */
  readonly pluginHost: URL;
  /** Every built-in plugin but connectors, and the one given, as if it had come from `file`. */
  registry(plugin: Plugin, file: string): PluginRegistry;
}

/** How checks are run. */
export interface ConformanceOptions {
  /** Decides what is left to chance: how far a call has come when its process is killed. Default: 1. */
  readonly seed?: number;
  /** How long a stop may take. Default: 2000. A worker gives a task up after `task.shutdown.graceful.timeout.ms`, 5000. */
  readonly stopTimeoutMs?: number;
  /** After how long without any progress a task has come to a standstill. Default: 5000. */
  readonly timeoutMs?: number;
}
