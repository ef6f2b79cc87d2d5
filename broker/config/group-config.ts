import type { BrokerConfig } from './broker-config.ts';
import { camelCase } from './broker-config.ts';
import type { BrokerConfigName } from './broker-configs.ts';
import type { ConfigTexts } from './config-layers.ts';
import type { ConfigDefinition, ConfigValue } from './definition.ts';
import { groupConfigs } from './definitions/group-configs.ts';
import { configProblem, parseConfigValue } from './value.ts';

/** Configs of one consumer, share or streams group, in force: its overrides within the broker's bounds. */
export interface GroupConfig {
  readonly consumerSessionTimeoutMs: number;
  readonly consumerHeartbeatIntervalMs: number;
  readonly consumerAssignmentIntervalMs: number;
  readonly shareSessionTimeoutMs: number;
  readonly shareHeartbeatIntervalMs: number;
  readonly shareAssignmentIntervalMs: number;
  readonly shareRecordLockDurationMs: number;
  readonly shareDeliveryCountLimit: number;
  readonly sharePartitionMaxRecordLocks: number;
  /** `earliest`, `latest` or `by_duration:<ISO-8601>`. */
  readonly shareAutoOffsetReset: string;
  readonly shareIsolationLevel: 'read_committed' | 'read_uncommitted';
  readonly shareRenewAcknowledgeEnable: boolean;
  readonly streamsSessionTimeoutMs: number;
  readonly streamsHeartbeatIntervalMs: number;
  readonly streamsAssignmentIntervalMs: number;
  readonly streamsNumStandbyReplicas: number;
  readonly streamsInitialRebalanceDelayMs: number;
}

/**
 * The typed configs of a group. Never throws: an override the broker's bounds exclude is moved to the nearest bound,
 * one that cannot be parsed is passed over.
 */
export function groupConfig(overrides: ConfigTexts, broker: BrokerConfig): GroupConfig {
  const entries = Object.values<ConfigDefinition>(groupConfigs).map((definition) => {
    const text = overrides.get(definition.name);
    const isGood = text !== undefined && configProblem(definition, text) === undefined;
    const value = isGood ? parseConfigValue(definition, text) : brokerDefault(definition, broker);
    return [
      camelCase(definition.name),
      typeof value === 'number' ? clamp(definition.name, value, broker) : value,
    ];
  });
  // Sound because the properties of GroupConfig are the camel-cased names of the table; a test compares them.
  return Object.fromEntries(entries) as GroupConfig;
}

/**
 * The first thing wrong with a group's whole set of overrides, in Kafka's wording: a name that is none, a value that is
 * none, one beyond the broker's bounds, values that do not go together.
 */
export function groupConfigProblem(overrides: ConfigTexts, broker: BrokerConfig): string | undefined {
  const unknown = [...overrides.keys()].find((name) => groupConfigDefinition(name) === undefined);
  if (unknown !== undefined) return `Unknown group config name: ${unknown}`;
  const given = Object.values<ConfigDefinition>(groupConfigs).flatMap((definition) => {
    const text = overrides.get(definition.name);
    return text === undefined ? [] : [[definition, text] as const];
  });
  return (
    firstProblem(given, configProblem) ??
    firstProblem(heartbeatsFirst(given), (definition, text) => boundProblem(definition, text, broker)) ??
    heartbeatProblem(groupConfig(overrides, broker))
  );
}

type Given = readonly (readonly [definition: ConfigDefinition, text: string])[];

/** As Kafka looks at bounds: of each kind of group, at those of the heartbeat interval first. */
function heartbeatsFirst(given: Given): Given {
  return ['consumer.', 'share.', 'streams.'].flatMap((kind) => {
    const own = given.filter(([{ name }]) => name.startsWith(kind));
    const isHeartbeat = ([{ name }]: Given[number]) => name === `${kind}heartbeat.interval.ms`;
    return [...own.filter(isHeartbeat), ...own.filter((each) => !isHeartbeat(each))];
  });
}

function firstProblem(
  given: Given,
  problemOf: (definition: ConfigDefinition, text: string) => string | undefined,
): string | undefined {
  for (const [definition, text] of given) {
    const problem = problemOf(definition, text);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The definition of group config `name`, or undefined. */
export function groupConfigDefinition(name: string): ConfigDefinition | undefined {
  return Object.hasOwn(groupConfigs, name) ? groupConfigs[name as keyof typeof groupConfigs] : undefined;
}

/** The broker config that is the default of group config `name`, where one exists. */
export function groupConfigSynonym(name: string): BrokerConfigName | undefined {
  return Object.hasOwn(withoutBrokerDefault, name) ? undefined : (`group.${name}` as BrokerConfigName);
}

const withoutBrokerDefault: Readonly<Record<string, true>> = {
  'share.auto.offset.reset': true,
  'share.isolation.level': true,
  'share.renew.acknowledge.enable': true,
};

const value = (broker: BrokerConfig, name: string): ConfigValue | null | undefined =>
  broker[camelCase(name) as keyof BrokerConfig] as ConfigValue | null | undefined;

function brokerDefault(definition: ConfigDefinition, broker: BrokerConfig): ConfigValue {
  const synonym = groupConfigSynonym(definition.name);
  const found = synonym === undefined ? undefined : value(broker, synonym);
  return found ?? parseConfigValue(definition, definition.default ?? '');
}

interface Bound {
  readonly name: string;
  readonly limit: number;
}

function bound(kind: 'min' | 'max', name: string, broker: BrokerConfig): Bound | undefined {
  const [group, subject] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
  const plain = subject === 'num.standby.replicas' ? 'standby.replicas' : subject;
  const boundName = `group.${group}.${kind}.${plain}`;
  const limit = value(broker, boundName);
  return typeof limit === 'number' ? { name: boundName, limit } : undefined;
}

function clamp(name: string, number: number, broker: BrokerConfig): number {
  const least = bound('min', name, broker)?.limit ?? Number.NEGATIVE_INFINITY;
  const most = bound('max', name, broker)?.limit ?? Number.POSITIVE_INFINITY;
  return Math.max(least, Math.min(most, number));
}

function boundProblem(definition: ConfigDefinition, text: string, broker: BrokerConfig): string | undefined {
  const number = parseConfigValue(definition, text);
  if (typeof number !== 'number') return undefined;
  const [least, most] = [bound('min', definition.name, broker), bound('max', definition.name, broker)];
  if (least !== undefined && number < least.limit) {
    return `${definition.name} must be greater than or equal to ${least.name}`;
  }
  return most !== undefined && number > most.limit
    ? `${definition.name} must be less than or equal to ${most.name}`
    : undefined;
}

function heartbeatProblem(config: GroupConfig): string | undefined {
  const pairs = [
    ['consumer', config.consumerHeartbeatIntervalMs, config.consumerSessionTimeoutMs],
    ['share', config.shareHeartbeatIntervalMs, config.shareSessionTimeoutMs],
    ['streams', config.streamsHeartbeatIntervalMs, config.streamsSessionTimeoutMs],
  ] as const;
  const found = pairs.find(([, heartbeatMs, sessionMs]) => heartbeatMs >= sessionMs);
  if (found === undefined) return undefined;
  return `${found[0]}.session.timeout.ms must be greater than ${found[0]}.heartbeat.interval.ms`;
}
