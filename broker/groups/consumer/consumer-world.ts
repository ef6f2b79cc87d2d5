import type { TransitionConfig } from '../classic/transition.ts';
import type { GroupTopics } from '../ports.ts';
import type { MetadataHashes } from './metadata-hash.ts';

/** `group.consumer.migration.policy`: which way groups convert while they have members. */
export type MigrationPolicy = 'disabled' | 'upgrade' | 'downgrade' | 'bidirectional';

/** Broker configs of consumer groups that do not change while it runs. Milliseconds and counts. */
export interface ConsumerGroupSettings {
  /** `group.consumer.max.size` */
  readonly maxSize: number;
  /** `group.consumer.assignors`: names, the first is the default. */
  readonly assignors: readonly string[];
  /** `group.consumer.migration.policy` */
  readonly migrationPolicy: MigrationPolicy;
  /** `group.consumer.regex.refresh.interval.ms` */
  readonly regexRefreshIntervalMs: number;
}

/** Configs of one group: its own, within the bounds of the broker's. Milliseconds. */
export interface ConsumerGroupTimes {
  /** `consumer.session.timeout.ms` */
  readonly sessionTimeoutMs: number;
  /** `consumer.heartbeat.interval.ms` */
  readonly heartbeatIntervalMs: number;
  /** `consumer.assignment.interval.ms` */
  readonly assignmentIntervalMs: number;
}

/** What decisions about consumer groups depend on besides the group and the request. */
export interface ConsumerWorld {
  readonly topics: GroupTopics;
  readonly hashes: MetadataHashes;
  readonly settings: ConsumerGroupSettings;
  readonly timesOf: (groupId: string) => ConsumerGroupTimes;
  /** For groups that become classic. */
  readonly classic: TransitionConfig;
}

/** The name of an assignor that `group.consumer.assignors` may also give as Kafka's class. */
export function assignorNameOf(text: string): string {
  return assignorClasses.get(text) ?? text;
}

const assignorClasses: ReadonlyMap<string, string> = new Map([
  ['org.apache.kafka.coordinator.group.assignor.UniformAssignor', 'uniform'],
  ['org.apache.kafka.coordinator.group.assignor.RangeAssignor', 'range'],
]);

/** The policy of this name, in any case; `disabled` for a name that is none. */
export function migrationPolicyOf(name: string): MigrationPolicy {
  return policies.find((policy) => policy === name.toLowerCase()) ?? 'disabled';
}

const policies: readonly MigrationPolicy[] = ['disabled', 'upgrade', 'downgrade', 'bidirectional'];

/** Whether classic groups may become consumer groups while they have members. */
export function isUpgradeEnabled({ migrationPolicy }: ConsumerGroupSettings): boolean {
  return migrationPolicy === 'upgrade' || migrationPolicy === 'bidirectional';
}

/** Whether consumer groups may become classic groups while they have members. */
export function isDowngradeEnabled({ migrationPolicy }: ConsumerGroupSettings): boolean {
  return migrationPolicy === 'downgrade' || migrationPolicy === 'bidirectional';
}
