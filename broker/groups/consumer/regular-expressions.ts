import { RE2JS, RE2JSSyntaxException } from 're2js';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import type { GroupTopics } from '../ports.ts';
import type { ResolvedRegex } from './consumer-group.ts';
import { Refusal } from './refusal.ts';

/** Patterns are not evaluated more often than this for a group, whatever happens to topics; fixed in Kafka. */
export const REGEX_REFRESH_MIN_INTERVAL_MS = 10_000;

/** Throws INVALID_REGULAR_EXPRESSION when the pattern is none of RE2. */
export function refuseInvalidRegex(regex: string): void {
  try {
    RE2JS.compile(regex);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new Refusal(
      ErrorCode.INVALID_REGULAR_EXPRESSION,
      `SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${error.getDescription()}.`,
    );
  }
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
    const pattern = compile(regex);
    const matches = new Set<string>();
    if (pattern !== undefined) {
      for (const name of topics.names()) if (pattern.matches(name)) matches.add(name);
    }
    resolved.set(regex, { topics: matches, version: topics.version, timestamp: now });
  }
  return resolved;
}

function compile(regex: string): RE2JS | undefined {
  try {
    return RE2JS.compile(regex);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
}
