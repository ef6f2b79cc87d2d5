import { deleteTopicsRequest, deleteTopicsResponse } from '../../../kafka/protocol/index.ts';
import { decideDeleteTopics } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** DeleteTopics: by name or by id. */
export function deleteTopicsApi({ metadata, context }: Cluster): Api {
  return api(deleteTopicsRequest, deleteTopicsResponse, (request, { apiVersion: version }) =>
    metadata.change(() => decideDeleteTopics(context(), request, { version })),
  );
}
