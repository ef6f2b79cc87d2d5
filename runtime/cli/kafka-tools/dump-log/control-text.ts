import {
  decodeExact,
  kRaftVersionRecord,
  leaderChangeMessage,
  type MessageDefinition,
  snapshotFooterRecord,
  snapshotHeaderRecord,
  toJson,
  votersRecord,
} from '../../../../kafka/protocol/index.ts';
import {
  controlRecordType,
  endTxnCoordinatorEpoch,
  type RecordView,
} from '../../../../kafka/records/index.ts';

/** A control record as text: the marker of a transaction, or a record of the metadata quorum as JSON. */
export function controlText({ key, value }: RecordView): string {
  const type = controlRecordType(key);
  switch (type) {
    case 'ABORT':
    case 'COMMIT':
      return `endTxnMarker: ${type} coordinatorEpoch: ${endTxnCoordinatorEpoch(value) ?? 'unknown'}`;
    case 'LEADER_CHANGE':
      return `LeaderChange: ${versionedJson(leaderChangeMessage, value)}`;
    case 'SNAPSHOT_HEADER':
      return `SnapshotHeader ${versionedJson(snapshotHeaderRecord, value)}`;
    case 'SNAPSHOT_FOOTER':
      return `SnapshotFooter ${versionedJson(snapshotFooterRecord, value)}`;
    case 'KRAFT_VERSION':
      return `KRaftVersion ${versionedJson(kRaftVersionRecord, value)}`;
    case 'KRAFT_VOTERS':
      return `KRaftVoters ${versionedJson(votersRecord, value)}`;
    default: {
      const number = key === null || key.length < 4 ? -1 : key.readInt16BE(2);
      return `controlType: UNKNOWN(${number})`;
    }
  }
}

/** These messages begin with their version. */
function versionedJson(definition: MessageDefinition, value: Buffer | null): string {
  if (value === null || value.length < 2) return 'null';
  const version = Math.min(value.readInt16BE(0), definition.versions.last);
  return JSON.stringify(toJson(definition, version, decodeExact(definition, version, value) as object));
}
