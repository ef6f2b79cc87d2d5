import type { ConfigProperty } from '../plugin/index.ts';

type Keys = Readonly<Record<string, ConfigProperty>>;

const common = (orderInGroup: number) => ({ group: 'Common', orderInGroup });
const errors = (orderInGroup: number) =>
  ({ group: 'Error Handling', orderInGroup, importance: 'MEDIUM' }) as const;
const exactlyOnce = (orderInGroup: number) => ({ group: 'Exactly Once Support', orderInGroup });

const noDuplicates = (list: unknown): string | undefined =>
  Array.isArray(list) && new Set(list).size < list.length ? 'Duplicate alias provided.' : undefined;

/** Keys that every connector has, in the order Kafka Connect lists them. */
export const commonKeys = {
  name: {
    ...common(1),
    type: 'string',
    importance: 'HIGH',
    width: 'MEDIUM',
    title: 'Connector name',
    description: 'Unique name of the connector.',
    check: nameReason,
  },
  'connector.class': {
    ...common(2),
    type: 'string',
    importance: 'HIGH',
    width: 'LONG',
    title: 'Connector class',
    description: 'The connector: its plugin name, or a Java class name that it stands for, in full or short.',
  },
  'connector.plugin.version': {
    ...common(3),
    type: 'string',
    importance: 'MEDIUM',
    width: 'MEDIUM',
    title: 'Connector version',
    description: 'Version of the connector. There is one of each.',
  },
  'tasks.max': {
    ...common(4),
    type: 'integer',
    minimum: 1,
    default: 1,
    importance: 'HIGH',
    width: 'SHORT',
    title: 'Tasks max',
    description: 'Most tasks that work for this connector at the same time.',
  },
  'tasks.max.enforce': {
    ...common(5),
    type: 'boolean',
    default: true,
    importance: 'LOW',
    width: 'SHORT',
    title: 'Enforce tasks max',
    description: 'Whether more tasks than tasks.max are refused. There are never more.',
  },
  'key.converter': converterKey(6, 'Key'),
  'key.converter.plugin.version': converterVersionKey(7, 'Key'),
  'value.converter': converterKey(8, 'Value'),
  'value.converter.plugin.version': converterVersionKey(9, 'Value'),
  'header.converter': converterKey(10, 'Header'),
  'header.converter.plugin.version': converterVersionKey(11, 'Header'),
  transforms: {
    type: 'array',
    group: 'Transforms',
    orderInGroup: 12,
    default: [],
    importance: 'LOW',
    width: 'LONG',
    title: 'Transforms',
    description: 'Aliases of the transforms that records go through, in order.',
    check: noDuplicates,
  },
  predicates: {
    type: 'array',
    group: 'Predicates',
    orderInGroup: 13,
    default: [],
    importance: 'LOW',
    width: 'LONG',
    title: 'Predicates',
    description: 'Aliases of the predicates that transforms may refer to.',
    check: noDuplicates,
  },
  'config.action.reload': {
    ...common(14),
    type: 'string',
    enum: ['none', 'restart'],
    default: 'restart',
    importance: 'LOW',
    width: 'MEDIUM',
    title: 'Reload Action',
    description: 'What to do when a value from a config provider changes: restart, or none.',
  },
  'errors.retry.timeout': {
    ...errors(1),
    type: 'integer',
    configType: 'LONG',
    default: 0,
    width: 'MEDIUM',
    title: 'Retry Timeout for Errors',
    description: 'How long a failed conversion or transform is tried again, in ms. 0: never; -1: for ever.',
  },
  'errors.retry.delay.max.ms': {
    ...errors(2),
    type: 'integer',
    configType: 'LONG',
    default: 60_000,
    width: 'MEDIUM',
    title: 'Maximum Delay Between Retries for Errors',
    description: 'Longest pause between two attempts, in ms.',
  },
  'errors.tolerance': {
    ...errors(3),
    type: 'string',
    enum: ['none', 'all'],
    default: 'none',
    width: 'SHORT',
    title: 'Error Tolerance',
    description:
      'none: a bad record fails the task. all: bad records are skipped, or go to the dead letter queue.',
  },
  'errors.log.enable': {
    ...errors(4),
    type: 'boolean',
    default: false,
    width: 'SHORT',
    title: 'Log Errors',
    description: 'Whether each tolerated error is logged. Errors that fail the task are logged in any case.',
  },
  'errors.log.include.messages': {
    ...errors(5),
    type: 'boolean',
    default: false,
    width: 'SHORT',
    title: 'Log Error Details',
    description: 'Whether those log lines say where the record was: topic, partition, offset, timestamp.',
  },
} as const satisfies Keys;

