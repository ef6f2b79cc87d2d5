import { apis } from './apis.ts';
import { consumerProtocolAssignment, consumerProtocolSubscription } from './messages/consumer-protocol.ts';
import { defaultPrincipalData } from './messages/default-principal-data.ts';
import { requestHeader, responseHeader } from './messages/headers.ts';
import {
  controlRecordTypeSchema,
  endTxnMarker,
  kRaftVersionRecord,
  leaderChangeMessage,
  snapshotFooterRecord,
  snapshotHeaderRecord,
  votersRecord,
} from './records/control-records.ts';
import {
  consumerGroupCurrentMemberAssignmentKey,
  consumerGroupCurrentMemberAssignmentValue,
} from './records/group-coordinator/consumer-group-current-member-assignment.ts';
import {
  consumerGroupMemberMetadataKey,
  consumerGroupMemberMetadataValue,
} from './records/group-coordinator/consumer-group-member-metadata.ts';
import {
  consumerGroupMetadataKey,
  consumerGroupMetadataValue,
} from './records/group-coordinator/consumer-group-metadata.ts';
import {
  consumerGroupPartitionMetadataKey,
  consumerGroupPartitionMetadataValue,
} from './records/group-coordinator/consumer-group-partition-metadata.ts';
import {
  consumerGroupRegularExpressionKey,
  consumerGroupRegularExpressionValue,
} from './records/group-coordinator/consumer-group-regular-expression.ts';
import {
  consumerGroupTargetAssignmentMemberKey,
  consumerGroupTargetAssignmentMemberValue,
} from './records/group-coordinator/consumer-group-target-assignment-member.ts';
import {
  consumerGroupTargetAssignmentMetadataKey,
  consumerGroupTargetAssignmentMetadataValue,
} from './records/group-coordinator/consumer-group-target-assignment-metadata.ts';
import { groupMetadataKey, groupMetadataValue } from './records/group-coordinator/group-metadata.ts';
import {
  legacyOffsetCommitKey,
  legacyOffsetCommitValue,
} from './records/group-coordinator/legacy-offset-commit.ts';
import { offsetCommitKey, offsetCommitValue } from './records/group-coordinator/offset-commit.ts';
import {
  shareGroupCurrentMemberAssignmentKey,
  shareGroupCurrentMemberAssignmentValue,
} from './records/group-coordinator/share-group-current-member-assignment.ts';
import {
  shareGroupMemberMetadataKey,
  shareGroupMemberMetadataValue,
} from './records/group-coordinator/share-group-member-metadata.ts';
import {
  shareGroupMetadataKey,
  shareGroupMetadataValue,
} from './records/group-coordinator/share-group-metadata.ts';
import {
  shareGroupStatePartitionMetadataKey,
  shareGroupStatePartitionMetadataValue,
} from './records/group-coordinator/share-group-state-partition-metadata.ts';
import {
  shareGroupTargetAssignmentMemberKey,
  shareGroupTargetAssignmentMemberValue,
} from './records/group-coordinator/share-group-target-assignment-member.ts';
import {
  shareGroupTargetAssignmentMetadataKey,
  shareGroupTargetAssignmentMetadataValue,
} from './records/group-coordinator/share-group-target-assignment-metadata.ts';
import {
  streamsGroupCurrentMemberAssignmentKey,
  streamsGroupCurrentMemberAssignmentValue,
} from './records/group-coordinator/streams-group-current-member-assignment.ts';
import {
  streamsGroupMemberMetadataKey,
  streamsGroupMemberMetadataValue,
} from './records/group-coordinator/streams-group-member-metadata.ts';
import {
  streamsGroupMetadataKey,
  streamsGroupMetadataValue,
} from './records/group-coordinator/streams-group-metadata.ts';
import {
  streamsGroupTargetAssignmentMemberKey,
  streamsGroupTargetAssignmentMemberValue,
} from './records/group-coordinator/streams-group-target-assignment-member.ts';
import {
  streamsGroupTargetAssignmentMetadataKey,
  streamsGroupTargetAssignmentMetadataValue,
} from './records/group-coordinator/streams-group-target-assignment-metadata.ts';
import {
  streamsGroupTopologyKey,
  streamsGroupTopologyValue,
} from './records/group-coordinator/streams-group-topology.ts';
import { abortTransactionRecord } from './records/metadata/abort-transaction-record.ts';
import { accessControlEntryRecord } from './records/metadata/access-control-entry-record.ts';
import { beginTransactionRecord } from './records/metadata/begin-transaction-record.ts';
import { brokerRegistrationChangeRecord } from './records/metadata/broker-registration-change-record.ts';
import { clearElrRecord } from './records/metadata/clear-elr-record.ts';
import { clientQuotaRecord } from './records/metadata/client-quota-record.ts';
import { configRecord } from './records/metadata/config-record.ts';
import { delegationTokenRecord } from './records/metadata/delegation-token-record.ts';
import { endTransactionRecord } from './records/metadata/end-transaction-record.ts';
import { featureLevelRecord } from './records/metadata/feature-level-record.ts';
import { fenceBrokerRecord } from './records/metadata/fence-broker-record.ts';
import { noOpRecord } from './records/metadata/no-op-record.ts';
import { partitionChangeRecord } from './records/metadata/partition-change-record.ts';
import { partitionRecord } from './records/metadata/partition-record.ts';
import { producerIdsRecord } from './records/metadata/producer-ids-record.ts';
import { registerBrokerRecord } from './records/metadata/register-broker-record.ts';
import { registerControllerRecord } from './records/metadata/register-controller-record.ts';
import { removeAccessControlEntryRecord } from './records/metadata/remove-access-control-entry-record.ts';
import { removeDelegationTokenRecord } from './records/metadata/remove-delegation-token-record.ts';
import { removeTopicRecord } from './records/metadata/remove-topic-record.ts';
import { removeUserScramCredentialRecord } from './records/metadata/remove-user-scram-credential-record.ts';
import { topicRecord } from './records/metadata/topic-record.ts';
import { unfenceBrokerRecord } from './records/metadata/unfence-broker-record.ts';
import { unregisterBrokerRecord } from './records/metadata/unregister-broker-record.ts';
import { userScramCredentialRecord } from './records/metadata/user-scram-credential-record.ts';
import { zkMigrationStateRecord } from './records/metadata/zk-migration-state-record.ts';
import { quorumStateData } from './records/raft/quorum-state-data.ts';
import { shareSnapshotKey, shareSnapshotValue } from './records/share-coordinator/share-snapshot.ts';
import { shareUpdateKey, shareUpdateValue } from './records/share-coordinator/share-update.ts';
import { producerSnapshot } from './records/storage/producer-snapshot.ts';
import { remoteLogSegmentMetadataRecord } from './records/storage/remote-log-segment-metadata-record.ts';
import { remoteLogSegmentMetadataSnapshotRecord } from './records/storage/remote-log-segment-metadata-snapshot-record.ts';
import { remoteLogSegmentMetadataUpdateRecord } from './records/storage/remote-log-segment-metadata-update-record.ts';
import { remotePartitionDeleteMetadataRecord } from './records/storage/remote-partition-delete-metadata-record.ts';
import { transactionLogKey, transactionLogValue } from './records/transaction-coordinator/transaction-log.ts';
import type { MessageDefinition } from './schema/index.ts';

