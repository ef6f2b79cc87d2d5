import {
  array,
  bool,
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

/** Describes streams groups (KIP-1071). */
export const streamsGroupDescribeRequest = request({
  apiKey: 89,
  name: 'StreamsGroupDescribeRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
});

/** {@link streamsGroupDescribeRequest}, decoded. */
export type StreamsGroupDescribeRequest = MessageOf<typeof streamsGroupDescribeRequest>;

const endpoint = {
  host: string(),
  port: uint16(),
};

const taskOffset = {
  subtopologyId: string(),
  partition: int32(),
  offset: int64(),
};

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
};

const assignment = {
  activeTasks: array(taskIds),
  standbyTasks: array(taskIds),
  warmupTasks: array(taskIds),
};

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

/** The answer to {@link streamsGroupDescribeRequest}. */
export const streamsGroupDescribeResponse = response({
  apiKey: 89,
  name: 'StreamsGroupDescribeResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true, default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: struct(
        {
          epoch: int32(),
          subtopologies: array(
            {
              subtopologyId: string(),
              sourceTopics: array(string()),
              repartitionSinkTopics: array(string()),
              stateChangelogTopics: array(topicInfo),
              repartitionSourceTopics: array(topicInfo),
            },
            { nullable: true, default: null },
          ),
        },
        { nullable: true, default: null },
      ),
      members: array({
        memberId: string(),
        memberEpoch: int32(),
        instanceId: string({ nullable: true, default: null }),
        rackId: string({ nullable: true, default: null }),
        clientId: string(),
        clientHost: string(),
        topologyEpoch: int32(),
        processId: string(),
        userEndpoint: struct(endpoint, { nullable: true, default: null }),
        clientTags: array(keyValue),
        taskOffsets: array(taskOffset),
        taskEndOffsets: array(taskOffset),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32({ default: -2147483648 }),
    }),
  },
});

/** {@link streamsGroupDescribeResponse}, decoded. */
export type StreamsGroupDescribeResponse = MessageOf<typeof streamsGroupDescribeResponse>;
