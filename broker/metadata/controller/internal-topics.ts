import type { BrokerConfig } from '../../config/index.ts';
import { type InternalTopic, isInternalTopic } from '../topic-name.ts';
import type { CreatableTopic } from './create-topics.ts';

/** What to ask CreateTopics for when a missing topic is needed: internal topics have a size and configs of their own. */
export function autoCreatedTopic(name: string, config: BrokerConfig): CreatableTopic {
  if (isInternalTopic(name)) return internalTopic(name, config);
  return { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] };
}

function internalTopic(name: InternalTopic, config: BrokerConfig): CreatableTopic {
  switch (name) {
    case '__consumer_offsets':
      return topic(name, {
        numPartitions: config.offsetsTopicNumPartitions,
        replicationFactor: config.offsetsTopicReplicationFactor,
        configs: {
          'cleanup.policy': 'compact',
          'segment.bytes': config.offsetsTopicSegmentBytes,
          'compression.type': 'producer',
        },
      });
    case '__transaction_state':
      return topic(name, {
        numPartitions: config.transactionStateLogNumPartitions,
        replicationFactor: config.transactionStateLogReplicationFactor,
        configs: {
          'cleanup.policy': 'compact',
          'segment.bytes': config.transactionStateLogSegmentBytes,
          'compression.type': 'uncompressed',
          'min.insync.replicas': config.transactionStateLogMinIsr,
          'unclean.leader.election.enable': 'false',
        },
      });
    case '__share_group_state':
      return topic(name, {
        numPartitions: config.shareCoordinatorStateTopicNumPartitions,
        replicationFactor: config.shareCoordinatorStateTopicReplicationFactor,
        configs: {
          'cleanup.policy': 'delete',
          'retention.ms': '-1',
          'segment.bytes': config.shareCoordinatorStateTopicSegmentBytes,
          'compression.type': 'producer',
          'min.insync.replicas': config.shareCoordinatorStateTopicMinIsr,
        },
      });
  }
}

/** Segments smaller than a topic may ask for are asked for under the name without a lower bound. */
const segmentBytesMin = 1_048_576;

function topic(
  name: InternalTopic,
  {
    numPartitions,
    replicationFactor,
    configs,
  }: {
    readonly numPartitions: number;
    readonly replicationFactor: number;
    readonly configs: Readonly<Record<string, string | number>>;
  },
): CreatableTopic {
  const entries = Object.entries(configs).map(([key, value]) => ({
    name: key === 'segment.bytes' && Number(value) < segmentBytesMin ? 'internal.segment.bytes' : key,
    value: String(value),
  }));
  return { name, numPartitions, replicationFactor, assignments: [], configs: entries };
}
