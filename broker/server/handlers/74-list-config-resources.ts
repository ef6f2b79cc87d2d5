import { listConfigResourcesRequest, listConfigResourcesResponse } from '../../../kafka/protocol/index.ts';
import { answerListConfigResources } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** ListConfigResources: what has configs, by type. */
export function listConfigResourcesApi(cluster: Cluster): Api {
  return api(listConfigResourcesRequest, listConfigResourcesResponse, (request, { apiVersion }) =>
    answerListConfigResources(cluster.context().image, request, apiVersion),
  );
}
