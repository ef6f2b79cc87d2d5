import type { Plugin } from './define.ts';
import type { ManifestEntry } from './plugin-manifest.ts';

const unloaded = new WeakSet<object>();

/**
 * A plugin of which only the manifest is known. The first look at anything else, its config or a method, calls `load`,
 * which must return the plugin of that kind and name, or throw. What it throws goes to whoever looked, each time.
 */
export function lazyPlugin(entry: ManifestEntry, load: () => Plugin): Plugin {
  const { kind, name, version, description, aliases } = entry;
  const known: object = { kind, name, version, aliases, ...(description !== undefined && { description }) };
  const fill = (): void => {
    if (!unloaded.has(proxy)) return;
    const plugin = load();
    // Names stay as the registry knows them.
    Object.assign(known, { ...plugin, name, aliases });
    unloaded.delete(proxy);
  };
  const proxy = new Proxy(known, {
    get(target, key) {
      // `then` is asked of everything that an async function returns.
      if (typeof key === 'string' && key !== 'then' && !(key in target)) fill();
      return Reflect.get(target, key);
    },
    has(target, key) {
      fill();
      return Reflect.has(target, key);
    },
    ownKeys(target) {
      fill();
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor(target, key) {
      fill();
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  unloaded.add(proxy);
  return proxy as Plugin;
}

/** True for a lazy plugin that nobody has used yet. */
export function isUnloaded(plugin: Plugin): boolean {
  return unloaded.has(plugin);
}
