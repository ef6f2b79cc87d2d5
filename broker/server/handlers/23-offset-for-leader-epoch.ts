import {
  ErrorCode,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '../../../kafka/protocol/index.ts';
import { checkLeaderEpoch } from '../../replica/partition-read.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type Api, api } from '../api.ts';

/** OffsetForLeaderEpoch: where a leader epoch ended, for clients that check their position against truncation. */
export function offsetForLeaderEpochApi(partitions: Partitions): Api {
  return api(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, (request) => ({
    topics: request.topics.map(({ topic, partitions: asked }) => ({
      topic,
      partitions: asked.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
        const partition = partitions.lookupByName(topic, index);
        const errorCode =
          typeof partition === 'number' ? partition : checkLeaderEpoch(partition, currentLeaderEpoch);
        if (typeof partition === 'number' || errorCode !== ErrorCode.NONE) {
          return { errorCode, partition: index, leaderEpoch: -1, endOffset: -1 };
        }
        return { errorCode, partition: index, ...partition.endOffsetFor(leaderEpoch) };
      }),
    })),
  }));
}
