import {
  assignorNameOf,
  type ConsumerGroupTimes,
  type ConsumerWorld,
  migrationPolicyOf,
} from './consumer/consumer-world.ts';
import { MetadataHashes } from './consumer/metadata-hash.ts';
import { type GroupConfig, NEW_MEMBER_JOIN_TIMEOUT_MS } from './group-config.ts';
import type { GroupTopics } from './ports.ts';

/** What decisions about consumer groups depend on, from the topics and configs of the broker. */
export function worldOf({
  topics,
  timesOf,
  config,
}: {
  readonly topics: GroupTopics;
  readonly timesOf: (groupId: string) => ConsumerGroupTimes;
  readonly config: GroupConfig;
}): ConsumerWorld {
  return {
    topics,
    hashes: new MetadataHashes(topics),
    timesOf,
    settings: {
      maxSize: config.groupConsumerMaxSize,
      assignors: config.groupConsumerAssignors.map(assignorNameOf),
      migrationPolicy: migrationPolicyOf(config.groupConsumerMigrationPolicy),
      regexRefreshIntervalMs: config.groupConsumerRegexRefreshIntervalMs,
    },
    classic: {
      initialRebalanceDelayMs: config.groupInitialRebalanceDelayMs,
      groupMaxSize: config.groupMaxSize,
      newMemberJoinTimeoutMs: NEW_MEMBER_JOIN_TIMEOUT_MS,
    },
  };
}
