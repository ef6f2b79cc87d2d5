import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  decode,
  encodeToBuffer,
  type MessageDefinition,
  type MessageOf,
} from '../../protocol/index.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { MemberSubscription } from './assignor.ts';

/** Protocol type of groups of consumers. */
export const CONSUMER_PROTOCOL = 'consumer';

const VERSION_BYTES = 2;

/** What a consumer tells the leader, as bytes of JoinGroup: int16 version, then ConsumerProtocolSubscription. */
export function encodeSubscription(
  subscription: Omit<MemberSubscription, 'memberId' | 'groupInstanceId'>,
): Buffer {
  const version = consumerProtocolSubscription.versions.last;
  const body = encodeToBuffer(consumerProtocolSubscription, version, {
    topics: [...subscription.topics],
    userData: subscription.userData,
    ownedPartitions: byTopic(subscription.ownedPartitions),
    generationId: subscription.generationId,
    rackId: subscription.rackId ?? null,
  });
  return versioned(version, body);
}

/** Reads what a member tells. Versions newer than known are read as the newest known. Throws ProtocolDecodeError. */
export function decodeSubscription(bytes: Buffer): Omit<MemberSubscription, 'memberId' | 'groupInstanceId'> {
  const { topics, userData, ownedPartitions, generationId, rackId } = read(
    consumerProtocolSubscription,
    bytes,
  );
  return {
    topics,
    userData,
    ownedPartitions: flat(ownedPartitions),
    generationId,
    rackId: rackId ?? undefined,
  };
}

/** What the leader gives a consumer, as bytes of SyncGroup. */
export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const version = consumerProtocolAssignment.versions.last;
  const assignedPartitions = byTopic(partitions);
  return versioned(
    version,
    encodeToBuffer(consumerProtocolAssignment, version, { assignedPartitions, userData: null }),
  );
}

/** Reads what a consumer got; no bytes mean no partitions. Throws ProtocolDecodeError. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  return flat(read(consumerProtocolAssignment, bytes).assignedPartitions);
}

function read<D extends MessageDefinition>(definition: D, bytes: Buffer): MessageOf<D> {
  const written = bytes.length < VERSION_BYTES ? -1 : bytes.readInt16BE(0);
  const { first, last } = definition.versions;
  return decode(
    definition,
    Math.min(Math.max(written, first), last),
    bytes,
    Math.min(VERSION_BYTES, bytes.length),
  );
}

function versioned(version: number, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(VERSION_BYTES + body.length);
  bytes.writeInt16BE(version, 0);
  body.copy(bytes, VERSION_BYTES);
  return bytes;
}

function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [partition]);
    else known.push(partition);
  }
  return [...topics].map(([topic, numbers]) => ({ topic, partitions: numbers }));
}

function flat(topics: readonly { topic: string; partitions: readonly number[] }[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
