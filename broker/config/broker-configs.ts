import type { ConfigDefinition } from './definition.ts';
import { cleanerConfigs } from './definitions/cleaner-configs.ts';
import { consumerGroupConfigs } from './definitions/consumer-group-configs.ts';
import { groupCoordinatorConfigs } from './definitions/group-coordinator-configs.ts';
import { kraftConfigs } from './definitions/kraft-configs.ts';
import { logConfigs } from './definitions/log-configs.ts';
import { metricConfigs } from './definitions/metric-configs.ts';
import { millraceConfigs } from './definitions/millrace-configs.ts';
import { oauthbearerConfigs } from './definitions/oauthbearer-configs.ts';
import { quorumConfigs } from './definitions/quorum-configs.ts';
import { quotaConfigs } from './definitions/quota-configs.ts';
import { remoteLogConfigs } from './definitions/remote-log-configs.ts';
import { replicationConfigs } from './definitions/replication-configs.ts';
import { saslConfigs } from './definitions/sasl-configs.ts';
import { securityConfigs } from './definitions/security-configs.ts';
import { serverConfigs } from './definitions/server-configs.ts';
import { shareCoordinatorConfigs } from './definitions/share-coordinator-configs.ts';
import { shareGroupConfigs } from './definitions/share-group-configs.ts';
import { socketConfigs } from './definitions/socket-configs.ts';
import { sslConfigs } from './definitions/ssl-configs.ts';
import { streamsGroupConfigs } from './definitions/streams-group-configs.ts';
import { transactionConfigs } from './definitions/transaction-configs.ts';

/** Every config of a broker: Kafka 4.3's, and the few of Millrace. */
export const brokerConfigs = {
  ...kraftConfigs,
  ...serverConfigs,
  ...socketConfigs,
  ...logConfigs,
  ...cleanerConfigs,
  ...replicationConfigs,
  ...quorumConfigs,
  ...groupCoordinatorConfigs,
  ...consumerGroupConfigs,
  ...streamsGroupConfigs,
  ...shareGroupConfigs,
  ...shareCoordinatorConfigs,
  ...transactionConfigs,
  ...quotaConfigs,
  ...securityConfigs,
  ...sslConfigs,
  ...saslConfigs,
  ...oauthbearerConfigs,
  ...metricConfigs,
  ...remoteLogConfigs,
  ...millraceConfigs,
};

export type BrokerConfigName = keyof typeof brokerConfigs;

/** The definition of a broker config; also of a listener's own (`listener.name.<listener>.[<mechanism>.]<config>`). */
export function brokerConfigDefinition(name: string): ConfigDefinition | undefined {
  const table: Readonly<Record<string, ConfigDefinition>> = brokerConfigs;
  if (Object.hasOwn(table, name)) return table[name];
  const base = listenerConfigBase(name);
  return base === undefined ? undefined : table[base];
}

/** The config that `listener.name.<listener>...` specialises, when there is one. */
export function listenerConfigBase(name: string): BrokerConfigName | undefined {
  const rest = /^listener\.name\.[^.]+\.(.+)$/.exec(name)?.[1];
  if (rest === undefined) return undefined;
  if (isBrokerConfigName(rest)) return rest;
  const afterMechanism = rest.slice(rest.indexOf('.') + 1);
  return isBrokerConfigName(afterMechanism) ? afterMechanism : undefined;
}

function isBrokerConfigName(name: string): name is BrokerConfigName {
  return Object.hasOwn(brokerConfigs, name);
}
