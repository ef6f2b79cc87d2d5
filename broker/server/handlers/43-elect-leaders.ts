import { electLeadersRequest, electLeadersResponse } from '../../../kafka/protocol/index.ts';
import { decideElectLeaders } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** ElectLeaders: preferred or unclean leaders for partitions that lack them. */
export function electLeadersApi({ metadata }: Cluster): Api {
  return api(electLeadersRequest, electLeadersResponse, (request) =>
    metadata.change(() => decideElectLeaders(metadata.image, request)),
  );
}
