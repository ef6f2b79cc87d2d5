import { findConnector, type Properties } from '../config/index.ts';
import { classNameOf, type JsonObject, type Plugin, type PluginRegistry } from '../plugin/index.ts';
import type { ConnectorEntry } from './config-state.ts';
import type { Status } from './status.ts';
import type { StatusStore } from './status-store.ts';

/** Answers of Kafka Connect's REST API; keys in its order. */
export interface ConnectorInfo {
  readonly name: string;
  readonly config: Properties;
  readonly tasks: readonly { readonly connector: string; readonly task: number }[];
  readonly type: ConnectorType;
}

export type ConnectorType = 'source' | 'sink' | 'unknown';

export interface StatusInfo {
  readonly state: string;
  readonly worker_id: string;
  readonly version?: string | null;
  readonly trace?: string;
}

export interface TaskStatusInfo extends StatusInfo {
  readonly id: number;
}

export interface ConnectorStatusInfo {
  readonly name: string;
  readonly connector: StatusInfo;
  readonly tasks: readonly TaskStatusInfo[];
  readonly type: ConnectorType;
}

export interface TaskInfo {
  readonly id: { readonly connector: string; readonly task: number };
  readonly config: Properties;
}

/** Offsets of a connector: a source's own maps, or a sink's topic, partition and offset. */
export interface ConnectorOffset {
  readonly partition: JsonObject;
  readonly offset: JsonObject | null;
}

/** An offset as a client sent it. */
export interface SentOffset {
  readonly partition: JsonObject | null;
  readonly offset: JsonObject | null;
}

export interface PluginInfo {
  readonly class: string;
  readonly type: 'sink' | 'source' | 'transformation' | 'predicate' | 'converter' | 'header_converter';
  readonly version: string;
}

export function connectorInfo(
  name: string,
  { config, tasks }: Pick<ConnectorEntry, 'tasks'> & { readonly config: Properties },
  plugins: PluginRegistry,
): ConnectorInfo {
  return {
    name,
    config,
    tasks: tasks.map((_, task) => ({ connector: name, task })),
    type: connectorType(config, plugins),
  };
}

export function connectorType(config: Properties | undefined, plugins: PluginRegistry): ConnectorType {
  return (config === undefined ? undefined : findConnector(plugins, config))?.kind ?? 'unknown';
}

/** Undefined when nothing is known of the connector's state. */
export function connectorStatusInfo(
  name: string,
  type: ConnectorType,
  statuses: StatusStore,
): ConnectorStatusInfo | undefined {
  const status = statuses.connector(name);
  if (status === undefined) return undefined;
  const tasks = statuses.tasks(name).map(([id, each]) => ({ id, ...statusInfo(each) }));
  return { name, connector: statusInfo(status), tasks, type };
}

export function statusInfo({ state, workerId, trace, version }: Status): StatusInfo {
  return {
    state,
    worker_id: workerId,
    version: version ?? null,
    ...(trace !== undefined && trace !== '' && { trace }),
  };
}

const kinds = [
  ['sink', 'sink'],
  ['source', 'source'],
  ['transform', 'transformation'],
  ['predicate', 'predicate'],
  ['converter', 'converter'],
  ['header_converter', 'header_converter'],
] as const;

/** All plugins in Kafka Connect's order of kinds. */
export function pluginInfos(plugins: PluginRegistry, hasConnectorsOnly: boolean): PluginInfo[] {
  return kinds.slice(0, hasConnectorsOnly ? 2 : kinds.length).flatMap(([kind, type]) =>
    (plugins.list(kind) as readonly Plugin[]).map((plugin) => ({
      class: classNameOf(plugin),
      type,
      version: plugin.version,
    })),
  );
}

/** The connectors there are, as Kafka Connect lists them in the message about one that there is not. */
export function connectorDescriptions(plugins: PluginRegistry): string {
  return [...plugins.list('sink'), ...plugins.list('source')]
    .map((plugin) => {
      const { kind, version } = plugin;
      const name = classNameOf(plugin);
      return (
        `PluginDesc{klass=class ${name}, name='${name}', version='${version}', encodedVersion=${version}, ` +
        `type=${kind}, typeName='${kind}', location='classpath'}`
      );
    })
    .join(', ');
}
