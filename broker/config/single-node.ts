import type { BrokerConfig } from './broker-config.ts';
import { brokerConfigDefinition } from './broker-configs.ts';
import { brokerConfig, brokerPropertyProblems } from './broker-properties.ts';
import { type ConfigTexts, staticLayers } from './config-layers.ts';
import { isWithoutEffect } from './without-effect.ts';

/** What a broker makes of the properties it is given. */
export interface PropertyReport {
  /** Why the broker cannot start with them: every reason, a sentence each. */
  readonly problems: readonly string[];
  /** Names that neither Kafka 4.3 nor this broker has; they are ignored. */
  readonly unknown: readonly string[];
  /** Names that Kafka has, and that change nothing here. */
  readonly withoutEffect: readonly string[];
}

/**
 * Static properties of a node that is its whole cluster: `properties`, over values for what Kafka requires and for
 * what its defaults set too high for one node (three replicas of the internal topics). `broker.id` stands in for
 * `node.id`.
 */
export function singleNodeProperties(properties: ConfigTexts): ConfigTexts {
  const brokerId = properties.get('broker.id')?.trim() ?? '';
  const nodeId = properties.get('node.id') ?? (/^\d+$/.test(brokerId) ? brokerId : '1');
  return new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', nodeId],
    ['broker.id', nodeId],
    ['controller.listener.names', 'CONTROLLER'],
    ['offsets.topic.replication.factor', '1'],
    ['transaction.state.log.replication.factor', '1'],
    ['transaction.state.log.min.isr', '1'],
    ['share.coordinator.state.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.min.isr', '1'],
    ...properties,
  ]);
}

/** Looks at the properties of a broker before it is started with them. */
export function examineProperties(given: ConfigTexts): PropertyReport {
  const properties = singleNodeProperties(given);
  const problems = brokerPropertyProblems(properties);
  const names = [...given.keys()];
  return {
    problems: problems.length > 0 ? problems : singleNodeProblems(brokerConfig(staticLayers(properties))),
    unknown: names.filter((name) => brokerConfigDefinition(name) === undefined && !isWithoutEffect(name)),
    withoutEffect: names.filter(isWithoutEffect),
  };
}

/** What Kafka could do with these configs, and a broker that is its whole cluster cannot. */
function singleNodeProblems(config: BrokerConfig): readonly string[] {
  const { nodeId, brokerId } = config;
  const voterIds = config.controllerQuorumVoters.map((voter) => Number(voter.slice(0, voter.indexOf('@'))));
  const foreign = voterIds.filter((id) => id !== nodeId);
  const roles = config.processRoles;
  return [
    ...(roles.includes('broker') && roles.includes('controller')
      ? []
      : [
          `process.roles must be broker,controller: this broker is a cluster of one node, which keeps the metadata itself; it cannot be ${roles.join(',')} alone`,
        ]),
    ...(foreign.length === 0
      ? []
      : [
          `controller.quorum.voters names other nodes (${foreign.join(', ')}): this broker is a quorum of one; name only ${nodeId}, or leave it out`,
        ]),
    ...(brokerId === -1 || brokerId === nodeId
      ? []
      : [`broker.id (${brokerId}) and node.id (${nodeId}) must be the same; give only node.id`]),
    ...(config.logCleanerMinCompactionLagMs <= config.logCleanerMaxCompactionLagMs
      ? []
      : ['log.cleaner.min.compaction.lag.ms must not be greater than log.cleaner.max.compaction.lag.ms']),
    ...listenerProblems(config),
  ];
}

function listenerProblems({ listeners }: BrokerConfig): readonly string[] {
  const secured = listeners
    .filter(({ securityProtocol }) => securityProtocol !== 'PLAINTEXT')
    .map(
      ({ name, securityProtocol }) =>
        `listeners: ${name} wants ${securityProtocol}, and this broker speaks PLAINTEXT only; map it with listener.security.protocol.map=${name}:PLAINTEXT or take it out`,
    );
  const isEmpty = listeners.length === 0;
  return isEmpty
    ? ['listeners has no listener for clients: all of them are in controller.listener.names']
    : secured;
}
