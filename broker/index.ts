export { Broker, type BrokerOptions } from './broker.ts';
export { examineProperties, type PropertyReport } from './config/index.ts';
export { type BrokerSettings, type RunningBroker, startBroker } from './start-broker.ts';
