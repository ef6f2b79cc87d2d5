import {
  type ConsumerProtocolSubscription,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  decode,
  encodeToBuffer,
  ProtocolDecodeError,
} from '../../../kafka/protocol/index.ts';
import type { GroupTopics } from '../ports.ts';
import { type Assignment, EMPTY_ASSIGNMENT, type TopicPartitions } from './partitions.ts';

/** The newest version of the consumer's own protocol: later ones are read as this one, their rest left alone. */
const VERSION_MAX = 3;

/** Reads what a consumer of the classic protocol subscribes to. Throws a ProtocolDecodeError. */
export function readSubscription(metadata: Buffer): ConsumerProtocolSubscription {
  return decode(consumerProtocolSubscription, versionOf(metadata), metadata, 2);
}

/** Reads what the leader assigned; topics that do not exist any more are left out. Throws a ProtocolDecodeError. */
export function readAssignment(
  bytes: Buffer,
  topics: GroupTopics,
): { readonly assignment: Assignment; readonly hasUserData: boolean } {
  if (bytes.length === 0) return { assignment: EMPTY_ASSIGNMENT, hasUserData: false };
  const { assignedPartitions, userData } = decode(consumerProtocolAssignment, versionOf(bytes), bytes, 2);
  const assignment = new Map<string, ReadonlySet<number>>();
  for (const { topicId, partitions } of byId(assignedPartitions, topics)) {
    if (partitions.length > 0) assignment.set(topicId, new Set(partitions));
  }
  return { assignment, hasUserData: userData !== null && userData.length > 0 };
}

/** An assignment as a consumer of the classic protocol reads it, in the version of its own metadata. */
export function writeAssignment(assignment: Assignment, metadata: Buffer, topics: GroupTopics): Buffer {
  const version = versionOf(metadata);
  const assignedPartitions = [...assignment].flatMap(([topicId, partitions]) => {
    const topic = topics.topicName(topicId);
    return topic === undefined ? [] : [{ topic, partitions: [...partitions].sort((a, b) => a - b) }];
  });
  const body = encodeToBuffer(consumerProtocolAssignment, version, { assignedPartitions, userData: null });
  const bytes = Buffer.allocUnsafe(2 + body.length);
  bytes.writeInt16BE(version);
  body.copy(bytes, 2);
  return bytes;
}

/** Partitions listed by topic name, by id; topics that do not exist any more are left out. */
export function byId(
  partitions: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
  topics: GroupTopics,
): TopicPartitions {
  return partitions.flatMap((each) => {
    const topicId = topics.topicId(each.topic);
    return topicId === undefined ? [] : [{ topicId, partitions: each.partitions }];
  });
}

function versionOf(bytes: Buffer): number {
  if (bytes.length < 2 || bytes.readInt16BE(0) < 0) {
    const reason = 'no version of the embedded consumer protocol';
    throw new ProtocolDecodeError({ reason, offset: 0, message: 'ConsumerProtocol', version: -1 });
  }
  return Math.min(bytes.readInt16BE(0), VERSION_MAX);
}
