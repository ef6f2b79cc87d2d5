import { type ConfigProperty, type ConfigSchema, requirePluginConfig } from '../plugin/index.ts';
import type { Properties } from './properties.ts';

type Keys = Readonly<Record<string, ConfigProperty>>;

const restarts = (orderInGroup: number) =>
  ({ group: 'Restarts', orderInGroup, importance: 'LOW', width: 'SHORT' }) as const;
const isolation = (orderInGroup: number) =>
  ({ group: 'Isolation', orderInGroup, importance: 'LOW', width: 'SHORT' }) as const;
const long = { type: 'integer', configType: 'LONG' } as const;

/**
 * Keys that Kafka Connect does not have. They are listed for a connector only when its config mentions one of them, because
 * clients compare the list with Kafka's.
 */
export const extensionKeys = {
  'restart.policy': {
    ...restarts(1),
    type: 'string',
    enum: ['none', 'retriable', 'any'],
    default: 'none',
    title: 'Restart policy',
    description:
      'Which failures make a task or connector start again by itself: none, those that may pass, or any.',
  },
  'restart.backoff.ms': {
    ...restarts(2),
    ...long,
    minimum: 0,
    default: 1_000,
    title: 'Restart backoff',
    description: 'Pause before the first restart, in ms. Each further one waits twice as long.',
  },
  'restart.backoff.max.ms': {
    ...restarts(3),
    ...long,
    minimum: 0,
    default: 60_000,
    title: 'Maximum restart backoff',
    description: 'Longest pause before a restart, in ms.',
  },
  'restart.attempts.max': {
    ...restarts(4),
    type: 'integer',
    minimum: -1,
    default: 10,
    title: 'Maximum restarts',
    description: 'Restarts in a row before a failure is final. -1: no limit.',
  },
  'restart.reset.ms': {
    ...restarts(5),
    ...long,
    minimum: 0,
    default: 600_000,
    title: 'Restart reset',
    description: 'A task that ran for so long, in ms, has its restarts counted from the beginning.',
  },
  'rate.limit.records.per.second': {
    ...restarts(6),
    group: 'Rate limit',
    orderInGroup: 1,
    type: 'number',
    minimum: 0,
    default: 0,
    title: 'Records per second',
    description: 'Most records that a task moves in a second, on average. 0: no limit.',
  },
  isolation: {
    ...isolation(1),
    type: 'string',
    enum: ['inline', 'thread', 'process'],
    default: 'inline',
    title: 'Isolation',
    description:
      "Where the connector's code runs: in the worker itself, or for each task in a thread or process of its own.",
  },
  'isolation.memory.max.mb': {
    ...isolation(2),
    type: 'integer',
    minimum: 16,
    default: 512,
    title: 'Memory of an isolated task',
    description: 'Largest heap of the thread or process, in MiB. One that needs more fails alone.',
  },
  'isolation.response.timeout.ms': {
    ...isolation(3),
    ...long,
    minimum: 100,
    default: 30_000,
    title: 'Response timeout of an isolated task',
    description: 'A thread or process whose event loop is blocked for so long, in ms, is ended.',
  },
} as const satisfies Keys;

const schema = { type: 'object', properties: extensionKeys } as const satisfies ConfigSchema;

/** When a failed task or connector starts again by itself. Times are in ms. */
export interface RestartSettings {
  readonly policy: 'none' | 'retriable' | 'any';
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  readonly attemptsMax: number;
  readonly resetMs: number;
}

/** Where the plugin's code runs. */
export interface IsolationSettings {
  readonly mode: 'inline' | 'thread' | 'process';
  readonly memoryMaxMb: number;
  readonly responseTimeoutMs: number;
}

/** What a connector's config says beyond Kafka Connect. */
export interface ExtensionSettings {
  readonly restart: RestartSettings;
  /** Infinity: no limit. */
  readonly recordsPerSecondMax: number;
  readonly isolation: IsolationSettings;
}

/** Reads them; other keys are ignored. Throws ConfigError. */
export function extensionSettings(config: Properties): ExtensionSettings {
  const read = requirePluginConfig({ config: schema }, config);
  const attemptsMax = read['restart.attempts.max'];
  const rate = read['rate.limit.records.per.second'];
  return {
    restart: {
      policy: read['restart.policy'],
      backoffMs: read['restart.backoff.ms'],
      backoffMaxMs: read['restart.backoff.max.ms'],
      attemptsMax: attemptsMax < 0 ? Number.POSITIVE_INFINITY : attemptsMax,
      resetMs: read['restart.reset.ms'],
    },
    recordsPerSecondMax: rate === 0 ? Number.POSITIVE_INFINITY : rate,
    isolation: {
      mode: read.isolation,
      memoryMaxMb: read['isolation.memory.max.mb'],
      responseTimeoutMs: read['isolation.response.timeout.ms'],
    },
  };
}
