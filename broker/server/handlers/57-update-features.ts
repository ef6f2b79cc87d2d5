import { updateFeaturesRequest, updateFeaturesResponse } from '../../../kafka/protocol/index.ts';
import { decideUpdateFeatures, type FeatureSupport } from '../../metadata/index.ts';
import type { QuorumVoters } from '../../quorum/voters.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/**
 * UpdateFeatures: finalizes other levels of features. `ranges` are the supported ones; `voters` those to record when
 * `kraft.version` is raised.
 */
export function updateFeaturesApi(
  { metadata, context }: Cluster,
  { ranges, voters }: { readonly ranges: FeatureSupport['ranges']; readonly voters: () => QuorumVoters },
): Api {
  return api(updateFeaturesRequest, updateFeaturesResponse, async (request, { apiVersion: version }) => {
    let raised: number | undefined;
    const response = await metadata.change(() => {
      const { kraftVersion } = metadata.voters;
      const decision = decideUpdateFeatures(context(), request, { version, ranges, kraftVersion });
      raised = decision.kraftVersion;
      return decision;
    });
    if (raised !== undefined) await metadata.changeVoters({ ...voters(), kraftVersion: raised });
    return response;
  });
}
