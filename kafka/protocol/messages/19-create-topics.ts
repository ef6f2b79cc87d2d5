import {
  array,
  bool,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  uuid,
} from '../schema/index.ts';

/** Creates topics, or only checks whether they could be. */
export const createTopicsRequest = request({
  apiKey: 19,
  name: 'CreateTopicsRequest',
  versions: '2-7',
  flexible: '5+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array({
      name: string({ mapKey: true }),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({
        partitionIndex: int32({ mapKey: true }),
        brokerIds: array(int32()),
      }),
      configs: array({
        name: string({ mapKey: true }),
        value: string({ nullable: true }),
      }),
    }),
    timeoutMs: int32({ default: 60000 }),
    validateOnly: bool({ default: false }),
  },
});

/** {@link createTopicsRequest}, decoded. */
export type CreateTopicsRequest = MessageOf<typeof createTopicsRequest>;

/** The answer to {@link createTopicsRequest}. */
export const createTopicsResponse = response({
  apiKey: 19,
  name: 'CreateTopicsResponse',
  versions: '2-7',
  flexible: '5+',
  fields: {
    throttleTimeMs: int32({ ignorable: true }),
    topics: array({
      name: string({ mapKey: true }),
      topicId: uuid({ versions: '7+', ignorable: true }),
      errorCode: int16(),
      errorMessage: string({ nullable: true, ignorable: true }),
      topicConfigErrorCode: int16({ versions: '5+', tag: 0, ignorable: true }),
      numPartitions: int32({ versions: '5+', default: -1, ignorable: true }),
      replicationFactor: int16({ versions: '5+', default: -1, ignorable: true }),
      configs: array(
        {
          name: string(),
          value: string({ nullable: true }),
          readOnly: bool(),
          configSource: int8({ default: -1, ignorable: true }),
          isSensitive: bool(),
        },
        { versions: '5+', nullable: true, ignorable: true },
      ),
    }),
  },
});

/** {@link createTopicsResponse}, decoded. */
export type CreateTopicsResponse = MessageOf<typeof createTopicsResponse>;
