import {
  array,
  coordinatorKey,
  coordinatorValue,
  int8,
  int32,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link streamsGroupCurrentMemberAssignmentValue}. */
export const streamsGroupCurrentMemberAssignmentKey = coordinatorKey({
  apiKey: 22,
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link streamsGroupCurrentMemberAssignmentKey}, decoded. */
export type StreamsGroupCurrentMemberAssignmentKey = MessageOf<typeof streamsGroupCurrentMemberAssignmentKey>;

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
  assignmentEpochs: array(int32(), { nullable: true, tag: 0 }),
};

/** The tasks that a member of a streams group owns now, and those it has still to give up. */
export const streamsGroupCurrentMemberAssignmentValue = coordinatorValue({
  apiKey: 22,
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
    activeTasksPendingRevocation: array(taskIds),
    standbyTasksPendingRevocation: array(taskIds),
    warmupTasksPendingRevocation: array(taskIds),
  },
});

/** {@link streamsGroupCurrentMemberAssignmentValue}, decoded. */
export type StreamsGroupCurrentMemberAssignmentValue = MessageOf<
  typeof streamsGroupCurrentMemberAssignmentValue
>;
