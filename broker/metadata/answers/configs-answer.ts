import {
  type DescribeConfigsRequest,
  type describeConfigsResponse,
  type Element,
  type Encodable,
  ErrorCode,
  errorOf,
  type ListConfigResourcesRequest,
  type listConfigResourcesResponse,
} from '../../../kafka/protocol/index.ts';
import {
  type ConfigTexts,
  type DescribedConfig,
  describeBrokerConfigs,
  describeBrokerDefaults,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeLoggers,
  describeTopicConfigs,
} from '../../config/index.ts';
import { orRefusal } from '../controller/decision.ts';
import { RefusedError } from '../errors.ts';
import { brokerLayers, type MetadataImage, resourceTypes } from '../image.ts';
import { topicNameProblem } from '../topic-name.ts';

/** The node that answers, and what it started with. */
export interface ConfigsView {
  readonly image: MetadataImage;
  readonly nodeId: number;
  readonly properties: ConfigTexts;
  /** Level of each logger of this node. */
  readonly loggers: ConfigTexts;
}

export type DescribeConfigsAnswer = Encodable<typeof describeConfigsResponse>;
type Resource = Element<DescribeConfigsRequest['resources']>;

/**
 * Answers DescribeConfigs (32). Each resource is answered, in order; one of a type that is not there spoils the whole
 * request. Rights are the caller's to check before. Groups and client metrics subscriptions nobody configured have
 * defaults.
 */
export function answerDescribeConfigs(
  view: ConfigsView,
  request: DescribeConfigsRequest,
): DescribeConfigsAnswer {
  const known = Object.values<number>(resourceTypes);
  const isSpoiled = request.resources.some(({ resourceType }) => !known.includes(resourceType));
  const results = request.resources.map((resource) => {
    const { resourceType, resourceName, configurationKeys } = resource;
    const isAll = configurationKeys === null || configurationKeys.length === 0;
    const describe = () => {
      if (isSpoiled) throw malformed();
      const configs = describeResource(view, resource)
        .filter(({ name }) => isAll || configurationKeys.includes(name))
        .map((config) => entry(config, request));
      return { errorCode: ErrorCode.NONE, errorMessage: '', resourceType, resourceName, configs };
    };
    return orRefusal(describe, ({ errorCode, message }) => {
      return { errorCode, errorMessage: message, resourceType, resourceName, configs: [] };
    });
  });
  return { throttleTimeMs: 0, results };
}

/** Answers ListConfigResources (74): v0 knows client metrics only; no types mean all. */
export function answerListConfigResources(
  image: MetadataImage,
  { resourceTypes: wanted }: ListConfigResourcesRequest,
  version: number,
): Encodable<typeof listConfigResourcesResponse> {
  const known = Object.values<number>(resourceTypes);
  const types = version === 0 ? [resourceTypes.CLIENT_METRICS] : wanted.length > 0 ? wanted : known;
  if (types.some((type) => !known.includes(type))) {
    return { throttleTimeMs: 0, errorCode: ErrorCode.UNSUPPORTED_VERSION, configResources: [] };
  }
  const configResources = [...new Set(types)].flatMap((resourceType) =>
    resourceNames(image, resourceType).map((resourceName) => ({ resourceName, resourceType })),
  );
  return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, configResources };
}

function describeResource(view: ConfigsView, resource: Resource): readonly DescribedConfig[] {
  const { image } = view;
  const layers = brokerLayers(image, view.nodeId, view.properties);
  const { resourceType, resourceName } = resource;
  const overrides = image.configs(resourceType, resourceName);
  switch (resourceType) {
    case resourceTypes.TOPIC:
      refuseTopic(image, resourceName);
      return describeTopicConfigs(overrides, layers);
    case resourceTypes.BROKER:
      if (resourceName === '') return describeBrokerDefaults(layers.dynamicDefault);
      refuseForeignBroker(view, resourceName, ' or empty string,');
      return describeBrokerConfigs(layers, derivedConfigs(view));
    case resourceTypes.BROKER_LOGGER:
      refuseEmpty(resourceName, 'Broker id must not be empty');
      refuseForeignBroker(view, resourceName, '');
      return describeLoggers(view.loggers);
    case resourceTypes.CLIENT_METRICS:
      refuseEmpty(resourceName, 'Client metrics subscription name must not be empty');
      return describeClientMetricsConfigs(overrides);
    case resourceTypes.GROUP:
      refuseEmpty(resourceName, 'Group name must not be empty');
      return describeGroupConfigs(overrides, layers);
    default:
      throw malformed();
  }
}

function malformed(): RefusedError {
  return new RefusedError(ErrorCode.INVALID_REQUEST, errorOf(ErrorCode.INVALID_REQUEST).message);
}

/** Where clients find the broker is known when it has opened its listeners, configured or not. */
function derivedConfigs({ image, nodeId }: ConfigsView): ConfigTexts {
  const endpoints = image.broker(nodeId)?.endpoints ?? [];
  const addresses = endpoints.map(({ name, host, port }) => {
    return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  });
  return new Map(addresses.length === 0 ? [] : [['advertised.listeners', addresses.join(',')]]);
}

function refuseTopic(image: MetadataImage, name: string): void {
  const problem = topicNameProblem(name);
  if (problem !== undefined) throw new RefusedError(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
  if (image.topic(name) !== undefined) return;
  throw new RefusedError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, '');
}

function refuseForeignBroker({ nodeId }: ConfigsView, name: string, otherwise: string): void {
  if (!/^-?\d{1,10}$/.test(name)) {
    const message = `Broker id must be an integer, but it is: ${name}`;
    throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
  }
  if (Number(name) === nodeId) return;
  const message = `Unexpected broker id, expected ${nodeId}${otherwise} but received ${name}`;
  throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
}

function refuseEmpty(name: string, message: string): void {
  if (name === '') throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
}

function entry(config: DescribedConfig, request: DescribeConfigsRequest) {
  return {
    name: config.name,
    value: config.value,
    readOnly: config.isReadOnly,
    configSource: config.source,
    isSensitive: config.isSensitive,
    synonyms: request.includeSynonyms ? config.synonyms : [],
    configType: config.type,
    documentation: request.includeDocumentation || config.documentation === '' ? config.documentation : null,
  };
}

function resourceNames(image: MetadataImage, resourceType: number): readonly string[] {
  switch (resourceType) {
    case resourceTypes.TOPIC:
      return [...image.topics()].map(({ name }) => name);
    case resourceTypes.BROKER:
    case resourceTypes.BROKER_LOGGER:
      return [...image.brokers()].map(({ id }) => String(id));
    default:
      return image.configuredNames(resourceType);
  }
}
