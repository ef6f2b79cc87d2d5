export { isRetriable } from './errors.ts';
export type { OffsetStore, StoredPosition } from './offset-store.ts';
export type { TaskProgress } from './progress.ts';
export { retryDelayMs } from './retry.ts';
export { SinkTask } from './sink-task.ts';
export { SourceTask } from './source-task.ts';
export type { Task, TaskEnvironment, TaskListener, TaskParts } from './task.ts';
export { replicationFactorFor } from './topic-creation.ts';
