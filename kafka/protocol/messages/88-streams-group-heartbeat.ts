import {
  array,
  bool,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  struct,
  uint16,
} from '../schema/index.ts';

const keyValue = {
  key: string(),
  value: string(),
};

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array(keyValue),
};

const endpointInStreamsGroupHeartbeatRequest = {
  host: string(),
  port: uint16(),
};

const taskOffset = {
  subtopologyId: string(),
  partition: int32(),
  offset: int64(),
};

const taskIdsInStreamsGroupHeartbeatRequest = {
  subtopologyId: string(),
  partitions: array(int32()),
};

/** Joins, keeps alive, reconciles and leaves a streams group (KIP-1071). */
export const streamsGroupHeartbeatRequest = request({
  apiKey: 88,
  name: 'StreamsGroupHeartbeatRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: string({ nullable: true, default: null }),
    rackId: string({ nullable: true, default: null }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topology: struct(
      {
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
      { nullable: true, default: null },
    ),
    activeTasks: array(taskIdsInStreamsGroupHeartbeatRequest, { nullable: true, default: null }),
    standbyTasks: array(taskIdsInStreamsGroupHeartbeatRequest, { nullable: true, default: null }),
    warmupTasks: array(taskIdsInStreamsGroupHeartbeatRequest, { nullable: true, default: null }),
    processId: string({ nullable: true, default: null }),
    userEndpoint: struct(endpointInStreamsGroupHeartbeatRequest, { nullable: true, default: null }),
    clientTags: array(keyValue, { nullable: true, default: null }),
    taskOffsets: array(taskOffset, { nullable: true, default: null }),
    taskEndOffsets: array(taskOffset, { nullable: true, default: null }),
    shutdownApplication: bool({ default: false }),
  },
});

/** {@link streamsGroupHeartbeatRequest}, decoded. */
export type StreamsGroupHeartbeatRequest = MessageOf<typeof streamsGroupHeartbeatRequest>;

const status = {
  statusCode: int8(),
  statusDetail: string(),
};

const topicPartition = {
  topic: string(),
  partitions: array(int32()),
};

const taskIdsInStreamsGroupHeartbeatResponse = {
  subtopologyId: string(),
  partitions: array(int32()),
};

const endpointInStreamsGroupHeartbeatResponse = {
  host: string(),
  port: uint16(),
};

/** The answer to {@link streamsGroupHeartbeatRequest}. */
export const streamsGroupHeartbeatResponse = response({
  apiKey: 88,
  name: 'StreamsGroupHeartbeatResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, default: null }),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLag: int32(),
    taskOffsetIntervalMs: int32(),
    status: array(status, { nullable: true }),
    activeTasks: array(taskIdsInStreamsGroupHeartbeatResponse, { nullable: true, default: null }),
    standbyTasks: array(taskIdsInStreamsGroupHeartbeatResponse, { nullable: true, default: null }),
    warmupTasks: array(taskIdsInStreamsGroupHeartbeatResponse, { nullable: true, default: null }),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: array(
      {
        userEndpoint: struct(endpointInStreamsGroupHeartbeatResponse),
        activePartitions: array(topicPartition),
        standbyPartitions: array(topicPartition),
      },
      { nullable: true, default: null },
    ),
  },
});

/** {@link streamsGroupHeartbeatResponse}, decoded. */
export type StreamsGroupHeartbeatResponse = MessageOf<typeof streamsGroupHeartbeatResponse>;
