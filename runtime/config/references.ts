import type { Files } from '../../platform/files.ts';
import { compilePattern } from '../plugin/index.ts';
import { WorkerConfigError } from './errors.ts';
import { parseProperties } from './java-properties.ts';
import { listOf, type Properties, withPrefix } from './properties.ts';

/** Where a provider's values come from. Undefined: there is no such value. */
interface Provider {
  get(path: string, key: string): string | undefined;
}

/** What providers may look at. */
export interface ReferenceSources {
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears of every value that a reference stood for. */
  readonly onValue?: (value: string) => void;
}

/** Replaces `${provider:path:key}` and `${provider:key}` in every value. What cannot be found stays as it is, as in Kafka. */
export type ResolveReferences = (config: Properties) => Properties;

const reference = /\$\{([^}]*?):(([^}]*?):)?([^}]*?)\}/g;

/**
 * Makes the resolver of a worker from `config.providers` and what belongs to it: Kafka's FileConfigProvider,
 * DirectoryConfigProvider and EnvVarConfigProvider, by class name or as `file`, `directory` and `env`. Unlike there, nothing
 * is allowed that is not said to be: whoever may create a connector could read any file of the worker. Throws
 * {@link WorkerConfigError} for any other, and for one that nothing is allowed to.
 */
export function referenceResolver(worker: Properties, sources: ReferenceSources): ResolveReferences {
  const providers = new Map<string, Provider>();
  for (const name of listOf(worker['config.providers'])) {
    const className = worker[`config.providers.${name}.class`] ?? name;
    const make = kinds.get(className.slice(className.lastIndexOf('.') + 1));
    if (make === undefined) {
      throw new WorkerConfigError([
        `config.providers.${name}.class: '${className}' is not known; use file, directory or env.`,
      ]);
    }
    const params = withPrefix(worker, `config.providers.${name}.param.`);
    requireAllowed(name, make, params);
    providers.set(name, make(params, sources));
  }
  return (config) =>
    Object.fromEntries(
      Object.entries(config).map(([key, text]) => [key, resolveText(text, providers, sources.onValue)]),
    );
}

function requireAllowed(name: string, make: MakeProvider, params: Properties): void {
  const param = make === environmentProvider ? 'allowlist.pattern' : 'allowed.paths';
  if ((params[param] ?? '').trim() !== '') return;
  const what = make === environmentProvider ? 'a pattern of the variables' : 'the files or folders';
  throw new WorkerConfigError([
    `config.providers.${name}.param.${param} is not set: name ${what} that connectors may refer to. Nothing is allowed ` +
      'by default, since whoever can create a connector could read them.',
  ]);
}

function resolveText(
  text: string,
  providers: ReadonlyMap<string, Provider>,
  onValue: ReferenceSources['onValue'],
): string {
  if (providers.size === 0 || !text.includes('${')) return text;
  let resolved = '';
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, provider = '', , path = '', key = ''] = match;
    const value = providers.get(provider)?.get(path, key);
    if (value !== undefined) onValue?.(value);
    resolved += text.slice(end, match.index) + (value ?? whole);
    end = match.index + whole.length;
  }
  return resolved + text.slice(end);
}

type MakeProvider = (params: Properties, sources: ReferenceSources) => Provider;

const kinds: ReadonlyMap<string, MakeProvider> = new Map([
  ['FileConfigProvider', fileProvider],
  ['file', fileProvider],
  ['DirectoryConfigProvider', directoryProvider],
  ['directory', directoryProvider],
  ['EnvVarConfigProvider', environmentProvider],
  ['env', environmentProvider],
]);

/** The value of a key in a properties file. */
function fileProvider(params: Properties, { files }: ReferenceSources): Provider {
  return {
    get(path, key) {
      if (!isAllowed(path, params)) return undefined;
      const text = readText(files, path);
      return text === undefined ? undefined : parseProperties(text).get(key);
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
  const allowed = compilePattern(params['allowlist.pattern'] ?? '');
  return { get: (_path, key) => (allowed.matches(key) ? environment[key] : undefined) };
}

function isAllowed(path: string, params: Properties): boolean {
  if (path.split('/').includes('..')) return false;
  const roots = listOf(params['allowed.paths']);
  return roots.some((root) => path === root || path.startsWith(`${root.replace(/\/$/, '')}/`));
}

const fileBytesMax = 1_048_576;

function readText(files: Files, path: string): string | undefined {
  const stat = files.stat(path);
  if (stat === undefined || stat.isDirectory || stat.size > fileBytesMax) return undefined;
  return files.readFile(path).toString('utf8');
}
