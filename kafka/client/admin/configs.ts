import {
  alterConfigsRequest,
  alterConfigsResponse,
  type DescribeConfigsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { itemErrorOf, retryItems } from '../cluster/retry-items.ts';
import { UnsupportedApiError } from '../errors.ts';
import { checkAnswer, isMissingTopic, itemError } from './item-error.ts';
import type {
  ConfigChange,
  ConfigEntry,
  ConfigReplacement,
  ConfigResource,
  ConfigSource,
  Refusable,
} from './shapes.ts';

const RESOURCE_TYPES = { topic: 2, broker: 4, 'broker-logger': 8, 'client-metrics': 16, group: 32 } as const;
const FIRST_LIST_WITH_TYPES = 1;
const typesOfResources = Object.keys(RESOURCE_TYPES) as ConfigResource['type'][];
const OPERATIONS = { set: 0, delete: 1, append: 2, subtract: 3 } as const;
/** By number, as in KIP-226. */
const SOURCES: readonly ConfigSource[] = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
];

type Described = ConfigResource & { readonly configs: readonly ConfigEntry[] };
type Wanted = ConfigResource & { readonly names?: readonly string[] };

/** Configs of a broker are read from that broker, all others from any. */
export function describeConfigs(
  cluster: Cluster,
  resources: readonly Wanted[],
  options: { readonly hasSynonyms?: boolean; readonly hasDocumentation?: boolean },
): Promise<Refusable<Described>[]> {
  const describe = async (connection: BrokerConnection, wanted: readonly Wanted[]) => {
    const { results } = await connection.send(describeConfigsRequest, describeConfigsResponse, {
      resources: wanted.map(({ type, name, names }) => ({
        resourceType: RESOURCE_TYPES[type],
        resourceName: name,
        configurationKeys: names === undefined ? null : [...names],
      })),
      includeSynonyms: options.hasSynonyms ?? false,
      includeDocumentation: options.hasDocumentation ?? false,
    });
    return wanted.map(({ type, name }) => {
      const answer = results.find(isOf({ type, name }));
      const configs = (answer?.configs ?? []).map(entryOf);
      return { type, name, configs, error: itemError(answer, `describing configs of ${type} ${name}`) };
    });
  };
  return retryItems(
    cluster,
    'describing configs',
    resources,
    (left) => byBroker(cluster, left, describe, (resource, error) => ({ ...resource, configs: [], error })),
    { isFinal: isMissingTopic },
  );
}

/** Sets, deletes, appends or subtracts single configs. */
export function incrementalAlterConfigs(
  cluster: Cluster,
  changes: readonly ConfigChange[],
  { isValidatedOnly = false }: { readonly isValidatedOnly?: boolean },
): Promise<Refusable<ConfigResource>[]> {
  const alter = async (connection: BrokerConnection, left: readonly ConfigChange[]) => {
    const { responses } = await connection.send(
      incrementalAlterConfigsRequest,
      incrementalAlterConfigsResponse,
      {
        resources: left.map(({ type, name, operations }) => ({
          resourceType: RESOURCE_TYPES[type],
          resourceName: name,
          configs: operations.map(({ name: key, operation, value }) => ({
            name: key,
            configOperation: OPERATIONS[operation],
            value: operation === 'delete' ? null : (value ?? null),
          })),
        })),
        validateOnly: isValidatedOnly,
      },
    );
    return answersOf(left, responses);
  };
  return retryItems(cluster, 'altering configs', changes, (left) => byBroker(cluster, left, alter, refused), {
    isFinal: isMissingTopic,
  });
}

/** Replaces all dynamic configs. */
export function alterConfigs(
  cluster: Cluster,
  replacements: readonly ConfigReplacement[],
  { isValidatedOnly = false }: { readonly isValidatedOnly?: boolean },
): Promise<Refusable<ConfigResource>[]> {
  const alter = async (connection: BrokerConnection, left: readonly ConfigReplacement[]) => {
    const { responses } = await connection.send(alterConfigsRequest, alterConfigsResponse, {
      resources: left.map(({ type, name, configs }) => ({
        resourceType: RESOURCE_TYPES[type],
        resourceName: name,
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      })),
      validateOnly: isValidatedOnly,
    });
    return answersOf(left, responses);
  };
  return retryItems(
    cluster,
    'altering configs',
    replacements,
    (left) => byBroker(cluster, left, alter, refused),
    { isFinal: isMissingTopic },
  );
}

