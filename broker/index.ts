export { Broker, type BrokerOptions } from './broker.ts';
export { type BrokerSettings, type RunningBroker, startBroker } from './start-broker.ts';
