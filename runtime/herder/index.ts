export { Completion } from './completion.ts';
export type { TargetState } from './config-state.ts';
export { ConfigStore } from './config-store.ts';
export type { ConnectorInfo, ConnectorOffset, ConnectorType, SentOffset } from './connector-info.ts';
export {
  BadRequestError,
  ConnectorFailedError,
  ForbiddenError,
  HerderError,
  NotFoundError,
  StoppingError,
  WorkerGroupError,
} from './errors.ts';
export type { Health } from './health.ts';
export type { Herder } from './herder.ts';
export { LoggerLevels } from './logger-levels.ts';
export { MemoryLog } from './memory-log.ts';
export { OffsetFile } from './offset-file.ts';
export { SourceOffsets } from './source-offsets.ts';
export { StandaloneHerder } from './standalone-herder.ts';
export type { StartupCounts, WorkerStartups } from './startups.ts';
export { StatusStore } from './status-store.ts';
export { openStorageTopics, type Storage } from './storage-log.ts';
export { partitionsOf, planTasks } from './task-plan.ts';
export type { WorkerEvent } from './worker-event.ts';
