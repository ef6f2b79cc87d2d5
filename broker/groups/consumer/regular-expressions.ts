import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { linearPattern } from '../../../platform/linear-pattern.ts';
import type { GroupTopics } from '../ports.ts';
import type { ResolvedRegex } from './consumer-group.ts';
import { Refusal } from './refusal.ts';

/** Patterns are not evaluated more often than this for a group, whatever happens to topics; fixed in Kafka. */
export const REGEX_REFRESH_MIN_INTERVAL_MS = 10_000;

/** Throws INVALID_REGULAR_EXPRESSION when the pattern is none of RE2. */
export function refuseInvalidRegex(regex: string): void {
  const compiled = linearPattern(regex);
  if (!('problem' in compiled)) return;
  throw new Refusal(
    ErrorCode.INVALID_REGULAR_EXPRESSION,
    `SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${compiled.problem}.`,
  );
}

/**
 * The topics that each pattern matches as a whole, in time linear in their names. A pattern that cannot be read, from
 * an old record, matches none.
 */
export function resolveRegexes(
  regexes: Iterable<string>,
  topics: GroupTopics,
  now: number,
): ReadonlyMap<string, ResolvedRegex> {
  const resolved = new Map<string, ResolvedRegex>();
  for (const regex of regexes) {
    const pattern = linearPattern(regex);
    const matches = new Set<string>();
    if (!('problem' in pattern)) {
      for (const name of topics.names()) if (pattern.matches(name)) matches.add(name);
    }
    resolved.set(regex, { topics: matches, version: topics.version, timestamp: now });
  }
  return resolved;
}
