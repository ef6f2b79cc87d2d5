import { type DefinedSink, type DefinedSource, isPlugin, PluginError } from './plugin/index.ts';

/** The built-in connectors, each loaded by itself so that what it needs is loaded with it. */
export const builtInConnectors: readonly (() => Promise<object>)[] = [
  () => import('../connectors/csv/index.ts'),
  () => import('../connectors/datagen/index.ts'),
  () => import('../connectors/file/index.ts'),
  () => import('../connectors/http/index.ts'),
  () => import('../connectors/jsonl/index.ts'),
  () => import('../connectors/sqlite/index.ts'),
];

/** A built-in source or sink by its name. Throws PluginError when there is none. */
export async function loadBuiltInConnector(
  kind: 'source' | 'sink',
  name: string,
): Promise<DefinedSource | DefinedSink> {
  for (const load of builtInConnectors) {
    const plugins = Object.values(await load()).filter(isPlugin);
    const found = plugins.find((plugin) => plugin.kind === kind && plugin.name === name);
    if (found?.kind === 'source' || found?.kind === 'sink') return found;
  }
  throw new PluginError(`There is no built-in ${kind} '${name}'.`);
}
