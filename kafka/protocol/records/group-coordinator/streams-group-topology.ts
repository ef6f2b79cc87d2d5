import {
  array,
  coordinatorKey,
  coordinatorValue,
  int16,
  int32,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link streamsGroupTopologyValue}. */
export const streamsGroupTopologyKey = coordinatorKey({
  apiKey: 23,
  name: 'StreamsGroupTopologyKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link streamsGroupTopologyKey}, decoded. */
export type StreamsGroupTopologyKey = MessageOf<typeof streamsGroupTopologyKey>;

const topicConfig = {
  key: string(),
  value: string(),
};

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array(topicConfig),
};

/** The topology of a streams group. */
export const streamsGroupTopologyValue = coordinatorValue({
  apiKey: 23,
  name: 'StreamsGroupTopologyValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    subtopologies: array({
      subtopologyId: string(),
      sourceTopics: array(string()),
      sourceTopicRegex: array(string()),
      stateChangelogTopics: array(topicInfo),
      repartitionSinkTopics: array(string()),
      repartitionSourceTopics: array(topicInfo),
      copartitionGroups: array({
        sourceTopics: array(int16()),
        sourceTopicRegex: array(int16()),
        repartitionSourceTopics: array(int16()),
      }),
    }),
  },
});

/** {@link streamsGroupTopologyValue}, decoded. */
export type StreamsGroupTopologyValue = MessageOf<typeof streamsGroupTopologyValue>;
