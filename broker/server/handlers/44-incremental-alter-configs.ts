import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../../../kafka/protocol/index.ts';
import { decideIncrementalAlterConfigs } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** IncrementalAlterConfigs: sets, deletes, appends to and subtracts from single configs. */
export function incrementalAlterConfigsApi({ metadata, context }: Cluster): Api {
  return api(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, (request) =>
    metadata.change(() => decideIncrementalAlterConfigs(context(), request)),
  );
}
