export { Completion } from './completion.ts';
export type { TargetState } from './config-state.ts';
export { ConfigStore } from './config-store.ts';
export type {
  ConnectorInfo,
  ConnectorOffset,
  ConnectorStatusInfo,
  ConnectorType,
  PluginInfo,
  StatusInfo,
  TaskInfo,
  TaskStatusInfo,
} from './connector-info.ts';
export {
  AlreadyExistsError,
  BadRequestError,
  ConflictError,
  ConnectorFailedError,
  ForbiddenError,
  HerderError,
  InternalTopicError,
  NotFoundError,
} from './errors.ts';
export type { Herder, RestartOptions } from './herder.ts';
export { type Level, type LoggerLevel, LoggerLevels } from './logger-levels.ts';
export { OffsetTopic } from './offset-topic.ts';
export { StandaloneHerder } from './standalone-herder.ts';
export { StatusStore } from './status-store.ts';
export type { WorkerEvent } from './worker-event.ts';
