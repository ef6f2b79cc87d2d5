import { MetadataImage, partitionsInOrder, type TopicImage } from './image.ts';
import type { MetadataRecord } from './record.ts';

/**
 * The records that make an image like this one when replayed into an empty one: the content of a metadata snapshot.
 * Generated one by one; do not replay into `image` meanwhile. Throws while a metadata transaction is open.
 */
export function* imageRecords(image: MetadataImage): Generator<MetadataRecord> {
  const state = MetadataImage.stateOf(image);
  if (state.transaction !== undefined) throw new Error('a snapshot cannot be taken inside a transaction');
  for (const [name, featureLevel] of state.features) {
    yield { type: 'FeatureLevelRecord', value: { name, featureLevel } };
  }
  yield* brokerRecords(image);
  for (const value of state.controllers.values()) yield { type: 'RegisterControllerRecord', value };
  for (const topic of state.topicsByName.values()) yield* topicRecords(topic);
  yield* configRecords(image);
  for (const value of state.clientQuotas.values()) yield { type: 'ClientQuotaRecord', value };
  if (state.producerIds !== undefined) yield { type: 'ProducerIdsRecord', value: state.producerIds };
  for (const value of state.acls.values()) yield { type: 'AccessControlEntryRecord', value };
  for (const value of state.scramCredentials.values()) yield { type: 'UserScramCredentialRecord', value };
  for (const value of state.delegationTokens.values()) yield { type: 'DelegationTokenRecord', value };
}

function* brokerRecords(image: MetadataImage): Generator<MetadataRecord> {
  for (const broker of image.brokers()) {
    yield {
      type: 'RegisterBrokerRecord',
      value: {
        brokerId: broker.id,
        isMigratingZkBroker: false,
        incarnationId: broker.incarnationId,
        brokerEpoch: broker.epoch,
        endPoints: broker.endpoints,
        features: broker.features,
        rack: broker.rack,
        fenced: broker.isFenced,
        inControlledShutdown: broker.isInControlledShutdown,
        logDirs: broker.logDirs,
        cordonedLogDirs: broker.cordonedLogDirs,
      },
    };
  }
}

function* topicRecords(topic: TopicImage): Generator<MetadataRecord> {
  yield { type: 'TopicRecord', value: { name: topic.name, topicId: topic.id } };
  for (const partition of partitionsInOrder(topic)) {
    yield {
      type: 'PartitionRecord',
      value: {
        ...partition,
        topicId: topic.id,
        eligibleLeaderReplicas: nullIfEmpty(partition.eligibleLeaderReplicas),
        lastKnownElr: nullIfEmpty(partition.lastKnownElr),
      },
    };
  }
}

function* configRecords(image: MetadataImage): Generator<MetadataRecord> {
  for (const [resourceType, resources] of MetadataImage.stateOf(image).configs) {
    for (const [resourceName, texts] of resources) {
      for (const [name, value] of texts) {
        yield { type: 'ConfigRecord', value: { resourceType, resourceName, name, value } };
      }
    }
  }
}

function nullIfEmpty(ids: readonly number[]): readonly number[] | null {
  return ids.length === 0 ? null : ids;
}
