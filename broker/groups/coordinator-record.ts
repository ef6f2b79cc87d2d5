import {
  decode,
  groupMetadataKey,
  groupMetadataValue,
  offsetCommitKey,
  offsetCommitValue,
  ProtocolDecodeError,
  UnsupportedVersionError,
} from '../../kafka/protocol/index.ts';
import {
  type CoordinatorRecord,
  decodeVersioned,
  encodePrefixed,
  prefixed,
} from '../coordinator/coordinator-record.ts';
import { decodeConsumerRecord, encodeConsumerRecord } from './consumer/record-codec.ts';
import type { ForeignProtocol, GroupRecord, StoredGroupRecord } from './group-record.ts';

/** Record types by the int16 that their keys begin with. */
const TYPE = { legacyOffsetCommit: 0, offsetCommit: 1, groupMetadata: 2 } as const;

/** The record types that begin and end groups of the other protocols. */
const FOREIGN_TYPES: ReadonlyMap<number, ForeignProtocol> = new Map([
  [11, 'share'],
  [17, 'streams'],
]);

/** The version of GroupMetadataValue that Kafka 4.3 writes: the last without tagged fields. */
const GROUP_METADATA_VERSION = 3;

/** Kafka 4.1 and later write version 4, for the topic id; only version 1 can carry an expiry of its own. */
const OFFSET_COMMIT_VERSION = 4;
const OFFSET_COMMIT_EXPIRY_VERSION = 1;

/** The bytes of a record, as Kafka 4.3 writes them. */
export function encodeGroupRecord(record: GroupRecord): CoordinatorRecord {
  const { group, value } = record;
  if (record.kind === 'group-metadata') {
    return {
      key: encodePrefixed(groupMetadataKey, TYPE.groupMetadata, { group }, 0),
      value: record.value && encodePrefixed(groupMetadataValue, GROUP_METADATA_VERSION, record.value),
    };
  }
  if (record.kind !== 'offset-commit') return framed(encodeConsumerRecord(record));
  const { topic, partition } = record;
  const hasExpiry = value !== null && record.value?.expireTimestamp !== -1;
  const version = hasExpiry ? OFFSET_COMMIT_EXPIRY_VERSION : OFFSET_COMMIT_VERSION;
  return {
    key: encodePrefixed(offsetCommitKey, TYPE.offsetCommit, { group, topic, partition }, 0),
    value: record.value && encodePrefixed(offsetCommitValue, version, record.value),
  };
}

/**
 * Reads a record of `__consumer_offsets`. Never throws: unknown types and versions, and bytes that cannot be read,
 * give an `ignored` record that says why. What it returns holds no slice of its input except member metadata.
 */
export function decodeGroupRecord(key: Buffer | null, value: Buffer | null): StoredGroupRecord {
  if (key === null || key.length < 2) return { kind: 'ignored', reason: 'the key has no type' };
  try {
    return decodeTyped(key.readInt16BE(0), key.subarray(2), value);
  } catch (error) {
    if (!(error instanceof ProtocolDecodeError || error instanceof UnsupportedVersionError)) throw error;
    return { kind: 'ignored', reason: error.message };
  }
}

function decodeTyped(type: number, key: Buffer, value: Buffer | null): StoredGroupRecord {
  if (type === TYPE.groupMetadata) {
    const { group } = decode(groupMetadataKey, 0, key);
    return { kind: 'group-metadata', group, value: value && decodeVersioned(groupMetadataValue, value) };
  }
  if (type === TYPE.offsetCommit || type === TYPE.legacyOffsetCommit) {
    const { group, topic, partition } = decode(offsetCommitKey, 0, key);
    const decoded = value && decodeVersioned(offsetCommitValue, value);
    return { kind: 'offset-commit', group, topic, partition, value: decoded };
  }
  const record = decodeConsumerRecord(type, key, value);
  if (record !== undefined) return record;
  const protocol = FOREIGN_TYPES.get(type);
  if (protocol === undefined) return { kind: 'ignored', reason: `records of type ${type} are not read` };
  // Every key of these types is the group id alone, like that of a classic group.
  const { group } = decode(groupMetadataKey, 0, key);
  return { kind: 'foreign-group', group, protocol, isTombstone: value === null };
}

function framed(bytes: ReturnType<typeof encodeConsumerRecord>): CoordinatorRecord {
  const value = bytes.value && prefixed(bytes.version, bytes.value);
  return { key: prefixed(bytes.type, bytes.key), value };
}
