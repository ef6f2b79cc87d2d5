import { MetadataDelta } from './delta.ts';
import { type ImageState, MetadataImage } from './image.ts';
import type { MetadataRecord, MetadataRecordType, UnknownRecord, ValueOfRecord } from './record.ts';
import {
  replayBrokerChange,
  replayFence,
  replayRegistration,
  replayUnregistration,
} from './replay-brokers.ts';
import {
  replayAcl,
  replayAclRemoval,
  replayDelegationToken,
  replayDelegationTokenRemoval,
  replayScramCredential,
  replayScramCredentialRemoval,
} from './replay-security.ts';
import { replayClientQuota, replayConfig, replayFeature } from './replay-settings.ts';
import {
  replayClearElr,
  replayPartition,
  replayPartitionChange,
  replayTopic,
  replayTopicRemoval,
} from './replay-topics.ts';

/**
 * Applies one record to `image` and notes in `delta` what it changed. Total: a record that is unknown, or about
 * something that does not exist, changes nothing but the image's count of ignored records. Records between
 * BeginTransactionRecord and EndTransactionRecord take effect together at the end, or never (KIP-868).
 */
export function replay(
  image: MetadataImage,
  record: MetadataRecord | UnknownRecord,
  delta: MetadataDelta = new MetadataDelta(),
): void {
  const state = MetadataImage.stateOf(image);
  if (record.type === 'unknown') state.ignoredRecords++;
  else if (!replayTransaction(state, record, delta)) apply(state, record, delta);
}

/** {@link replay} of several records; what they changed together. */
export function replayAll(
  image: MetadataImage,
  records: Iterable<MetadataRecord | UnknownRecord>,
): MetadataDelta {
  const delta = new MetadataDelta();
  for (const record of records) replay(image, record, delta);
  return delta;
}

/** Whether the record began, continued or ended a transaction. */
function replayTransaction(state: ImageState, record: MetadataRecord, delta: MetadataDelta): boolean {
  const { transaction } = state;
  switch (record.type) {
    case 'BeginTransactionRecord':
      state.transaction = [];
      return true;
    case 'AbortTransactionRecord':
      state.transaction = undefined;
      return true;
    case 'EndTransactionRecord':
      state.transaction = undefined;
      for (const held of transaction ?? []) apply(state, held, delta);
      return true;
    default:
      transaction?.push(record);
      return transaction !== undefined;
  }
}

type Replayer<T extends MetadataRecordType> = (
  state: ImageState,
  value: ValueOfRecord<T>,
  delta: MetadataDelta,
) => void;

const nothing = (): void => {};

const replayers: { readonly [T in MetadataRecordType]: Replayer<T> } = {
  RegisterBrokerRecord: replayRegistration,
  UnregisterBrokerRecord: replayUnregistration,
  FenceBrokerRecord: (state, value, delta) => replayFence(state, { ...value, isFenced: true }, delta),
  UnfenceBrokerRecord: (state, value, delta) => replayFence(state, { ...value, isFenced: false }, delta),
  BrokerRegistrationChangeRecord: replayBrokerChange,
  RegisterControllerRecord: (state, value) => {
    state.controllers.set(value.controllerId, value);
  },
  TopicRecord: replayTopic,
  PartitionRecord: replayPartition,
  PartitionChangeRecord: replayPartitionChange,
  RemoveTopicRecord: replayTopicRemoval,
  ClearElrRecord: replayClearElr,
  ConfigRecord: replayConfig,
  FeatureLevelRecord: replayFeature,
  ClientQuotaRecord: replayClientQuota,
  ProducerIdsRecord: (state, value) => {
    state.producerIds = value;
  },
  AccessControlEntryRecord: replayAcl,
  RemoveAccessControlEntryRecord: replayAclRemoval,
  UserScramCredentialRecord: replayScramCredential,
  RemoveUserScramCredentialRecord: replayScramCredentialRemoval,
  DelegationTokenRecord: replayDelegationToken,
  RemoveDelegationTokenRecord: replayDelegationTokenRemoval,
  NoOpRecord: nothing,
  ZkMigrationStateRecord: nothing,
  BeginTransactionRecord: nothing,
  EndTransactionRecord: nothing,
  AbortTransactionRecord: nothing,
};

function apply<T extends MetadataRecordType>(
  state: ImageState,
  record: { readonly type: T; readonly value: ValueOfRecord<T> },
  delta: MetadataDelta,
): void {
  replayers[record.type](state, record.value, delta);
}
