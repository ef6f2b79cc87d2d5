import {
  type ConfigProperty,
  type ConfigSchema,
  classNameOf,
  type DefinedSink,
  type DefinedSource,
  type PluginRegistry,
} from '../plugin/index.ts';
import { commonKeys, deadLetterKeys, sinkKeys, sourceKeys } from './connector-keys.ts';
import { extensionKeys } from './extension-keys.ts';
import type { Properties } from './properties.ts';
import type { WorkerSettings } from './worker-settings.ts';

type Keys = Readonly<Record<string, ConfigProperty>>;

/**
 * The runtime's keys for one connector, with what this worker offers as defaults and choices. A source lists the dead
 * letter queue only when its config mentions it, because clients compare the list with Kafka's.
 */
export function connectorSchema(
  plugin: DefinedSource | DefinedSink,
  config: Properties,
  { plugins, worker }: { readonly plugins: PluginRegistry; readonly worker: WorkerSettings },
): ConfigSchema {
  const keys: Keys = {
    ...commonKeys,
    'connector.plugin.version': versionKey(commonKeys['connector.plugin.version'], plugin.version),
    ...converterKeys('key', worker.keyConverter.className, plugins),
    ...converterKeys('value', worker.valueConverter.className, plugins),
    ...converterKeys('header', worker.headerConverter.className, plugins),
  };
  const hasDeadLetters = Object.keys(config).some((key) => key.startsWith('errors.deadletterqueue.'));
  const kindKeys: Keys =
    plugin.kind === 'sink'
      ? { ...sinkKeys, ...deadLetterKeys }
      : { ...(hasDeadLetters ? deadLetterKeys : {}), ...sourceKeys };
  const hasExtensions = Object.keys(extensionKeys).some((key) => Object.hasOwn(config, key));
  const properties = { ...keys, ...kindKeys, ...(hasExtensions ? extensionKeys : {}) };
  return { type: 'object', required: ['name', 'connector.class'], properties };
}

function converterKeys(part: 'key' | 'value' | 'header', worker: string, plugins: PluginRegistry): Keys {
  const kinds = part === 'header' ? 'header_converter' : 'converter';
  const known = plugins.list(kinds);
  const plugin = findQuietly(plugins, kinds, worker);
  const check = (value: unknown): string | undefined =>
    findQuietly(plugins, kinds, String(value)) === undefined
      ? `Class ${value} could not be found.`
      : undefined;
  const key = `${part}.converter` as const;
  const version = `${part}.converter.plugin.version` as const;
  return {
    [key]: {
      ...commonKeys[key],
      default: worker,
      recommended: known.map((each) => classNameOf(each)).toSorted(),
      check,
    },
    [version]: plugin === undefined ? commonKeys[version] : versionKey(commonKeys[version], plugin.version),
  };
}

function versionKey(key: ConfigProperty, version: string): ConfigProperty {
  return { ...key, default: version, recommended: [version] };
}

/** As the registry's `find`, but undefined as well when a short name fits several. */
export function findQuietly<K extends Parameters<PluginRegistry['find']>[0]>(
  plugins: PluginRegistry,
  kind: K,
  name: string,
): ReturnType<typeof plugins.find<K>> {
  try {
    return plugins.find(kind, name);
  } catch {
    return undefined;
  }
}
