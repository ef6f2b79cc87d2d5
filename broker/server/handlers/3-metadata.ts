import { metadataRequest, metadataResponse } from '../../../kafka/protocol/index.ts';
import { answerMetadata, unrestrictedAccess } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import { type Cluster, viewOf } from '../cluster.ts';

/** Metadata: brokers, topics, leaders. Missing topics that may be created are, and the client asks again. */
export function metadataApi(cluster: Cluster): Api {
  return api(metadataRequest, metadataResponse, (request, context) => {
    const { config } = cluster.context();
    const options = { version: context.apiVersion, config, access: unrestrictedAccess };
    const { response, topicsToCreate } = answerMetadata(viewOf(cluster, context), request, options);
    if (topicsToCreate.length > 0) cluster.autoCreate(topicsToCreate);
    return response;
  });
}
