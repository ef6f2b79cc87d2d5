import {
  type ApiVersionsResponse,
  apiVersionsRequest,
  apiVersionsResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { UnsupportedApiError } from '../errors.ts';
import { callBroker } from './broker-calls.ts';
import { checkAnswer, itemError } from './item-error.ts';
import type { Refusable } from './shapes.ts';

const UPGRADE_TYPES = { upgrade: 1, 'safe-downgrade': 2, 'unsafe-downgrade': 3 } as const;
const FIRST_WITH_UPGRADE_TYPE = 1;
const FIRST_WITHOUT_RESULTS = 2;

/** Levels of a feature (KIP-584). */
export interface FeatureRange {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** What a broker could do, and what the cluster has agreed on. */
export interface FeatureDescription {
  readonly supported: readonly FeatureRange[];
  readonly finalized: readonly FeatureRange[];
  /** -1 when the broker does not know it. */
  readonly finalizedEpoch: number;
}

/** A new level; 0 disables the feature. */
export interface FeatureUpdate {
  readonly feature: string;
  readonly level: number;
  readonly type: keyof typeof UPGRADE_TYPES;
}

/** Asks one broker, or any. */
export function describeFeatures(cluster: Cluster, nodeId: number | undefined): Promise<FeatureDescription> {
  const what = 'describing features';
  const ask = async (connection: BrokerConnection) => {
    const response = await connection.send(apiVersionsRequest, apiVersionsResponse, connection.software);
    checkAnswer(response, what);
    return descriptionOf(response);
  };
  return nodeId === undefined
    ? cluster.retry(what, () => cluster.any(ask))
    : callBroker(cluster, what, nodeId, ask);
}

function descriptionOf(response: ApiVersionsResponse): FeatureDescription {
  return {
    supported: response.supportedFeatures,
    finalized: response.finalizedFeatures.map(({ name, minVersionLevel, maxVersionLevel }) => ({
      name,
      minVersion: minVersionLevel,
      maxVersion: maxVersionLevel,
    })),
    finalizedEpoch: response.finalizedFeaturesEpoch,
  };
}

/** Through the controller. From version 2 of the API on all updates succeed or fail together. */
export function updateFeatures(
  cluster: Cluster,
  updates: readonly FeatureUpdate[],
  { isValidatedOnly = false }: { readonly isValidatedOnly?: boolean },
): Promise<Refusable<{ readonly feature: string }>[]> {
  return cluster.retry('updating features', () =>
    cluster.controller(async (connection) => {
      const version = connection.versionOf(updateFeaturesRequest);
      if (version < FIRST_WITH_UPGRADE_TYPE && isValidatedOnly)
        throw new UnsupportedApiError('a dry run of UpdateFeatures (v1)');
      const response = await connection.send(updateFeaturesRequest, updateFeaturesResponse, {
        timeoutMs: cluster.settings.requestTimeoutMs,
        featureUpdates: updates.map(({ feature, level, type }) => ({
          feature,
          maxVersionLevel: level,
          ...(version < FIRST_WITH_UPGRADE_TYPE
            ? { allowDowngrade: type !== 'upgrade', upgradeType: UPGRADE_TYPES.upgrade }
            : { allowDowngrade: false, upgradeType: UPGRADE_TYPES[type] }),
        })),
        validateOnly: isValidatedOnly,
      });
      const whole = itemError(response, 'updating features');
      if (whole?.isRetriable) throw whole;
      return updates.map(({ feature }) => {
        const result = response.results.find((each) => each.feature === feature);
        const hasResult = whole === undefined && version < FIRST_WITHOUT_RESULTS;
        return { feature, error: hasResult ? itemError(result, `updating feature ${feature}`) : whole };
      });
    }),
  );
}