/** Where bad records go. Kafka Connect has these for sinks; here sources have them too. */
export const deadLetterKeys = {
  'errors.deadletterqueue.topic.name': {
    ...errors(6),
    type: 'string',
    default: '',
    width: 'MEDIUM',
    title: 'Dead Letter Queue Topic Name',
    description: 'Topic for records that failed, as they were. Empty: they are not kept.',
  },
  'errors.deadletterqueue.topic.replication.factor': {
    ...errors(7),
    type: 'integer',
    configType: 'SHORT',
    default: 3,
    width: 'MEDIUM',
    title: 'Dead Letter Queue Topic Replication Factor',
    description:
      'Replicas of that topic when it has to be created. Unless given, never more than there are brokers.',
  },
  'errors.deadletterqueue.context.headers.enable': {
    ...errors(8),
    type: 'boolean',
    default: false,
    width: 'MEDIUM',
    title: 'Enable Error Context Headers',
    description: 'Whether headers __connect.errors.* say what went wrong.',
  },
} as const satisfies Keys;

/** Keys of sinks, before {@link deadLetterKeys}. */
export const sinkKeys = {
  topics: {
    ...common(4),
    type: 'array',
    uniqueItems: true,
    default: [],
    importance: 'HIGH',
    width: 'LONG',
    title: 'Topics',
    description: 'Topics to read, separated by commas.',
  },
  'topics.regex': {
    ...common(4),
    type: 'string',
    format: 'regex',
    default: '',
    importance: 'HIGH',
    width: 'LONG',
    title: 'Topics regex',
    description: 'Pattern of the topics to read, instead of topics.',
  },
} as const satisfies Keys;

/** Keys of sources. */
export const sourceKeys = {
  'topic.creation.groups': {
    type: 'array',
    group: 'Topic Creation',
    orderInGroup: 1,
    default: [],
    importance: 'LOW',
    width: 'LONG',
    title: 'Topic Creation Groups',
    description: 'Groups of topics that are created with settings of their own.',
    check: noDuplicates,
  },
  'exactly.once.support': {
    ...exactlyOnce(2),
    type: 'string',
    enum: ['required', 'requested'],
    ignoreCase: true,
    default: 'requested',
    importance: 'MEDIUM',
    width: 'SHORT',
    title: 'Exactly once support',
    description:
      'requested: exactly once where worker and source can, else at least once. required: or not at all.',
  },
  'transaction.boundary': {
    ...exactlyOnce(3),
    type: 'string',
    enum: ['interval', 'poll', 'connector'],
    ignoreCase: true,
    default: 'poll',
    importance: 'MEDIUM',
    width: 'SHORT',
    title: 'Transaction Boundary',
    description: 'Where transactions end when records are written exactly once.',
  },
  'transaction.boundary.interval.ms': {
    ...exactlyOnce(4),
    type: 'integer',
    configType: 'LONG',
    minimum: 0,
    importance: 'LOW',
    width: 'SHORT',
    title: 'Transaction boundary interval',
    description: 'Time between two ends with transaction.boundary=interval, in ms.',
  },
  'offsets.storage.topic': {
    type: 'string',
    group: 'offsets.topic',
    orderInGroup: 1,
    minLength: 1,
    importance: 'LOW',
    width: 'LONG',
    title: 'Offsets topic',
    description: "Topic for this connector's offsets. Only the worker's own is supported.",
  },
} as const satisfies Keys;

function converterKey<const O extends number>(order: O, what: string) {
  return {
    ...common(order),
    type: 'string',
    format: 'class',
    importance: 'LOW',
    width: 'SHORT',
    title: `${what} converter class`,
    description: `Converter between Connect's data and bytes: ${what.toLowerCase()}s. Default: the worker's.`,
  } as const;
}

function converterVersionKey<const O extends number>(order: O, what: string) {
  return {
    ...common(order),
    type: 'string',
    importance: 'LOW',
    width: 'SHORT',
    title: `${what} converter version`,
    description: 'Version of the converter. There is one of each.',
  } as const;
}

function nameReason(name: unknown): string | undefined {
  if (name === '') return 'String may not be empty';
  const control = [...String(name)].find((char) => /[\p{Cc}]/u.test(char));
  return control === undefined
    ? undefined
    : `String may not contain control sequences but had the following ASCII chars: ${control.charCodeAt(0)}`;
}
