import { int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Keeps a member of a classic group alive; the answer tells when it has to join again. */
export const heartbeatRequest = request({
  apiKey: 12,
  name: 'HeartbeatRequest',
  versions: '0-4',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: '3+', nullable: true, default: null }),
  },
});

/** {@link heartbeatRequest}, decoded. */
export type HeartbeatRequest = MessageOf<typeof heartbeatRequest>;

/** The answer to {@link heartbeatRequest}. */
export const heartbeatResponse = response({
  apiKey: 12,
  name: 'HeartbeatResponse',
  versions: '0-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    errorCode: int16(),
  },
});

/** {@link heartbeatResponse}, decoded. */
export type HeartbeatResponse = MessageOf<typeof heartbeatResponse>;
