import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Elects preferred or unclean leaders (KIP-460). Null `topicPartitions` mean all. */
export const electLeadersRequest = request({
  apiKey: 43,
  name: 'ElectLeadersRequest',
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    electionType: int8({ versions: '1+' }),
    topicPartitions: array(
      {
        topic: string({ mapKey: true }),
        partitions: array(int32()),
      },
      { nullable: true },
    ),
    timeoutMs: int32({ default: 60000 }),
  },
});

/** {@link electLeadersRequest}, decoded. */
export type ElectLeadersRequest = MessageOf<typeof electLeadersRequest>;

/** The answer to {@link electLeadersRequest}. */
export const electLeadersResponse = response({
  apiKey: 43,
  name: 'ElectLeadersResponse',
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16({ versions: '1+' }),
    replicaElectionResults: array({
      topic: string(),
      partitionResult: array({
        partitionId: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true }),
      }),
    }),
  },
});

/** {@link electLeadersResponse}, decoded. */
export type ElectLeadersResponse = MessageOf<typeof electLeadersResponse>;
