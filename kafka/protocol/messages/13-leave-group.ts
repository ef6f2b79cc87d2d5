import { array, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Leaves a classic group; several members at once from v3. */
export const leaveGroupRequest = request({
  apiKey: 13,
  name: 'LeaveGroupRequest',
  versions: '0-5',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    memberId: string({ versions: '0-2' }),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: true, default: null }),
        reason: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
      },
      { versions: '3+' },
    ),
  },
});

/** {@link leaveGroupRequest}, decoded. */
export type LeaveGroupRequest = MessageOf<typeof leaveGroupRequest>;

/** The answer to {@link leaveGroupRequest}. */
export const leaveGroupResponse = response({
  apiKey: 13,
  name: 'LeaveGroupResponse',
  versions: '0-5',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    errorCode: int16(),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: true }),
        errorCode: int16(),
      },
      { versions: '3+' },
    ),
  },
});

/** {@link leaveGroupResponse}, decoded. */
export type LeaveGroupResponse = MessageOf<typeof leaveGroupResponse>;
