import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Files } from '../../platform/files.ts';
import { type Conformance, isConformance } from './conformance.ts';
import type { Plugin } from './define.ts';
import { PluginError } from './errors.ts';
import { lazyPlugin } from './lazy-plugin.ts';
import { identity } from './module-identity.ts';
import { resolveOwnPackage } from './own-package.ts';
import { type ManifestEntry, type PluginManifest, readManifest } from './plugin-manifest.ts';
import { checkPlugin, isPlugin } from './plugin-shape.ts';

/** A plugin with the file it came from. */
export interface FoundPlugin {
  readonly plugin: Plugin;
  readonly origin: string;
}

/** Loads a module. Tests pass their own. */
export type ImportModule = (url: string) => Promise<unknown>;

const importModule: ImportModule = (url) => {
  resolveOwnPackage();
  return import(url);
};

/** As {@link ImportModule}, but at once; for plugins that are loaded when they are used. */
export type RequireModule = (path: string) => unknown;

const requireNow: RequireModule = (path) => {
  resolveOwnPackage();
  return createRequire(import.meta.url)(path);
};

/**
 * Whether a module that is loaded now shares its imports with those that are loaded already. A test runner that transforms
 * modules has copies of its own: there the classes of errors and values would be others.
 */
export function canLoadNow(): boolean {
  // The published package is not transformed.
  if (import.meta.url.endsWith('.js')) return true;
  const found = requireNow(fileURLToPath(new URL('./module-identity.ts', import.meta.url)));
  return asObject(found)['identity'] === identity;
}

/** How modules are loaded. Default: as Node.js does. */
export interface ModuleLoading {
  readonly load?: ImportModule;
  readonly requireNow?: RequireModule;
}

/** The keyword that a package must have in its package.json for its plugins to be found. */
export const pluginKeyword = 'millrace-plugin';

/** Files of a folder that are there for plugins, but have none. */
const noPlugins = /\.d\.ts$|\.test\.|(^|\.)conformance\./;

/**
 * The plugins of a folder. If it is a package, those that its manifest lists; else those of every `.js`, `.mjs` and `.ts`
 * file in it, and of every package that is a sub-folder: a package.json with `"millrace": { "plugins": [...] }`. A missing folder
 * has none. Throws {@link PluginError} for a file that cannot be loaded or exports no plugin, and for a broken manifest.
 */
export async function loadPluginFolder(
  folder: string,
  files: Files,
  loading: ModuleLoading = {},
): Promise<readonly FoundPlugin[]> {
  if (files.stat(folder)?.isDirectory !== true) return [];
  const own = await loadPackage(folder, files, folder, loading);
  if (own !== undefined) return own;
  const found = await Promise.all(
    files.list(folder).map(async (name) => {
      const path = join(folder, name);
      if (files.stat(path)?.isDirectory === true)
        return (await loadPackage(path, files, path, loading)) ?? [];
      const isModule = /\.(js|mjs|ts)$/.test(name) && !noPlugins.test(name);
      return isModule ? loadPluginFile(path, loading.load) : [];
    }),
  );
  return found.flat();
}

/**
 * The plugins of the packages that `<folder>/package.json` depends on: those with the keyword `millrace-plugin` and
 * a list in `"millrace": { "plugins": [...] }`. Throws {@link PluginError} naming the package at fault.
 */
export async function loadPluginPackages(
  folder: string,
  files: Files,
  loading: ModuleLoading = {},
): Promise<readonly FoundPlugin[]> {
  const found: FoundPlugin[] = [];
  for (const name of dependencyNames(readPackage(folder, files))) {
    const root = join(folder, 'node_modules', name);
    if (!asList(readPackage(root, files)['keywords']).includes(pluginKeyword)) continue;
    const plugins = await loadPackage(root, files, name, loading);
    if (plugins === undefined) {
      throw new PluginError(
        `The package ${name} has the keyword '${pluginKeyword}', so its package.json must list its plugins ` +
          'in "millrace": { "plugins": [{ "kind": "source", "name": "orders", "entry": "./dist/index.js" }] }.',
      );
    }
    found.push(...plugins);
  }
  return found;
}

/** The manifest of the package in a folder; undefined when it has none. Throws {@link PluginError} for a broken one. */
export function packageManifest(folder: string, files: Files): PluginManifest | undefined {
  return readManifest(readPackage(folder, files), folder);
}

