import type { Properties } from '../config/index.ts';
import type { JsonObject } from '../plugin/index.ts';
import { isObject } from './json.ts';

/** What an operator wants a connector to do. */
export type TargetState = 'STARTED' | 'PAUSED' | 'STOPPED';

/** A record of the config topic. Null: a tombstone. */
export interface ConfigRecord {
  readonly key: string;
  readonly value: JsonObject | null;
}

/** What is known of one connector. */
export interface ConnectorEntry {
  /** As it was sent, references to secrets unresolved. Undefined: there is no such connector. */
  config: Properties | undefined;
  target: TargetState;
  /** In order of task id; empty until a commit, and after one that lacks some of them. */
  tasks: readonly Properties[];
  /** Task configs that wait for their commit. */
  readonly deferred: Map<number, Properties>;
}

/** The content of the config topic: `connect-configs`. */
export interface ConfigState {
  readonly entries: Map<string, ConnectorEntry>;
}

export function emptyConfigState(): ConfigState {
  return { entries: new Map() };
}

/** Applies a record as Kafka Connect does. Total: records that make no sense are ignored (C18, C19). */
export function replayConfig(state: ConfigState, { key, value }: ConfigRecord): ConfigState {
  if (key.startsWith(connectorPrefix)) replayConnector(state, key.slice(connectorPrefix.length), value);
  else if (key.startsWith(targetPrefix)) replayTarget(state, key.slice(targetPrefix.length), value);
  else if (key.startsWith(taskPrefix)) replayTask(state, key.slice(taskPrefix.length), value);
  else if (key.startsWith(commitPrefix)) replayCommit(state, key.slice(commitPrefix.length), value);
  return state;
}

/** The records that create a connector or change its config. The target state comes first, so that nothing starts in between. */
export function connectorRecords(name: string, config: Properties, target?: TargetState): ConfigRecord[] {
  const connector = { key: connectorPrefix + name, value: { properties: config } };
  return target === undefined ? [connector] : [targetRecord(name, target), connector];
}

/** The record of a target state. STOPPED is written so that workers older than 3.5 take it for PAUSED. */
export function targetRecord(name: string, target: TargetState): ConfigRecord {
  return {
    key: targetPrefix + name,
    value: { state: target === 'STOPPED' ? 'PAUSED' : target, 'state.v2': target },
  };
}

/** The records that replace a connector's tasks; they count from the last one, the commit, on. */
export function taskRecords(name: string, tasks: readonly Properties[]): ConfigRecord[] {
  const configs = tasks.map((properties, id) => ({
    key: `${taskPrefix}${name}-${id}`,
    value: { properties },
  }));
  return [...configs, { key: commitPrefix + name, value: { tasks: tasks.length } }];
}

/** The tombstones of a connector. Its tasks and their commit stay: without a connector they mean nothing (C22). */
export function deletionRecords(name: string): ConfigRecord[] {
  return [
    { key: connectorPrefix + name, value: null },
    { key: targetPrefix + name, value: null },
  ];
}

const connectorPrefix = 'connector-';
const targetPrefix = 'target-state-';
const taskPrefix = 'task-';
const commitPrefix = 'commit-';

function entryOf({ entries }: ConfigState, name: string): ConnectorEntry {
  const entry = entries.get(name) ?? { config: undefined, target: 'STARTED', tasks: [], deferred: new Map() };
  entries.set(name, entry);
  return entry;
}

function replayConnector(state: ConfigState, name: string, value: JsonObject | null): void {
  if (value === null) {
    const { target } = entryOf(state, name);
    state.entries.set(name, { config: undefined, target, tasks: [], deferred: new Map() });
    return;
  }
  const config = propertiesOf(value);
  if (config !== undefined) entryOf(state, name).config = config;
}

function replayTarget(state: ConfigState, name: string, value: JsonObject | null): void {
  const target = value === null ? 'STARTED' : (value['state.v2'] ?? value['state']);
  if (target === 'STARTED' || target === 'PAUSED' || target === 'STOPPED')
    entryOf(state, name).target = target;
}

function replayTask(state: ConfigState, nameAndId: string, value: JsonObject | null): void {
  const dash = nameAndId.lastIndexOf('-');
  const id = Number(nameAndId.slice(dash + 1));
  const config = value === null ? undefined : propertiesOf(value);
  if (dash < 1 || !Number.isInteger(id) || config === undefined) return;
  entryOf(state, nameAndId.slice(0, dash)).deferred.set(id, config);
}

function replayCommit(state: ConfigState, name: string, value: JsonObject | null): void {
  const entry = entryOf(state, name);
  const count = value?.['tasks'];
  if (entry.config === undefined) {
    entry.deferred.clear();
    return;
  }
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return;
  const tasks: Properties[] = [];
  for (let id = 0; id < count; id++) {
    const config = entry.deferred.get(id);
    if (config === undefined) break;
    tasks.push(config);
  }
  // Compaction may have left a commit without all of its tasks: none of them may run until they are written again.
  entry.tasks = tasks.length === count ? tasks : [];
  entry.deferred.clear();
}

function propertiesOf(value: JsonObject): Properties | undefined {
  const properties = value['properties'];
  if (!isObject(properties)) return undefined;
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, text]) => text !== null)
      .map(([name, text]) => [name, typeof text === 'string' ? text : JSON.stringify(text)]),
  );
}