/** The key and the value of one type of coordinator record; `type` is the int16 that starts the key. */
export interface CoordinatorRecord {
  readonly type: number;
  readonly key: MessageDefinition;
  readonly value: MessageDefinition;
}

const pair = (key: MessageDefinition, value: MessageDefinition): CoordinatorRecord => ({
  type: key.apiKey,
  key,
  value,
});

/** The records of `__consumer_offsets`. */
export const groupRecords: readonly CoordinatorRecord[] = [
  pair(consumerGroupCurrentMemberAssignmentKey, consumerGroupCurrentMemberAssignmentValue),
  pair(consumerGroupMemberMetadataKey, consumerGroupMemberMetadataValue),
  pair(consumerGroupMetadataKey, consumerGroupMetadataValue),
  pair(consumerGroupPartitionMetadataKey, consumerGroupPartitionMetadataValue),
  pair(consumerGroupRegularExpressionKey, consumerGroupRegularExpressionValue),
  pair(consumerGroupTargetAssignmentMemberKey, consumerGroupTargetAssignmentMemberValue),
  pair(consumerGroupTargetAssignmentMetadataKey, consumerGroupTargetAssignmentMetadataValue),
  pair(groupMetadataKey, groupMetadataValue),
  pair(legacyOffsetCommitKey, legacyOffsetCommitValue),
  pair(offsetCommitKey, offsetCommitValue),
  pair(shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentValue),
  pair(shareGroupMemberMetadataKey, shareGroupMemberMetadataValue),
  pair(shareGroupMetadataKey, shareGroupMetadataValue),
  pair(shareGroupStatePartitionMetadataKey, shareGroupStatePartitionMetadataValue),
  pair(shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberValue),
  pair(shareGroupTargetAssignmentMetadataKey, shareGroupTargetAssignmentMetadataValue),
  pair(streamsGroupCurrentMemberAssignmentKey, streamsGroupCurrentMemberAssignmentValue),
  pair(streamsGroupMemberMetadataKey, streamsGroupMemberMetadataValue),
  pair(streamsGroupMetadataKey, streamsGroupMetadataValue),
  pair(streamsGroupTargetAssignmentMemberKey, streamsGroupTargetAssignmentMemberValue),
  pair(streamsGroupTargetAssignmentMetadataKey, streamsGroupTargetAssignmentMetadataValue),
  pair(streamsGroupTopologyKey, streamsGroupTopologyValue),
];

