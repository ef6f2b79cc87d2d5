import type { JsonObject } from '../plugin/index.ts';

/** States of connectors and tasks; only connectors are STOPPED. */
export type State = 'UNASSIGNED' | 'RUNNING' | 'PAUSED' | 'FAILED' | 'RESTARTING' | 'STOPPED';

/** What a connector or a task is doing. */
export interface Status {
  readonly state: State;
  readonly workerId: string;
  /** Text of the error, with its stack. */
  readonly trace?: string | undefined;
  /** The plugin's; undefined when it is not known. */
  readonly version?: string | undefined;
}

/** A topic that a connector uses. */
export interface TopicUse {
  readonly topic: string;
  readonly connector: string;
  readonly task: number;
  readonly discoveredAt: number;
}

/** A record of the status topic. Null: a tombstone. */
export interface StatusRecord {
  readonly key: string;
  readonly value: JsonObject | null;
}

/** The content of the status topic: `connect-status`. */
export interface StatusState {
  readonly connectors: Map<string, Status>;
  readonly tasks: Map<string, Map<number, Status>>;
  /** By connector, then topic. */
  readonly topics: Map<string, Map<string, TopicUse>>;
}

export function emptyStatusState(): StatusState {
  return { connectors: new Map(), tasks: new Map(), topics: new Map() };
}

/** Applies a record. Total: records that make no sense are ignored. */
export function replayStatus(state: StatusState, { key, value }: StatusRecord): StatusState {
  if (key.startsWith(connectorPrefix)) replayConnector(state, key.slice(connectorPrefix.length), value);
  else if (key.startsWith(taskPrefix)) replayTask(state, key.slice(taskPrefix.length), value);
  else if (key.startsWith(topicPrefix)) replayTopic(state, key.slice(topicPrefix.length), value);
  return state;
}

export function connectorStatusRecord(name: string, status: Status | undefined): StatusRecord {
  return { key: connectorPrefix + name, value: status === undefined ? null : statusValue(status) };
}

export function taskStatusRecord(name: string, task: number, status: Status | undefined): StatusRecord {
  return { key: `${taskPrefix}${name}-${task}`, value: status === undefined ? null : statusValue(status) };
}

export function topicUseRecord(use: TopicUse): StatusRecord {
  const { topic, connector, task, discoveredAt } = use;
  return {
    key: topicKey(topic, connector),
    value: { topic: { name: topic, connector, task, discoverTimestamp: discoveredAt } },
  };
}

export function topicTombstone({ topic, connector }: TopicUse): StatusRecord {
  return { key: topicKey(topic, connector), value: null };
}

const connectorPrefix = 'status-connector-';
const taskPrefix = 'status-task-';
const topicPrefix = 'status-topic-';
const topicSeparator = ':connector-';

function topicKey(topic: string, connector: string): string {
  return topicPrefix + topic + topicSeparator + connector;
}

/** One worker, hence one generation. */
function statusValue({ state, workerId, trace, version }: Status): JsonObject {
  return { state, trace: trace ?? null, worker_id: workerId, generation: 0, version: version ?? null };
}

const states = new Set<string>(['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING', 'STOPPED']);

function statusOf(value: JsonObject): Status | undefined {
  const { state, worker_id: workerId, trace, version } = value;
  if (typeof state !== 'string' || !states.has(state)) return undefined;
  return {
    state: state as State,
    workerId: typeof workerId === 'string' ? workerId : '',
    trace: typeof trace === 'string' ? trace : undefined,
    version: typeof version === 'string' ? version : undefined,
  };
}

function replayConnector({ connectors }: StatusState, name: string, value: JsonObject | null): void {
  const status = value === null ? undefined : statusOf(value);
  if (value === null) connectors.delete(name);
  else if (status !== undefined) connectors.set(name, status);
}

function replayTask({ tasks }: StatusState, nameAndId: string, value: JsonObject | null): void {
  const dash = nameAndId.lastIndexOf('-');
  const id = Number(nameAndId.slice(dash + 1));
  if (dash < 1 || !Number.isInteger(id)) return;
  const name = nameAndId.slice(0, dash);
  const ofConnector = tasks.get(name) ?? new Map<number, Status>();
  tasks.set(name, ofConnector);
  const status = value === null ? undefined : statusOf(value);
  if (value === null) ofConnector.delete(id);
  else if (status !== undefined) ofConnector.set(id, status);
}

function replayTopic({ topics }: StatusState, topicAndConnector: string, value: JsonObject | null): void {
  const at = topicAndConnector.indexOf(topicSeparator);
  if (at < 0) return;
  const topic = topicAndConnector.slice(0, at);
  const connector = topicAndConnector.slice(at + topicSeparator.length);
  const ofConnector = topics.get(connector) ?? new Map<string, TopicUse>();
  topics.set(connector, ofConnector);
  if (value === null) {
    ofConnector.delete(topic);
    return;
  }
  const use = value['topic'];
  if (typeof use !== 'object' || use === null) return;
  const { task, discoverTimestamp } = use as JsonObject;
  const number = (given: unknown): number => (typeof given === 'number' ? given : 0);
  ofConnector.set(topic, { topic, connector, task: number(task), discoveredAt: number(discoverTimestamp) });
}
