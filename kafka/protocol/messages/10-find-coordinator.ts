import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Finds the broker that coordinates a group, transactional id or share partition; several keys from v4. */
export const findCoordinatorRequest = request({
  apiKey: 10,
  name: 'FindCoordinatorRequest',
  versions: '0-6',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    key: string({ versions: '0-3' }),
    keyType: int8({ versions: '1+', default: 0 }),
    coordinatorKeys: array(string(), { versions: '4+' }),
  },
});

/** {@link findCoordinatorRequest}, decoded. */
export type FindCoordinatorRequest = MessageOf<typeof findCoordinatorRequest>;

/** The answer to {@link findCoordinatorRequest}. */
export const findCoordinatorResponse = response({
  apiKey: 10,
  name: 'FindCoordinatorResponse',
  versions: '0-6',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    errorCode: int16({ versions: '0-3' }),
    errorMessage: string({ versions: '1-3', nullable: true, ignorable: true }),
    nodeId: int32({ versions: '0-3' }),
    host: string({ versions: '0-3' }),
    port: int32({ versions: '0-3' }),
    coordinators: array(
      {
        key: string(),
        nodeId: int32(),
        host: string(),
        port: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true, ignorable: true }),
      },
      { versions: '4+' },
    ),
  },
});

/** {@link findCoordinatorResponse}, decoded. */
export type FindCoordinatorResponse = MessageOf<typeof findCoordinatorResponse>;