/** The records of `__transaction_state`. */
export const transactionRecords: readonly CoordinatorRecord[] = [
  pair(transactionLogKey, transactionLogValue),
];

/** The records of `__share_group_state`. */
export const shareRecords: readonly CoordinatorRecord[] = [
  pair(shareSnapshotKey, shareSnapshotValue),
  pair(shareUpdateKey, shareUpdateValue),
];

/** The records of `__cluster_metadata`; `apiKey` is the type id in their frame. */
export const metadataRecords: readonly MessageDefinition[] = [
  abortTransactionRecord,
  accessControlEntryRecord,
  beginTransactionRecord,
  brokerRegistrationChangeRecord,
  clearElrRecord,
  clientQuotaRecord,
  configRecord,
  delegationTokenRecord,
  endTransactionRecord,
  featureLevelRecord,
  fenceBrokerRecord,
  noOpRecord,
  partitionChangeRecord,
  partitionRecord,
  producerIdsRecord,
  registerBrokerRecord,
  registerControllerRecord,
  removeAccessControlEntryRecord,
  removeDelegationTokenRecord,
  removeTopicRecord,
  removeUserScramCredentialRecord,
  topicRecord,
  unfenceBrokerRecord,
  unregisterBrokerRecord,
  userScramCredentialRecord,
  zkMigrationStateRecord,
];

/** The records of tiered storage, and the body of a producer snapshot file. */
export const storageRecords: readonly MessageDefinition[] = [
  producerSnapshot,
  remoteLogSegmentMetadataRecord,
  remoteLogSegmentMetadataSnapshotRecord,
  remoteLogSegmentMetadataUpdateRecord,
  remotePartitionDeleteMetadataRecord,
];

/** Control records of partitions and of the metadata log. */
export const controlRecords: readonly MessageDefinition[] = [
  controlRecordTypeSchema,
  endTxnMarker,
  leaderChangeMessage,
  snapshotHeaderRecord,
  snapshotFooterRecord,
  kRaftVersionRecord,
  votersRecord,
];

/** Headers, what consumers put into group messages, a forwarded principal, the quorum-state file. */
const otherMessages: readonly MessageDefinition[] = [
  requestHeader,
  responseHeader,
  consumerProtocolSubscription,
  consumerProtocolAssignment,
  defaultPrincipalData,
  quorumStateData,
];

const coordinatorRecords = [...groupRecords, ...transactionRecords, ...shareRecords];

/** Every message this package can encode and decode. */
export const allMessages: readonly MessageDefinition[] = [
  ...apis.flatMap(({ request, response }) => [request, response]),
  ...coordinatorRecords.flatMap(({ key, value }) => [key, value]),
  ...metadataRecords,
  ...storageRecords,
  ...controlRecords,
  ...otherMessages,
];

const byName = new Map(allMessages.map((message) => [message.name, message]));

/** The message with this name (`FetchRequest`, `OffsetCommitValue`), if there is one. */
export function messageByName(name: string): MessageDefinition | undefined {
  return byName.get(name);
}