/** Sends what concerns one broker to it, and the rest to the controller. Answers are in the order of `items`. */
async function byBroker<I extends ConfigResource, A>(
  cluster: Cluster,
  items: readonly I[],
  call: (connection: BrokerConnection, items: readonly I[]) => Promise<readonly A[]>,
  refuse: (item: I, error: ReturnType<typeof itemErrorOf>) => A,
): Promise<A[]> {
  const isOfBroker = ({ type, name }: I) => (type === 'broker' || type === 'broker-logger') && name !== '';
  const groups = Map.groupBy(items, (item) => (isOfBroker(item) ? item.name : ''));
  if (groups.size > 0 && cluster.metadata.brokers.length === 0) await cluster.refresher.refresh();
  const answers = new Map<I, A>();
  await Promise.all(
    [...groups].map(async ([brokerId, group]) => {
      const ask = (connection: BrokerConnection) => call(connection, group);
      if (brokerId === '') {
        const given = await cluster.controller(ask);
        for (const [index, item] of group.entries()) answers.set(item, given[index] as A);
        return;
      }
      try {
        const given = await cluster.node(Number(brokerId), MAIN_CHANNEL, ask);
        for (const [index, item] of group.entries()) answers.set(item, given[index] as A);
      } catch (error) {
        for (const item of group)
          answers.set(item, refuse(item, itemErrorOf(error, `asking broker ${brokerId}`)));
      }
    }),
  );
  return items.map((item) => answers.get(item) as A);
}

function answersOf(
  items: readonly ConfigResource[],
  responses: readonly {
    readonly errorCode: number;
    readonly errorMessage: string | null;
    readonly resourceType: number;
    readonly resourceName: string;
  }[],
): Refusable<ConfigResource>[] {
  return items.map(({ type, name }) => {
    return {
      type,
      name,
      error: itemError(responses.find(isOf({ type, name })), `altering configs of ${type} ${name}`),
    };
  });
}

function refused(
  { type, name }: ConfigResource,
  error: ReturnType<typeof itemErrorOf>,
): Refusable<ConfigResource> {
  return { type, name, error };
}

function isOf({ type, name }: ConfigResource) {
  return (answer: { readonly resourceType: number; readonly resourceName: string }): boolean =>
    answer.resourceType === RESOURCE_TYPES[type] && answer.resourceName === name;
}

function entryOf(config: DescribeConfigsResponse['results'][number]['configs'][number]): ConfigEntry {
  return {
    name: config.name,
    value: config.value,
    source: SOURCES[config.configSource] ?? 'UNKNOWN',
    isReadOnly: config.readOnly,
    isSensitive: config.isSensitive,
    synonyms: config.synonyms.map(({ name, value, source }) => ({
      name,
      value,
      source: SOURCES[source] ?? 'UNKNOWN',
    })),
    documentation: config.documentation,
  };
}

/** Of any broker (KIP-1142); brokers before 4.1 know subscriptions to client metrics alone. */
export function listConfigResources(
  cluster: Cluster,
  types: readonly ConfigResource['type'][],
): Promise<ConfigResource[]> {
  const what = 'listing config resources';
  return cluster.retry(what, () =>
    cluster.any(async (connection) => {
      const isTyped = connection.versionOf(listConfigResourcesRequest) >= FIRST_LIST_WITH_TYPES;
      if (!isTyped && types.some((type) => type !== 'client-metrics'))
        throw new UnsupportedApiError('a list of config resources by type (ListConfigResources v1)');
      const response = await connection.send(listConfigResourcesRequest, listConfigResourcesResponse, {
        resourceTypes: isTyped ? types.map((type) => RESOURCE_TYPES[type]) : [],
      });
      checkAnswer(response, what);
      return response.configResources.flatMap(({ resourceType, resourceName }) => {
        const type = typesOfResources.find((each) => RESOURCE_TYPES[each] === resourceType);
        return type === undefined ? [] : [{ type, name: resourceName }];
      });
    }),
  );
}
