import type { ConfigInfos, Properties, SentConfig } from '../config/index.ts';
import type { ConfigKey } from '../plugin/index.ts';
import type { TargetState } from './config-state.ts';
import type {
  ConnectorInfo,
  ConnectorOffset,
  ConnectorStatusInfo,
  PluginInfo,
  SentOffset,
  TaskInfo,
  TaskStatusInfo,
} from './connector-info.ts';
import type { Health } from './health.ts';
import type { LoggerLevels } from './logger-levels.ts';

/** Configs that a restart of a connector is limited to. */
export interface RestartOptions {
  readonly includeTasks: boolean;
  readonly onlyFailed: boolean;
}

/**
 * What runs connectors: Kafka Connect's herder. Refused requests are HerderErrors with the status that Kafka Connect's REST
 * API gives them. Changes resolve when they are durable; connectors and tasks follow.
 */
export interface Herder {
  readonly clusterId: string;
  readonly loggers: LoggerLevels;
  /** Whether the worker can act (KIP-1017); answers within `timeoutMs`. */
  health(timeoutMs: number): Promise<Health>;
  /** Sorted. */
  connectors(): string[];
  connectorInfo(name: string): ConnectorInfo;
  connectorConfig(name: string): Properties;
  connectorStatus(name: string): ConnectorStatusInfo;
  taskConfigs(name: string): TaskInfo[];
  taskStatus(name: string, task: number): TaskStatusInfo;
  /** Validates and starts. Resolves when the connector has said which tasks it has, or has failed. */
  createConnector(name: string, config: SentConfig, target?: TargetState): Promise<ConnectorInfo>;
  putConnectorConfig(
    name: string,
    config: SentConfig,
  ): Promise<{ readonly isCreated: boolean; readonly info: ConnectorInfo }>;
  /** Null removes a key. */
  patchConnectorConfig(name: string, patch: SentConfig): Promise<ConnectorInfo>;
  deleteConnector(name: string): Promise<void>;
  pauseConnector(name: string): Promise<void>;
  resumeConnector(name: string): Promise<void>;
  stopConnector(name: string): Promise<void>;
  /** Returns the state with what will be restarted shown as RESTARTING. */
  restartConnector(name: string, options: RestartOptions): ConnectorStatusInfo;
  restartTask(name: string, task: number): void;
  connectorTopics(name: string): string[];
  resetConnectorTopics(name: string): void;
  connectorOffsets(name: string): Promise<ConnectorOffset[]>;
  /** Resolves with Kafka Connect's message. */
  alterConnectorOffsets(name: string, offsets: readonly SentOffset[]): Promise<string>;
  resetConnectorOffsets(name: string): Promise<string>;
  plugins(hasConnectorsOnly: boolean): PluginInfo[];
  /** `version`: undefined or `latest` for the one there is. */
  pluginConfig(name: string, version?: string): readonly ConfigKey[];
  validate(config: SentConfig): ConfigInfos;
}
