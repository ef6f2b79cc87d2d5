import { alterConfigsRequest, alterConfigsResponse } from '../../../kafka/protocol/index.ts';
import { decideAlterConfigs } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** AlterConfigs: replaces all configs of a resource. */
export function alterConfigsApi({ metadata, context }: Cluster): Api {
  return api(alterConfigsRequest, alterConfigsResponse, (request) =>
    metadata.change(() => decideAlterConfigs(context(), request)),
  );
}
