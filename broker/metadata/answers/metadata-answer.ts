import {
  type Element,
  type Encodable,
  ErrorCode,
  type MetadataRequest,
  type metadataResponse,
} from '../../../kafka/protocol/index.ts';
import type { BrokerConfig } from '../../config/index.ts';
import { isActive } from '../controller/placement.ts';
import { partitionsInOrder, type TopicImage, zeroUuid } from '../image.ts';
import { isInternalTopic, topicNameProblem } from '../topic-name.ts';
import { type MetadataAccess, operationsOmitted } from './access.ts';
import { type ClusterView, controllerId, partitionView, reachableBrokers } from './cluster-view.ts';

export type MetadataAnswer = Encodable<typeof metadataResponse>;
type TopicAnswer = Element<MetadataAnswer['topics']>;

export interface MetadataOptions {
  readonly version: number;
  readonly config: BrokerConfig;
  readonly access: MetadataAccess;
}

/** An answer, and the missing topics to create now: the client asks again for them. */
export interface MetadataAnswerPlan {
  readonly response: MetadataAnswer;
  readonly topicsToCreate: readonly string[];
}

/** Answers Metadata (3) v0-13. Every distinct topic asked for is answered once. */
export function answerMetadata(
  view: ClusterView,
  request: MetadataRequest,
  options: MetadataOptions,
): MetadataAnswerPlan {
  const malformed = malformedError(request, options.version);
  if (malformed !== undefined) return { topicsToCreate: [], response: refusal(request, malformed) };
  const wanted = wantedTopics(request, options.version);
  const topicsToCreate: string[] = [];
  const topics =
    wanted.kind === 'all'
      ? allTopics(view, request, options)
      : wanted.kind === 'ids'
        ? wanted.ids.map((id) => topicOfId(view, request, { id, options }))
        : wanted.names.map((name) => namedTopic(view, request, { name, options, topicsToCreate }));
  const brokers = reachableBrokers(view);
  return {
    topicsToCreate,
    response: {
      throttleTimeMs: 0,
      brokers: brokers.map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
      clusterId: view.clusterId,
      controllerId: controllerId(brokers),
      topics,
      ...(request.includeClusterAuthorizedOperations
        ? { clusterAuthorizedOperations: options.access.clusterOperations() }
        : {}),
    },
  };
}

type Wanted =
  | { readonly kind: 'all' }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'names'; readonly names: readonly string[] };

/** In v0 an empty list means all, later null. One id among the topics makes it a look-up by id. */
function wantedTopics({ topics }: MetadataRequest, version: number): Wanted {
  if (topics === null || (version === 0 && topics.length === 0)) return { kind: 'all' };
  const ids = topics.map(({ topicId }) => topicId).filter((id) => id !== zeroUuid);
  if (ids.length > 0) return { kind: 'ids', ids: [...new Set(ids)] };
  return { kind: 'names', names: [...new Set(topics.map(({ name }) => name ?? ''))] };
}

/** Ids came with v10, but a broker looks them up only from v12. Kafka has no better word for a topic without either. */
function malformedError({ topics }: MetadataRequest, version: number): number | undefined {
  const given = topics ?? [];
  if (version < 12) {
    const isMalformed = given.some(({ name, topicId }) => name === null || topicId !== zeroUuid);
    return isMalformed ? ErrorCode.INVALID_REQUEST : undefined;
  }
  const isByName = given.every(({ topicId }) => topicId === zeroUuid);
  return isByName && given.some(({ name }) => name === null) ? ErrorCode.UNKNOWN_SERVER_ERROR : undefined;
}

/** An answer that tells of nothing but the error. */
function refusal({ topics }: MetadataRequest, errorCode: number): MetadataAnswer {
  return {
    throttleTimeMs: 0,
    brokers: [],
    clusterId: null,
    controllerId: -1,
    errorCode,
    topics: (topics ?? []).map(({ name, topicId }) => ({
      errorCode,
      name: name ?? '',
      topicId,
      partitions: [],
    })),
  };
}

function allTopics(
  view: ClusterView,
  request: MetadataRequest,
  options: MetadataOptions,
): readonly TopicAnswer[] {
  return [...view.image.topics()]
    .filter(({ name }) => options.access.canDescribeTopic(name))
    .map((topic) => existingTopic(view, request, { topic, options }));
}

function topicOfId(
  view: ClusterView,
  request: MetadataRequest,
  { id, options }: { readonly id: string; readonly options: MetadataOptions },
): TopicAnswer {
  const topic = view.image.topicById(id);
  if (topic === undefined) {
    return { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, topicId: id, partitions: [] };
  }
  if (!options.access.canDescribeTopic(topic.name)) {
    const errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    return { errorCode, name: null, topicId: id, partitions: [] };
  }
  return existingTopic(view, request, { topic, options });
}

function namedTopic(
  view: ClusterView,
  request: MetadataRequest,
  {
    name,
    options,
    topicsToCreate,
  }: { readonly name: string; readonly options: MetadataOptions; readonly topicsToCreate: string[] },
): TopicAnswer {
  const topic = view.image.topic(name);
  const refused = (errorCode: number): TopicAnswer => {
    return { errorCode, name, isInternal: isInternalTopic(name), partitions: [] };
  };
  const missing = (errorCode: number): TopicAnswer => {
    return { ...refused(errorCode), topicAuthorizedOperations: operationsOf(name, request, options) };
  };
  if (!options.access.canDescribeTopic(name)) return refused(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
  if (topic !== undefined) return existingTopic(view, request, { topic, options });
  if (topicNameProblem(name) !== undefined) return missing(ErrorCode.INVALID_TOPIC_EXCEPTION);
  if (!request.allowAutoTopicCreation || !options.config.autoCreateTopicsEnable) {
    return missing(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
  if (!options.access.canCreateTopic(name)) return refused(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
  if (replicationFactor(name, options.config) > activeBrokers(view)) {
    return missing(ErrorCode.INVALID_REPLICATION_FACTOR);
  }
  topicsToCreate.push(name);
  return missing(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
}

function existingTopic(
  view: ClusterView,
  request: MetadataRequest,
  { topic, options }: { readonly topic: TopicImage; readonly options: MetadataOptions },
): TopicAnswer {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: partitionsInOrder(topic).map((partition) => {
      const shown = partitionView(view, partition);
      const isTooNew = shown.errorCode === ErrorCode.LISTENER_NOT_FOUND && options.version < 6;
      return isTooNew ? { ...shown, errorCode: ErrorCode.LEADER_NOT_AVAILABLE } : shown;
    }),
    topicAuthorizedOperations: operationsOf(topic.name, request, options),
  };
}

function operationsOf(name: string, request: MetadataRequest, { access }: MetadataOptions): number {
  return request.includeTopicAuthorizedOperations ? access.topicOperations(name) : operationsOmitted;
}

function replicationFactor(name: string, config: BrokerConfig): number {
  switch (name) {
    case '__consumer_offsets':
      return config.offsetsTopicReplicationFactor;
    case '__transaction_state':
      return config.transactionStateLogReplicationFactor;
    case '__share_group_state':
      return config.shareCoordinatorStateTopicReplicationFactor;
    default:
      return config.defaultReplicationFactor;
  }
}

function activeBrokers({ image }: ClusterView): number {
  return [...image.brokers()].filter(isActive).length;
}
