export { taskParts } from './task-parts.ts';
export { type MeasuredConnector, workerFamilies } from './worker-families.ts';
