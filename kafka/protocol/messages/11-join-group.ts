import {
  array,
  bool,
  bytes,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Enters a classic group, or enters again when it rebalances. */
export const joinGroupRequest = request({
  apiKey: 11,
  name: 'JoinGroupRequest',
  versions: '0-9',
  flexible: '6+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ versions: '1+', default: -1, ignorable: true }),
    memberId: string(),
    groupInstanceId: string({ versions: '5+', nullable: true, default: null }),
    protocolType: string(),
    protocols: array({
      name: string({ mapKey: true }),
      metadata: bytes(),
    }),
    reason: string({ versions: '8+', nullable: true, default: null, ignorable: true }),
  },
});

/** {@link joinGroupRequest}, decoded. */
export type JoinGroupRequest = MessageOf<typeof joinGroupRequest>;

/** The answer to {@link joinGroupRequest}. */
export const joinGroupResponse = response({
  apiKey: 11,
  name: 'JoinGroupResponse',
  versions: '0-9',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32({ versions: '2+', ignorable: true }),
    errorCode: int16(),
    generationId: int32({ default: -1 }),
    protocolType: string({ versions: '7+', nullable: true, default: null, ignorable: true }),
    protocolName: string({ nullable: '7+' }),
    leader: string(),
    skipAssignment: bool({ versions: '9+', default: false }),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
      metadata: bytes(),
    }),
  },
});

/** {@link joinGroupResponse}, decoded. */
export type JoinGroupResponse = MessageOf<typeof joinGroupResponse>;
