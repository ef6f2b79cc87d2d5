import { isAbsolute } from 'node:path';
import type { PluginKind } from './define.ts';
import { PluginError } from './errors.ts';
import { isKind, kinds } from './plugin-shape.ts';

/** A plugin as a package.json tells of it, before its module is loaded. */
export interface ManifestEntry {
  readonly kind: PluginKind;
  readonly name: string;
  /** Default: the package's. */
  readonly version: string;
  readonly description?: string;
  readonly aliases: readonly string[];
  /** The module, relative to the package. */
  readonly entry: string;
}

/** What a package.json says of plugins. */
export interface PluginManifest {
  /** Modules that have to be loaded to know what is in them. */
  readonly modules: readonly string[];
  /** Plugins that are loaded when they are used. */
  readonly plugins: readonly ManifestEntry[];
  /** The module with the descriptions for the conformance kit. */
  readonly conformance: string | undefined;
}

/**
 * Reads `"millrace": { "plugins": [...], "conformance": "..." }` of a package.json; undefined when it has no `millrace`.
 * Throws {@link PluginError} with the first thing that is wrong. `origin`: the package, for messages.
 */
export function readManifest(
  content: Readonly<Record<string, unknown>>,
  origin: string,
): PluginManifest | undefined {
  const own = content['millrace'];
  if (own === undefined) return undefined;
  const problem = (reason: string): PluginError =>
    new PluginError(`The package.json of ${origin} cannot be used: ${reason}`);
  if (!isObject(own)) throw problem('"millrace" must be an object with the list "plugins".');
  const { plugins: list, conformance } = own;
  if (!Array.isArray(list) || list.length === 0) {
    throw problem(
      '"millrace": { "plugins": [...] } must list plugins, each as { "kind", "name", "entry" } or as the path of its file.',
    );
  }
  if (conformance !== undefined && !isInside(conformance)) {
    throw problem('"conformance" must be the path of a file in the package.');
  }
  const packageVersion = isText(content['version']) ? content['version'] : '0.0.0';
  const modules: string[] = [];
  const plugins: ManifestEntry[] = [];
  for (const [index, each] of list.entries()) {
    if (typeof each === 'string') {
      if (!isInside(each))
        throw problem(`plugins[${index}], ${JSON.stringify(each)}, is no path in the package.`);
      modules.push(each);
    } else {
      const reason = entryProblem(each);
      if (reason !== undefined) throw problem(`plugins[${index}] ${reason}`);
      plugins.push({
        version: packageVersion,
        aliases: [],
        ...(each as Omit<ManifestEntry, 'version' | 'aliases'>),
      });
    }
  }
  return { modules, plugins, conformance };
}

function entryProblem(entry: unknown): string | undefined {
  if (!isObject(entry)) return 'must be an object or the path of a file.';
  const { kind, name, entry: path, version, description, aliases } = entry;
  if (!isKind(kind)) return `has the kind ${JSON.stringify(kind)}: it must be one of ${kinds.join(', ')}.`;
  if (!isText(name)) return 'needs a "name".';
  if (!isInside(path)) return `(${name}) needs an "entry": the path of its module in the package.`;
  if (version !== undefined && !isText(version)) return `(${name}) has a "version" that is no text.`;
  if (description !== undefined && typeof description !== 'string')
    return `(${name}) has a "description" that is no text.`;
  const isList = aliases === undefined || (Array.isArray(aliases) && aliases.every(isText));
  return isList ? undefined : `(${name}) has "aliases" that are no list of names.`;
}

function isInside(path: unknown): path is string {
  return isText(path) && !isAbsolute(path) && !path.split(/[\\/]/).includes('..');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
