import { consumerProtocolSubscription, encodeToBuffer } from '../../../kafka/protocol/index.ts';

/** What a consumer of the classic protocol says about itself when it joins: the topics that it reads. */
export function subscription(topics: readonly string[]): Buffer {
  const version = Buffer.from([0, 1]);
  return Buffer.concat([
    version,
    encodeToBuffer(consumerProtocolSubscription, 1, { topics, userData: null }),
  ]);
}
