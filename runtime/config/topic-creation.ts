import { compilePattern } from '../plugin/index.ts';
import { listOf, type Properties, withPrefix } from './properties.ts';

/** How a topic that does not exist is created. -1: the broker's default. */
interface TopicPlan {
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly configs: Properties;
}

/** Rules of a source for new topics: the plan of the first group that a topic belongs to. */
export interface TopicCreationRules {
  planFor(topic: string): TopicPlan;
}

interface TopicGroup extends TopicPlan {
  includes(topic: string): boolean;
}

const prefix = 'topic.creation.';
const defaultGroup = 'default';

/** Undefined when the connector has no `topic.creation.` key. Call {@link topicCreationProblems} first. */
export function topicCreationRules(config: Properties): TopicCreationRules | undefined {
  if (Object.keys(withPrefix(config, prefix)).length === 0) return undefined;
  const fallback = readGroup(config, defaultGroup, undefined);
  const groups = listOf(config[`${prefix}groups`]).map((name) => readGroup(config, name, fallback));
  return { planFor: (topic) => groups.find((group) => group.includes(topic)) ?? fallback };
}

/** What is wrong with the `topic.creation.` keys, as key and message; nothing yet while groups are named twice. */
export function topicCreationProblems(
  config: Properties,
): { readonly key: string; readonly message: string }[] {
  if (Object.keys(withPrefix(config, prefix)).length === 0) return [];
  const groups = listOf(config[`${prefix}groups`]);
  if (new Set(groups).size < groups.length) return [];
  const required = ['replication.factor', 'partitions'].map((name) => `${prefix}${defaultGroup}.${name}`);
  const missing = required
    .filter((key) => config[key] === undefined)
    .map((key) => ({ key, message: `Missing required configuration "${key}" which has no default value.` }));
  const names = [defaultGroup, ...groups];
  return [...missing, ...names.flatMap((name) => groupProblems(config, name))];
}

function groupProblems(config: Properties, name: string) {
  const keyOf = (part: string): string => `${prefix}${name}.${part}`;
  const counts = ['replication.factor', 'partitions'].flatMap((part) => {
    const reason = countReason(config[keyOf(part)]);
    return reason === undefined ? [] : [{ part, reason }];
  });
  const patterns = ['include', 'exclude'].flatMap((part) => {
    const wrong = listOf(config[keyOf(part)]).find((pattern) => !isPattern(pattern));
    return wrong === undefined ? [] : [{ part, reason: 'Property is not a valid regex' }];
  });
  const needsInclude = name !== defaultGroup && listOf(config[keyOf('include')]).length === 0;
  const include = needsInclude
    ? [
        {
          key: keyOf('include'),
          message: `Missing required configuration "${keyOf('include')}" which has no default value.`,
        },
      ]
    : [];
  const invalid = [...counts, ...patterns].map(({ part, reason }) => ({
    key: keyOf(part),
    message: `Invalid value ${config[keyOf(part)]} for configuration ${keyOf(part)}: ${reason}`,
  }));
  return [...include, ...invalid];
}

function countReason(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text.trim())) return 'Not a number of type INT';
  const count = Number(text);
  return count === -1 || (count >= 1 && count <= 2_147_483_647)
    ? undefined
    : "Value must be at least 1, or -1 for the broker's default";
}

function isPattern(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return true;
  } catch {
    return false;
  }
}

function readGroup(config: Properties, name: string, fallback: TopicPlan | undefined): TopicGroup {
  const keys = withPrefix(config, `${prefix}${name}.`);
  const { partitions, 'replication.factor': factor, include, exclude, ...configs } = keys;
  const included = listOf(include).map((pattern) => compilePattern(pattern));
  const excluded = listOf(exclude).map((pattern) => compilePattern(pattern));
  return {
    partitionCount: Number(partitions ?? fallback?.partitionCount ?? -1),
    replicationFactor: Number(factor ?? fallback?.replicationFactor ?? -1),
    configs,
    includes: (topic) =>
      included.some((pattern) => pattern.matches(topic)) &&
      !excluded.some((pattern) => pattern.matches(topic)),
  };
}
