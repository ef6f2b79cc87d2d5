export { brokerFamilies, type MetricSources } from './broker-families.ts';
