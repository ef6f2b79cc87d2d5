import { type ClassicMember, CONSUMER_PROTOCOL_TYPE, metadataOf } from './classic-group.ts';

/**
 * The topics that the members of a `consumer` group subscribe to under `protocolName`. `undefined` when the
 * group is of another type, has no protocol yet, or a member's metadata cannot be read. Assignors may subclass
 * the format, so only the part that all versions of ConsumerProtocolSubscription begin with is read.
 */
export function subscribedTopicsOf(
  members: ReadonlyMap<string, ClassicMember>,
  protocolType: string | undefined,
  protocolName: string | undefined,
): ReadonlySet<string> | undefined {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return undefined;
  const topics = new Set<string>();
  if (members.size === 0) return topics;
  if (protocolName === undefined) return undefined;
  for (const member of members.values()) {
    const subscribed = readTopics(metadataOf(member, protocolName));
    if (subscribed === undefined) return undefined;
    for (const topic of subscribed) topics.add(topic);
  }
  return topics;
}

/** Reads `version: int16, topics: [string]`; `undefined` when the bytes are something else. */
function readTopics(metadata: Buffer): readonly string[] | undefined {
  if (metadata.length < 6 || metadata.readInt16BE(0) < 0) return undefined;
  const count = metadata.readInt32BE(2);
  // A topic takes at least its two length bytes: bounds the loop before anything is allocated.
  if (count < 0 || count > (metadata.length - 6) / 2) return undefined;
  const topics: string[] = [];
  let at = 6;
  for (let index = 0; index < count; index += 1) {
    if (at + 2 > metadata.length) return undefined;
    const length = metadata.readInt16BE(at);
    const end = at + 2 + length;
    if (length < 0 || end > metadata.length) return undefined;
    topics.push(metadata.toString('utf8', at + 2, end));
    at = end;
  }
  return topics;
}
