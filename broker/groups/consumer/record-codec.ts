import {
  consumerGroupCurrentMemberAssignmentKey,
  consumerGroupCurrentMemberAssignmentValue,
  consumerGroupMemberMetadataKey,
  consumerGroupMemberMetadataValue,
  consumerGroupMetadataKey,
  consumerGroupMetadataValue,
  consumerGroupPartitionMetadataKey,
  consumerGroupRegularExpressionKey,
  consumerGroupRegularExpressionValue,
  consumerGroupTargetAssignmentMemberKey,
  consumerGroupTargetAssignmentMemberValue,
  consumerGroupTargetAssignmentMetadataKey,
  consumerGroupTargetAssignmentMetadataValue,
  decode,
  decodeExact,
  encodeExact,
  encodeToBuffer,
  type MessageDefinition,
  type MessageOf,
  ProtocolDecodeError,
} from '../../../kafka/protocol/index.ts';
import type { ConsumerGroupRecord } from './consumer-group-record.ts';

/** Key types of these records, the int16 that their keys begin with. */
const TYPE = {
  'consumer-group': 3,
  'consumer-subscription-metadata': 4,
  'consumer-member': 5,
  'consumer-target': 6,
  'consumer-target-member': 7,
  'consumer-current-member': 8,
  'consumer-regex': 16,
} as const;

const kindOfType: ReadonlyMap<number, ConsumerGroupRecord['kind']> = new Map(
  Object.entries(TYPE).map(([kind, type]) => [type, kind as ConsumerGroupRecord['kind']]),
);

/** Kafka 4.3 writes version 0 of every one of these values. */
const VALUE_VERSION = 0;

/** Bytes of a record without the int16 of type and version before key and value. */
export interface ConsumerRecordBytes {
  readonly type: number;
  readonly key: Buffer;
  readonly version: number;
  readonly value: Buffer | null;
}

/** The bytes of a record, as Kafka 4.3 writes them. */
export function encodeConsumerRecord(record: ConsumerGroupRecord): ConsumerRecordBytes {
  return {
    type: TYPE[record.kind],
    key: keyOf(record),
    version: VALUE_VERSION,
    value: record.value === null ? null : valueBytesOf(record),
  };
}

/**
 * Reads a record whose key has this type; undefined when the type is none of the consumer protocol. `value` begins
 * with its version. Throws a ProtocolDecodeError or UnsupportedVersionError for bytes that cannot be read.
 */
export function decodeConsumerRecord(
  type: number,
  key: Buffer,
  value: Buffer | null,
): ConsumerGroupRecord | undefined {
  const kind = kindOfType.get(type);
  switch (kind) {
    case undefined:
      return undefined;
    case 'consumer-group':
      return {
        kind,
        group: decode(consumerGroupMetadataKey, 0, key).groupId,
        value: value && epochOf(value),
      };
    case 'consumer-subscription-metadata':
      return { kind, group: decode(consumerGroupPartitionMetadataKey, 0, key).groupId, value: null };
    case 'consumer-target':
      return {
        kind,
        group: decode(consumerGroupTargetAssignmentMetadataKey, 0, key).groupId,
        value: value && read(consumerGroupTargetAssignmentMetadataValue, value),
      };
    case 'consumer-regex': {
      const { groupId, regularExpression } = decode(consumerGroupRegularExpressionKey, 0, key);
      const decoded = value && read(consumerGroupRegularExpressionValue, value);
      return { kind, group: groupId, regex: regularExpression, value: decoded };
    }
    default:
      return decodeMemberRecord(kind, key, value);
  }
}

function decodeMemberRecord(
  kind: 'consumer-member' | 'consumer-target-member' | 'consumer-current-member',
  key: Buffer,
  value: Buffer | null,
): ConsumerGroupRecord {
  // The three keys have the same fields.
  const { groupId: group, memberId } = decode(consumerGroupMemberMetadataKey, 0, key);
  const of = { group, memberId };
  switch (kind) {
    case 'consumer-member':
      return { kind, ...of, value: value && read(consumerGroupMemberMetadataValue, value) };
    case 'consumer-target-member':
      return { kind, ...of, value: value && read(consumerGroupTargetAssignmentMemberValue, value) };
    case 'consumer-current-member':
      return { kind, ...of, value: value && read(consumerGroupCurrentMemberAssignmentValue, value) };
  }
}

function keyOf(record: ConsumerGroupRecord): Buffer {
  const groupId = record.group;
  switch (record.kind) {
    case 'consumer-group':
      return encodeToBuffer(consumerGroupMetadataKey, 0, { groupId });
    case 'consumer-subscription-metadata':
      return encodeToBuffer(consumerGroupPartitionMetadataKey, 0, { groupId });
    case 'consumer-target':
      return encodeToBuffer(consumerGroupTargetAssignmentMetadataKey, 0, { groupId });
    case 'consumer-member':
      return encodeToBuffer(consumerGroupMemberMetadataKey, 0, { groupId, memberId: record.memberId });
    case 'consumer-target-member':
      return encodeToBuffer(consumerGroupTargetAssignmentMemberKey, 0, {
        groupId,
        memberId: record.memberId,
      });
    case 'consumer-current-member':
      return encodeToBuffer(consumerGroupCurrentMemberAssignmentKey, 0, {
        groupId,
        memberId: record.memberId,
      });
    case 'consumer-regex':
      return encodeToBuffer(consumerGroupRegularExpressionKey, 0, {
        groupId,
        regularExpression: record.regex,
      });
  }
}

function valueBytesOf(record: ConsumerGroupRecord): Buffer | null {
  if (record.value === null) return null;
  switch (record.kind) {
    case 'consumer-group':
      // The hash needs all of its 64 bits.
      return encodeExact(consumerGroupMetadataValue, VALUE_VERSION, record.value);
    case 'consumer-target':
      return encodeToBuffer(consumerGroupTargetAssignmentMetadataValue, VALUE_VERSION, record.value);
    case 'consumer-member':
      return encodeToBuffer(consumerGroupMemberMetadataValue, VALUE_VERSION, record.value);
    case 'consumer-target-member':
      return encodeToBuffer(consumerGroupTargetAssignmentMemberValue, VALUE_VERSION, record.value);
    case 'consumer-current-member':
      return encodeToBuffer(consumerGroupCurrentMemberAssignmentValue, VALUE_VERSION, record.value);
    case 'consumer-regex':
      return encodeToBuffer(consumerGroupRegularExpressionValue, VALUE_VERSION, record.value);
    default:
      return null;
  }
}

function epochOf(value: Buffer): { readonly epoch: number; readonly metadataHash: bigint } {
  const { epoch } = read(consumerGroupMetadataValue, value);
  const exact = decodeExact(consumerGroupMetadataValue, versionOf(value), value.subarray(2));
  // The exact form of the same fields: int64 as bigint.
  const { metadataHash } = exact as { readonly metadataHash: bigint };
  return { epoch, metadataHash };
}

function read<D extends MessageDefinition>(definition: D, value: Buffer): MessageOf<D> {
  return decode(definition, versionOf(value), value, 2);
}

function versionOf(value: Buffer): number {
  if (value.length >= 2) return value.readInt16BE(0);
  throw new ProtocolDecodeError({
    reason: 'the value has no version',
    offset: 0,
    message: 'ConsumerGroup',
    version: -1,
  });
}
