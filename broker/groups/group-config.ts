/** The broker configs that the group coordinator needs, by Kafka's names in camel case. */
export interface GroupConfig {
  /** `group.min.session.timeout.ms` */
  readonly groupMinSessionTimeoutMs: number;
  /** `group.max.session.timeout.ms` */
  readonly groupMaxSessionTimeoutMs: number;
  /** `group.initial.rebalance.delay.ms` */
  readonly groupInitialRebalanceDelayMs: number;
  /** `group.max.size` */
  readonly groupMaxSize: number;
  /** `group.consumer.max.size` */
  readonly groupConsumerMaxSize: number;
  /** `group.consumer.assignors` */
  readonly groupConsumerAssignors: readonly string[];
  /** `group.consumer.migration.policy`, in any case. */
  readonly groupConsumerMigrationPolicy: string;
  /** `group.consumer.regex.refresh.interval.ms` */
  readonly groupConsumerRegexRefreshIntervalMs: number;
  /** `offset.metadata.max.bytes` */
  readonly offsetMetadataMaxBytes: number;
  /** `offsets.retention.minutes` */
  readonly offsetsRetentionMinutes: number;
  /** `offsets.retention.check.interval.ms` */
  readonly offsetsRetentionCheckIntervalMs: number;
  /** `offsets.commit.timeout.ms`: how long a response waits for its records to be committed. */
  readonly offsetsCommitTimeoutMs: number;
}

/** Kafka 4.3's defaults. */
export const defaultGroupConfig: GroupConfig = {
  groupMinSessionTimeoutMs: 6_000,
  groupMaxSessionTimeoutMs: 1_800_000,
  groupInitialRebalanceDelayMs: 3_000,
  groupMaxSize: 2_147_483_647,
  groupConsumerMaxSize: 2_147_483_647,
  groupConsumerAssignors: ['uniform', 'range'],
  groupConsumerMigrationPolicy: 'bidirectional',
  groupConsumerRegexRefreshIntervalMs: 600_000,
  offsetMetadataMaxBytes: 4_096,
  offsetsRetentionMinutes: 10_080,
  offsetsRetentionCheckIntervalMs: 600_000,
  offsetsCommitTimeoutMs: 5_000,
};

/** How long a new member may wait in its first JoinGroup; fixed in Kafka. */
export const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;
