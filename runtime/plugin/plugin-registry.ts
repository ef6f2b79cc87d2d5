import type { Plugin, PluginKind } from './define.ts';
import { PluginError } from './errors.ts';
import { isUnloaded } from './lazy-plugin.ts';
import { checkPlugin } from './plugin-shape.ts';
import { suggestName } from './suggestion.ts';

type OfKind<K extends PluginKind> = Extract<Plugin, { readonly kind: K }>;

const builtIn = 'the built-in plugins';

/** Endings that Kafka Connect lets users leave out of a class name. */
const endings: Readonly<Record<PluginKind, readonly string[]>> = {
  source: ['Connector', 'SourceConnector'],
  sink: ['Connector', 'SinkConnector'],
  transform: ['Transformation'],
  predicate: ['Predicate'],
  converter: ['Converter'],
  header_converter: ['HeaderConverter', 'Converter'],
};

/**
 * The plugins of a worker, found by name: the plugin's own name, an alias, a Java class name in full, its last part, or
 * that without `Connector`, `Converter`, `Transformation`.
 */
export class PluginRegistry {
  readonly #exact = new Map<string, Plugin>();
  /** Short forms of Java class names; several plugins may share one, and then it names none. */
  readonly #short = new Map<string, Set<Plugin>>();
  readonly #plugins: Plugin[] = [];
  readonly #origins = new Map<Plugin, string>();

  /**
   * Adds a plugin; one that is not loaded yet is checked when it is. `origin` is for messages. Throws {@link PluginError} when it is
   * malformed or its name is taken.
   */
  add(plugin: Plugin, origin = builtIn): void {
    if (!isUnloaded(plugin)) checkPlugin(plugin, origin);
    const names = [plugin.name, ...(plugin.aliases ?? [])];
    const taken = names.find((name) => this.#exact.has(`${plugin.kind} ${name}`));
    if (taken !== undefined) {
      throw new PluginError(
        `${origin} brings a ${plugin.kind} named '${taken}', but there is one already. Rename one.`,
      );
    }
    this.#plugins.push(plugin);
    this.#origins.set(plugin, origin);
    for (const name of names) this.#exact.set(`${plugin.kind} ${name}`, plugin);
    for (const name of names.flatMap((name) => shortNames(plugin.kind, name))) {
      const key = `${plugin.kind} ${name}`;
      this.#short.set(key, (this.#short.get(key) ?? new Set()).add(plugin));
    }
  }

  /** The file that a plugin came from; undefined when it is built in. */
  fileOf(plugin: Plugin): string | undefined {
    const origin = this.#origins.get(plugin);
    return origin === builtIn ? undefined : origin;
  }

  /** The plugin of that kind, or undefined. Throws {@link PluginError} when a short name fits several. */
  find<K extends PluginKind>(kind: K, name: string): OfKind<K> | undefined {
    const exact = this.#exact.get(`${kind} ${name}`);
    if (exact !== undefined) return exact as OfKind<K>;
    const [first, ...others] = this.#short.get(`${kind} ${name}`) ?? [];
    if (others.length > 0) {
      const choices = [first, ...others].map((plugin) => plugin?.name).join(', ');
      throw new PluginError(`'${name}' is ambiguous: it may be ${choices}. Use the full name.`);
    }
    return first as OfKind<K> | undefined;
  }

  /** As {@link find}. Throws {@link PluginError} with a suggestion when there is none. */
  require<K extends PluginKind>(kind: K, name: string): OfKind<K> {
    const plugin = this.find(kind, name);
    if (plugin !== undefined) return plugin;
    const names = this.list(kind).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    const suggestion = suggestName(name, [...names, ...names.flatMap((each) => shortNames(kind, each))]);
    const advice =
      suggestion === undefined ? 'Install the plugin that brings it.' : `Did you mean '${suggestion}'?`;
    throw new PluginError(`There is no ${kind.replace('_', ' ')} '${name}'. ${advice}`);
  }

  /** All plugins of a kind, in the order they were added. */
  list<K extends PluginKind>(kind: K): readonly OfKind<K>[] {
    return this.#plugins.filter((plugin): plugin is OfKind<K> => plugin.kind === kind);
  }
}

/** What the REST API calls the plugin's class: its Java class name when it has one, else its name. */
export function classNameOf(plugin: Plugin): string {
  return plugin.aliases?.find(isClassName) ?? plugin.name;
}

function isClassName(name: string): boolean {
  return /^[\w$]+(\.[\w$]+)+$/.test(name);
}

function shortNames(kind: PluginKind, name: string): string[] {
  if (!isClassName(name)) return [];
  const simple = name.slice(name.lastIndexOf('.') + 1);
  const cut = endings[kind].filter((ending) => simple.endsWith(ending) && simple !== ending);
  return [simple, ...cut.map((ending) => simple.slice(0, -ending.length))];
}
