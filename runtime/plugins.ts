import { dirname, join, resolve } from 'node:path';
import type { Files } from '../platform/files.ts';
import { builtInConnectors } from './built-in-connectors.ts';
import { builtInConverters, type ClientFor, registryConverters } from './converters/index.ts';
import { loadPluginFolder, loadPluginPackages, PluginError, PluginRegistry } from './plugin/index.ts';
import { builtInPredicates } from './predicates/index.ts';
import { builtInTransforms } from './transforms/index.ts';

/** Where third-party plugins are looked for. */
export interface PluginPlaces {
  readonly files: Files;
  /** Folders of plugin files (`.ts`, `.js`). */
  readonly folders?: readonly string[];
  /** Folders with a package.json whose dependencies may bring plugins. */
  readonly packages?: readonly string[];
  /** The registry that converters use which need one; without it they are known, but cannot be opened. */
  readonly registry?: ClientFor | undefined;
}

/** A converter needs a registry, and names none. */
export class RegistryMissingError extends PluginError {
  constructor() {
    super('There is no schema registry in this process: give the converter a schema.registry.url.');
  }
}

const noRegistry: ClientFor = () => {
  throw new RegistryMissingError();
};

/** All plugins: built in, then from folders and packages. Throws PluginError for one that is malformed or taken. */
export async function loadPlugins({
  files,
  folders = [],
  packages = [],
  registry: clientFor = noRegistry,
}: PluginPlaces): Promise<PluginRegistry> {
  const registry = new PluginRegistry();
  const converters = [...builtInConverters, ...registryConverters(clientFor)];
  for (const plugin of [...converters, ...builtInTransforms, ...builtInPredicates]) registry.add(plugin);
  for (const plugin of await builtInConnectors()) registry.add(plugin);
  for (const folder of distinct(folders)) {
    for (const { plugin, origin } of await loadPluginFolder(folder, files)) registry.add(plugin, origin);
  }
  for (const folder of distinct(packages)) {
    for (const { plugin, origin } of await loadPluginPackages(folder, files)) registry.add(plugin, origin);
  }
  return registry;
}

/** Each folder once, by whatever paths it was named. */
function distinct(folders: readonly string[]): Iterable<string> {
  return new Map(folders.map((folder) => [resolve(folder), folder])).values();
}

/** Beside a pipeline file: the folder `plugins`, and packages that its package.json depends on. */
export function pluginPlacesOf(pipelineFiles: readonly string[]): Pick<PluginPlaces, 'folders' | 'packages'> {
  const folders = pipelineFiles.map((file) => dirname(file));
  return { folders: folders.map((folder) => join(folder, 'plugins')), packages: [...folders, '.'] };
}