/** Those that the manifest describes are not loaded before they are used. Undefined: the folder is no package of plugins. */
async function loadPackage(
  root: string,
  files: Files,
  origin: string,
  loading: ModuleLoading,
): Promise<readonly FoundPlugin[] | undefined> {
  const manifest = readManifest(readPackage(root, files), origin);
  if (manifest === undefined) return undefined;
  const lazy = manifest.plugins.map((entry): FoundPlugin => {
    const path = join(root, entry.entry);
    if (files.stat(path) === undefined) {
      throw new PluginError(
        `The package.json of ${origin} names ${entry.entry} as the entry of the ${entry.kind} '${entry.name}', but there is no such file: build the package, or correct the path.`,
      );
    }
    return { plugin: lazyPlugin(entry, () => loadPluginNow(path, entry, loading.requireNow)), origin: path };
  });
  const loaded = await Promise.all(
    manifest.modules.map((path) => loadPluginFile(join(root, path), loading.load)),
  );
  return [...lazy, ...loaded.flat()];
}

/** Loads one plugin of a module at once. Throws {@link PluginError} when it cannot be loaded so, or is not in the module. */
export function loadPluginNow(
  path: string,
  { kind, name }: Pick<ManifestEntry, 'kind' | 'name'>,
  load: RequireModule = requireNow,
): Plugin {
  let module: unknown;
  try {
    module = load(resolve(path));
  } catch (cause) {
    const isAwaiting = cause instanceof Error && 'code' in cause && cause.code === 'ERR_REQUIRE_ASYNC_MODULE';
    const reason = isAwaiting
      ? 'it has an await outside of functions, or imports a module that has: move it into open or read, or list the file as text in "plugins", to be loaded at the start'
      : reasonOf(cause, path);
    throw new PluginError(`The plugin file ${path} cannot be loaded: ${reason}`, { cause });
  }
  const found = pluginsIn(module, path);
  const plugin = found.find((each) => each.kind === kind && each.name === name);
  if (plugin !== undefined) return plugin;
  const others = found.map((each) => `the ${each.kind} '${each.name}'`).join(', ');
  throw new PluginError(
    `The package.json says that ${path} has the ${kind} '${name}', but it has ${others}: correct one of them.`,
  );
}

/** Loads the plugins that one file exports, as default, by name, or in arrays. */
export async function loadPluginFile(
  path: string,
  load: ImportModule = importModule,
): Promise<readonly FoundPlugin[]> {
  return pluginsIn(await loadModule(path, load), path).map((plugin) => ({ plugin, origin: path }));
}

/** Loads the descriptions for the conformance kit that a file exports. Throws {@link PluginError} when it has none. */
export async function loadConformanceFile(
  path: string,
  load: ImportModule = importModule,
): Promise<readonly Conformance[]> {
  const found = Object.values(asObject(await loadModule(path, load)))
    .flat()
    .filter(isConformance);
  if (found.length > 0) return found;
  throw new PluginError(
    `${path} exports no description. Export what describeSource or describeSink returns.`,
  );
}

async function loadModule(path: string, load: ImportModule): Promise<unknown> {
  try {
    return await load(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    throw new PluginError(`The plugin file ${path} cannot be loaded: ${reasonOf(cause, path)}`, { cause });
  }
}

function pluginsIn(module: unknown, path: string): readonly Plugin[] {
  const plugins = [...new Set(Object.values(asObject(module)).flat().filter(isPlugin))];
  if (plugins.length === 0) {
    throw new PluginError(`${path} exports no plugin. Export what defineSource, defineSink, ... return.`);
  }
  for (const plugin of plugins) checkPlugin(plugin, path);
  return plugins;
}

/** The message, with the line of the file when the stack knows it: syntax errors do not say where they are. */
function reasonOf(cause: unknown, path: string): string {
  if (!(cause instanceof Error)) return String(cause);
  const afterPath = (cause.stack ?? '').split(resolve(path)).slice(1);
  const line = afterPath.map((rest) => /^:(\d+)/.exec(rest)?.[1]).find((found) => found !== undefined);
  return line === undefined ? cause.message : `line ${line}: ${cause.message}`;
}

function readPackage(folder: string, files: Files): Readonly<Record<string, unknown>> {
  const path = join(folder, 'package.json');
  if (files.stat(path) === undefined) return {};
  try {
    return asObject(JSON.parse(files.readFile(path).toString('utf8')));
  } catch (cause) {
    throw new PluginError(`${path} is not valid JSON: correct it or reinstall the package.`, { cause });
  }
}

function dependencyNames(manifest: Readonly<Record<string, unknown>>): string[] {
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies'];
  return [...new Set(groups.flatMap((group) => Object.keys(asObject(manifest[group]))))].sort();
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
