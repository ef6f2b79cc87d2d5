import {
  ApiKey,
  type ApiVersionsRequest,
  apiVersionsRequest,
  apiVersionsResponse,
  type Encodable,
  ErrorCode,
  encodeResponseFrame,
  type MessageDefinition,
} from '../../../kafka/protocol/index.ts';
import { type Api, api } from '../api.ts';

/** A feature with its supported range and its finalized level, for `kafka-features` and clients that ask for it. */
export interface FeatureLevel {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** 0: not finalized. */
  readonly level: number;
}

/** What is told about features, and the metadata offset as of which it is true. */
export interface Features {
  readonly epoch: number;
  readonly levels: readonly FeatureLevel[];
}

/** Oldest Produce version told to clients: librdkafka takes the lack of 0 to 2 for the lack of features (KAFKA-18659). */
const PRODUCE_MIN_ADVERTISED = 0;
const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/** ApiVersions: what is served, in which versions. `served` is asked at each request, so it may include this API. */
export function apiVersionsApi(served: () => Iterable<Api>, features: () => Features): Api {
  return api(apiVersionsRequest, apiVersionsResponse, (request, { apiVersion }) => {
    if (apiVersion >= 3 && !isValidSoftware(request))
      return { errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [] };
    return {
      errorCode: ErrorCode.NONE,
      apiKeys: [...served()].map(({ request: definition }) => rangeOf(definition)),
      ...featureFields(features(), apiVersion),
    };
  });
}

/** The answer to an ApiVersions request of a version that is not known: always in version 0, with the known range. */
export function answerUnsupportedApiVersions(correlationId: number): Buffer[] {
  return encodeResponseFrame(
    apiVersionsResponse,
    { apiVersion: 0, correlationId },
    { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys: [rangeOf(apiVersionsRequest)] },
  );
}

function rangeOf({ apiKey, versions, isLatestVersionUnstable }: MessageDefinition) {
  return {
    apiKey,
    minVersion: apiKey === ApiKey.Produce ? PRODUCE_MIN_ADVERTISED : versions.first,
    maxVersion: isLatestVersionUnstable ? versions.last - 1 : versions.last,
  };
}

function isValidSoftware({ clientSoftwareName, clientSoftwareVersion }: ApiVersionsRequest): boolean {
  return SOFTWARE_NAME.test(clientSoftwareName) && SOFTWARE_NAME.test(clientSoftwareVersion);
}

/** Before v4 a feature that supports level 0 must be left out: older Java clients refuse it. */
function featureFields(
  features: Features,
  apiVersion: number,
): Partial<Encodable<typeof apiVersionsResponse>> {
  if (apiVersion < 3) return {};
  const finalized = features.levels.filter(({ level }) => level > 0);
  return {
    supportedFeatures: features.levels.filter(({ minVersion }) => apiVersion >= 4 || minVersion > 0),
    finalizedFeaturesEpoch: features.epoch,
    finalizedFeatures: finalized.map(({ name, level }) => ({
      name,
      minVersionLevel: level,
      maxVersionLevel: level,
    })),
  };
}
