export { type MeasuredConnector, type MeasuredTask, workerFamilies } from './worker-families.ts';
