import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Files } from '../../platform/files.ts';
import type { Plugin } from './define.ts';
import { PluginError } from './errors.ts';
import { resolveOwnPackage } from './own-package.ts';
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

/** The keyword that a package must have in its package.json for its plugins to be found. */
export const pluginKeyword = 'millrace-plugin';

/**
 * Loads every `.js`, `.mjs` and `.ts` file of a folder, not of its sub-folders. A missing folder has no plugins. Throws
 * {@link PluginError} for a file that cannot be loaded or exports no plugin.
 */
export async function loadPluginFolder(
  folder: string,
  files: Files,
  load: ImportModule = importModule,
): Promise<readonly FoundPlugin[]> {
  if (files.stat(folder)?.isDirectory !== true) return [];
  const names = files
    .list(folder)
    .filter((name) => /\.(js|mjs|ts)$/.test(name) && !/\.d\.ts$|\.test\./.test(name));
  const found = await Promise.all(names.map((name) => loadPluginFile(join(folder, name), load)));
  return found.flat();
}

/**
 * Loads the plugins of the packages that `<folder>/package.json` depends on: those with the keyword `millrace-plugin` and
 * a list of files in `"millrace": { "plugins": [...] }`. Throws {@link PluginError} naming the package at fault.
 */
export async function loadPluginPackages(
  folder: string,
  files: Files,
  load: ImportModule = importModule,
): Promise<readonly FoundPlugin[]> {
  const found: FoundPlugin[] = [];
  for (const name of dependencyNames(readManifest(join(folder, 'package.json'), files))) {
    const root = join(folder, 'node_modules', name);
    const manifest = readManifest(join(root, 'package.json'), files);
    if (!asList(manifest['keywords']).includes(pluginKeyword)) continue;
    for (const path of pluginPaths(manifest, name))
      found.push(...(await loadPluginFile(join(root, path), load)));
  }
  return found;
}

/** Loads the plugins that one file exports, as default, by name, or in arrays. */
export async function loadPluginFile(
  path: string,
  load: ImportModule = importModule,
): Promise<readonly FoundPlugin[]> {
  let module: unknown;
  try {
    module = await load(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    throw new PluginError(`The plugin file ${path} cannot be loaded: ${reasonOf(cause, path)}`, { cause });
  }
  const plugins = [...new Set(Object.values(asObject(module)).flat().filter(isPlugin))];
  if (plugins.length === 0) {
    throw new PluginError(`${path} exports no plugin. Export what defineSource, defineSink, ... return.`);
  }
  for (const plugin of plugins) checkPlugin(plugin, path);
  return plugins.map((plugin) => ({ plugin, origin: path }));
}

/** The message, with the line of the file when the stack knows it: syntax errors do not say where they are. */
function reasonOf(cause: unknown, path: string): string {
  if (!(cause instanceof Error)) return String(cause);
  const afterPath = (cause.stack ?? '').split(resolve(path)).slice(1);
  const line = afterPath.map((rest) => /^:(\d+)/.exec(rest)?.[1]).find((found) => found !== undefined);
  return line === undefined ? cause.message : `line ${line}: ${cause.message}`;
}

function readManifest(path: string, files: Files): Readonly<Record<string, unknown>> {
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

function pluginPaths(manifest: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const paths = asList(asObject(manifest['millrace'])['plugins']);
  const isInside = (path: unknown): path is string =>
    typeof path === 'string' && !isAbsolute(path) && !path.split(/[\\/]/).includes('..');
  if (paths.length === 0 || !paths.every(isInside)) {
    throw new PluginError(
      `The package ${name} has the keyword '${pluginKeyword}', so its package.json must list the plugins' files ` +
        'in "millrace": { "plugins": ["./dist/index.js"] }.',
    );
  }
  return paths;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
