export type { ConsumerGroupTimes } from './consumer/consumer-world.ts';
export { defaultGroupConfig, type GroupConfig } from './group-config.ts';
export { GroupService, type GroupServiceOptions } from './group-service.ts';
export type { GroupTopics, OffsetTransaction, OffsetTransactions } from './ports.ts';
export { IN_PROCESS_HOST, type RequestContext } from './request-context.ts';
