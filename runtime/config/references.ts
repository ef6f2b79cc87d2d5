import type { Files } from '../../platform/files.ts';
import { compilePattern } from '../plugin/index.ts';
import { WorkerConfigError } from './errors.ts';
import { listOf, type Properties, withPrefix } from './properties.ts';

/** Where a provider's values come from. Undefined: there is no such value. */
interface Provider {
  get(path: string, key: string): string | undefined;
}

/** What providers may look at. */
export interface ReferenceSources {
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Replaces `${provider:path:key}` and `${provider:key}` in every value. What cannot be found stays as it is, as in Kafka. */
export type ResolveReferences = (config: Properties) => Properties;

const reference = /\$\{([^}]*?):(([^}]*?):)?([^}]*?)\}/g;

/**
 * Makes the resolver of a worker from `config.providers` and what belongs to it: Kafka's FileConfigProvider,
 * DirectoryConfigProvider and EnvVarConfigProvider, by class name or as `file`, `directory` and `env`. Throws
 * {@link WorkerConfigError} for any other.
 */
export function referenceResolver(worker: Properties, sources: ReferenceSources): ResolveReferences {
  const providers = new Map<string, Provider>();
  for (const name of listOf(worker['config.providers'])) {
    const className = worker[`config.providers.${name}.class`] ?? name;
    const make = kinds[className.slice(className.lastIndexOf('.') + 1)];
    if (make === undefined) {
      throw new WorkerConfigError([
        `config.providers.${name}.class: '${className}' is not known; use file, directory or env.`,
      ]);
    }
    providers.set(name, make(withPrefix(worker, `config.providers.${name}.param.`), sources));
  }
  return (config) =>
    Object.fromEntries(Object.entries(config).map(([key, text]) => [key, resolveText(text, providers)]));
}

function resolveText(text: string, providers: ReadonlyMap<string, Provider>): string {
  if (providers.size === 0 || !text.includes('${')) return text;
  let resolved = '';
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, provider = '', , path = '', key = ''] = match;
    const value = providers.get(provider)?.get(path, key);
    resolved += text.slice(end, match.index) + (value ?? whole);
    end = match.index + whole.length;
  }
  return resolved + text.slice(end);
}

type MakeProvider = (params: Properties, sources: ReferenceSources) => Provider;

const kinds: Readonly<Record<string, MakeProvider>> = {
  FileConfigProvider: fileProvider,
  file: fileProvider,
  DirectoryConfigProvider: directoryProvider,
  directory: directoryProvider,
  EnvVarConfigProvider: environmentProvider,
  env: environmentProvider,
};

/** The value of a key in a properties file. */
function fileProvider(params: Properties, { files }: ReferenceSources): Provider {
  return {
    get(path, key) {
      if (!isAllowed(path, params)) return undefined;
      const text = readText(files, path);
      return text === undefined ? undefined : propertyIn(text, key);
    },
  };
}

/** The content of a file, named by the key, in a directory. */
function directoryProvider(params: Properties, { files }: ReferenceSources): Provider {
  return {
    get(path, key) {
      if (key.includes('/') || key.includes('..') || !isAllowed(path, params)) return undefined;
      return readText(files, `${path}/${key}`);
    },
  };
}

function environmentProvider(params: Properties, { environment }: ReferenceSources): Provider {
  const pattern = params['allowlist.pattern'];
  const allowed = pattern === undefined ? undefined : compilePattern(pattern);
  return { get: (_path, key) => (allowed?.matches(key) === false ? undefined : environment[key]) };
}

function isAllowed(path: string, params: Properties): boolean {
  if (path.split('/').includes('..')) return false;
  const roots = listOf(params['allowed.paths']);
  return (
    roots.length === 0 ||
    roots.some((root) => path === root || path.startsWith(`${root.replace(/\/$/, '')}/`))
  );
}

const fileBytesMax = 1_048_576;

function readText(files: Files, path: string): string | undefined {
  const stat = files.stat(path);
  if (stat === undefined || stat.isDirectory || stat.size > fileBytesMax) return undefined;
  return files.readFile(path).toString('utf8');
}

/** The value of `key` in the text of a `.properties` file. */
function propertyIn(text: string, key: string): string | undefined {
  let value: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^=:\s]*)\s*[=:]?\s*(.*)$/.exec(line);
    if (match?.[1] === key) value = match[2];
  }
  return value;
}
