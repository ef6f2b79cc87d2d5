import { createTopicsRequest, createTopicsResponse } from '../../../kafka/protocol/index.ts';
import { decideCreateTopics } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** CreateTopics: new topics with their configs, or what is wrong with them. */
export function createTopicsApi({ metadata, context }: Cluster): Api {
  return api(createTopicsRequest, createTopicsResponse, (request) =>
    metadata.change(() => decideCreateTopics(context(), request)),
  );
}
