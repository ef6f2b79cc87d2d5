import type { ExtensionSettings, Properties } from '../../config/index.ts';
import { pluginConfig } from '../../config/index.ts';
import type { DefinedSink, DefinedSource } from '../../plugin/index.ts';
import type { TaskEnvironment } from '../task.ts';
import { IsolatedPlugin } from './isolated-plugin.ts';
import { remoteSink, remoteSource } from './remote-plugins.ts';

/** A plugin whose code runs where the connector's config wants it. */
export interface PlacedPlugin {
  readonly plugin: DefinedSource | DefinedSink;
  /** Ends the thread or process, if there is one. Resolves when it has ended. */
  end(): Promise<void>;
}

/** Whose plugin it is, and who hears of it. */
export interface PlaceOptions {
  readonly connector: string;
  readonly task: number;
  /** References resolved. */
  readonly config: Properties;
  readonly settings: ExtensionSettings['isolation'];
  onLost(error: Error): void;
  onAsk(what: string, input: unknown): void;
}

/** Starts the thread or process of a plugin as `isolation` says; with `inline` it is the plugin itself. */
export function isolatePlugin(
  plugin: DefinedSource | DefinedSink,
  { isolates, pluginHost: program, clock, plugins }: TaskEnvironment,
  { config, ...options }: PlaceOptions,
): PlacedPlugin {
  if (options.settings.mode === 'inline') return { plugin, end: () => Promise.resolve() };
  const { kind, name } = plugin;
  const remote = new IsolatedPlugin({
    ...options,
    isolates,
    program,
    clock,
    plugin: { kind, name, file: plugins.fileOf(plugin) },
    config: pluginConfig(config, plugin.config),
  });
  return {
    plugin: plugin.kind === 'source' ? remoteSource(plugin, remote) : remoteSink(plugin, remote),
    end: () => remote.terminate(),
  };
}
