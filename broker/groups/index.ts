export type { ConsumerGroupTimes } from './consumer/consumer-world.ts';
export type { CoordinatorRecord } from './coordinator-record.ts';
export { GroupLogError } from './errors.ts';
export { defaultGroupConfig, type GroupConfig } from './group-config.ts';
export { partitionFor } from './group-id-hash.ts';
export { GroupService, type GroupServiceOptions } from './group-service.ts';
export type { CoordinatorLog, GroupTopics } from './ports.ts';
export { IN_PROCESS_HOST, type RequestContext } from './request-context.ts';
