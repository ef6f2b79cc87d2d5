import { subscribedRegexes, subscribedTopics } from './consumer-group.ts';
import { groupEpochRecord, regexRecord, regexTombstone } from './consumer-group-record.ts';
import { type ConsumerMember, isSameMetadata, regexOf } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { isSameSet } from './partitions.ts';
import { REGEX_REFRESH_MIN_INTERVAL_MS, refuseInvalidRegex, resolveRegexes } from './regular-expressions.ts';

/**
 * Records what a member says of itself, evaluates patterns that need it, and starts a new group epoch when members have
 * to be assigned to anew. Returns whether the member subscribes to something else than before. Throws
 * INVALID_REGULAR_EXPRESSION.
 */
export function updateSubscription(
  transition: ConsumerTransition,
  former: ConsumerMember,
  member: ConsumerMember,
): boolean {
  const hasNewNames = !isSameSet(former.subscribedTopicNames, member.subscribedTopicNames);
  const hasNewRegex = former.subscribedTopicRegex !== member.subscribedTopicRegex;
  const isNew = !transition.group.members.has(member.memberId);
  if (isNew || !isSameMetadata(former, member)) transition.writeMember(member);
  const hasNewMatches = updateRegexes(transition, former, member);
  startEpochIfDue(transition, hasNewNames || hasNewMatches);
  return hasNewNames || hasNewRegex;
}

/** Starts a group epoch when told to, or when the subscribed topics are not what they were. */
function startEpochIfDue(transition: ConsumerTransition, isChanged: boolean): void {
  const { group, world, groupId } = transition;
  const { version } = world.topics;
  if (!isChanged && group.comparedVersion === version) return;
  const hash = world.hashes.of(subscribedTopics(group));
  if (isChanged || hash !== group.metadataHash) {
    transition.write(groupEpochRecord(groupId, group.groupEpoch + 1, hash));
  }
  transition.noteCompared(version);
}

/** Forgets patterns without subscribers. */
export function removeUnusedRegexes(transition: ConsumerTransition): void {
  const { group } = transition;
  if (group.regexes.size === 0) return;
  const subscribed = subscribedRegexes(group);
  for (const regex of [...group.regexes.keys()]) {
    if (!subscribed.has(regex)) transition.write(regexTombstone(transition.groupId, regex));
  }
}

/** Returns whether the member, or anybody else, now subscribes by pattern to other topics than before. */
function updateRegexes(
  transition: ConsumerTransition,
  former: ConsumerMember,
  member: ConsumerMember,
): boolean {
  const regex = regexOf(member);
  // Null and the empty text both mean no pattern.
  if (regexOf(former) !== regex) {
    removeUnusedRegexes(transition);
    if (regex === undefined || transition.group.regexes.has(regex)) return true;
    refuseInvalidRegex(regex);
    return resolve(transition, [regex]);
  }
  return isRefreshDue(transition) && resolve(transition, subscribedRegexes(transition.group).keys());
}

/** New topics are looked for, and everything is evaluated again after a while, but never in quick succession. */
function isRefreshDue({ group, world, now }: ConsumerTransition): boolean {
  if (group.regexes.size === 0) return false;
  let lastTime = 0;
  let lastVersion = Number.POSITIVE_INFINITY;
  for (const { timestamp, version } of group.regexes.values()) {
    lastTime = Math.max(lastTime, timestamp);
    lastVersion = Math.min(lastVersion, version);
  }
  if (now < lastTime + REGEX_REFRESH_MIN_INTERVAL_MS) return false;
  return lastVersion < world.topics.createdVersion || now >= lastTime + world.settings.regexRefreshIntervalMs;
}

function resolve(transition: ConsumerTransition, regexes: Iterable<string>): boolean {
  const { world, now, groupId } = transition;
  let hasNewMatches = false;
  for (const [regex, resolved] of resolveRegexes(regexes, world.topics, now)) {
    const topics = transition.group.regexes.get(regex)?.topics ?? new Set();
    if (!isSameSet(topics, resolved.topics)) hasNewMatches = true;
    transition.write(regexRecord(groupId, regex, resolved));
  }
  return hasNewMatches;
}
