export { type ConformanceCheck, ConformanceError } from './check.ts';
export { connectorConformance } from './connector-conformance.ts';
export type { ConformanceGround, ConformanceHost, ConformanceOptions } from './host.ts';
export { partConformance } from './part-conformance.ts';
