import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  decode,
  encodeToBuffer,
} from '../../../kafka/protocol/index.ts';

type Partitions = readonly { readonly topic: string; readonly partitions: readonly number[] }[];

/** What a consumer says when it joins: its topics, the partitions that it owns, and what only consumers know. */
export function subscriptionBytes(
  topics: readonly string[],
  owned: Partitions,
  userData: Buffer | null,
): Buffer {
  const ownedPartitions = owned.map((each) => ({ topic: each.topic, partitions: [...each.partitions] }));
  const body = { topics: [...topics], userData, ownedPartitions };
  return Buffer.concat([Buffer.from([0, 1]), encodeToBuffer(consumerProtocolSubscription, 1, body)]);
}

/** What the leader gives to one member. */
export function assignmentBytes(partitions: Partitions): Buffer {
  const assignedPartitions = partitions.map((each) => ({
    topic: each.topic,
    partitions: [...each.partitions],
  }));
  const body = { assignedPartitions, userData: null };
  return Buffer.concat([Buffer.from([0, 1]), encodeToBuffer(consumerProtocolAssignment, 1, body)]);
}

/** The answer of SyncGroup with its assignment read, in the order of topics. */
export function withAssignment({
  assignment,
  ...rest
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(typeof assignment === 'string' ? assignment : '', 'base64');
  if (bytes.length < 2) return { ...rest, length: bytes.length, assigned: [] };
  const { assignedPartitions } = decode(consumerProtocolAssignment, bytes.readInt16BE(0), bytes, 2);
  const assigned = assignedPartitions
    .map(({ topic, partitions }) => ({ topic, partitions: [...partitions].sort((a, b) => a - b) }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
  return { ...rest, version: bytes.readInt16BE(0), assigned };
}
