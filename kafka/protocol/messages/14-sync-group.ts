import { array, bytes, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Hands the leader's assignments to the coordinator and each member its own. */
export const syncGroupRequest = request({
  apiKey: 14,
  name: 'SyncGroupRequest',
  versions: '0-5',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: '3+', nullable: true, default: null }),
    protocolType: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
    protocolName: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
    assignments: array({
      memberId: string(),
      assignment: bytes(),
    }),
  },
});

/** {@link syncGroupRequest}, decoded. */
export type SyncGroupRequest = MessageOf<typeof syncGroupRequest>;

/** The answer to {@link syncGroupRequest}. */
export const syncGroupResponse = response({
  apiKey: 14,
  name: 'SyncGroupResponse',
  versions: '0-5',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    errorCode: int16(),
    protocolType: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
    protocolName: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
    assignment: bytes(),
  },
});

/** {@link syncGroupResponse}, decoded. */
export type SyncGroupResponse = MessageOf<typeof syncGroupResponse>;
