import type { KafkaClient, TopicPartitionOffset } from '../../kafka/client/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { Isolates } from '../../platform/isolate.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Properties, Secrets, WorkerSettings } from '../config/index.ts';
import type { PluginRegistry } from '../plugin/index.ts';
import type { TaskProgress } from './progress.ts';
import type { TaskMeters } from './task-meters.ts';

/** What all tasks of a worker share. */
export interface TaskEnvironment {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly plugins: PluginRegistry;
  readonly worker: WorkerSettings;
  /** What no task may tell. */
  readonly secrets: Secrets;
  readonly isolates: Isolates;
  /** The program that runs isolated plugins. */
  readonly pluginHost: URL;
}

/** Which task it is, and its connector's config with all references resolved. */
interface TaskSpec {
  readonly connector: string;
  readonly task: number;
  readonly config: Properties;
  readonly isPaused: boolean;
}

/** Hears what happens to a task. Must not throw. */
export interface TaskListener {
  onRunning(): void;
  onPaused(): void;
  /** The task has ended, with everything closed. */
  onFailed(error: unknown): void;
  /** The first record went to, or came from, this topic. */
  onTopic(topic: string): void;
  /** The source asks for its partitions to be listed again. */
  onReconfigure(): void;
  /** A counter of the plugin. */
  onMetric(name: string, increment: number): void;
  /** {@link TaskProgress.isExhausted} has become true. */
  onExhausted(): void;
}

/** A source's or sink's work in progress. */
export interface Task {
  readonly progress: TaskProgress;
  readonly meters: TaskMeters;
  /** Opens plugin, converters and clients, and begins; the work goes on by itself. A failure goes to the listener. */
  start(): void;
  /** Takes effect at the next batch boundary, then the listener hears of it. */
  pause(): void;
  resume(): void;
  /** Finishes what is under way, stores how far it came, closes. Resolves then; after a failure as well. */
  stop(): Promise<void>;
  /** Gives up on an orderly stop: from now on the task stores nothing and tells nobody. */
  cancel(): void;
  /** The plugin is gone: the task fails with this. */
  fail(error: unknown): void;
  /** What the plugin asks for from outside the process; as the methods of its context. */
  ask(what: string, input: unknown): void;
  /** A sink: flushes and commits what it has written as soon as it can, not only when that is due. */
  settle(): void;
  /** A sink: where it will continue in each partition it has. */
  positions(): readonly TopicPartitionOffset[];
}

/** What tasks are made of. */
export interface TaskParts {
  readonly environment: TaskEnvironment;
  readonly spec: TaskSpec;
  readonly logger: Logger;
  readonly listener: TaskListener;
}
