import { createPartitionsRequest, createPartitionsResponse } from '../../../kafka/protocol/index.ts';
import { decideCreatePartitions } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** CreatePartitions: more partitions for existing topics. */
export function createPartitionsApi({ metadata, context }: Cluster): Api {
  return api(createPartitionsRequest, createPartitionsResponse, (request) =>
    metadata.change(() => decideCreatePartitions(context(), request)),
  );
}
