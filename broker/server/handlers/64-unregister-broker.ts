import { unregisterBrokerRequest, unregisterBrokerResponse } from '../../../kafka/protocol/index.ts';
import { decideUnregisterBroker } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** UnregisterBroker: forgets a broker that will not come back. */
export function unregisterBrokerApi({ metadata, context }: Cluster): Api {
  return api(unregisterBrokerRequest, unregisterBrokerResponse, (request) =>
    metadata.change(() => decideUnregisterBroker(metadata.image, context().nodeId, request)),
  );
}
