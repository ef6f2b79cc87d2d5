import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link streamsGroupTargetAssignmentMemberValue}. */
export const streamsGroupTargetAssignmentMemberKey = coordinatorKey({
  apiKey: 21,
  name: 'StreamsGroupTargetAssignmentMemberKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link streamsGroupTargetAssignmentMemberKey}, decoded. */
export type StreamsGroupTargetAssignmentMemberKey = MessageOf<typeof streamsGroupTargetAssignmentMemberKey>;

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
};

/** The tasks that the assignor wants a member of a streams group to own. */
export const streamsGroupTargetAssignmentMemberValue = coordinatorValue({
  apiKey: 21,
  name: 'StreamsGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
  },
});

/** {@link streamsGroupTargetAssignmentMemberValue}, decoded. */
export type StreamsGroupTargetAssignmentMemberValue = MessageOf<
  typeof streamsGroupTargetAssignmentMemberValue
>;
