// The program of an isolated task's thread or process: runs one plugin.
import type { IsolatePort } from '../platform/isolate.ts';
import { systemClock } from '../platform/system-clock.ts';
import { loadBuiltInConnector } from './built-in-connectors.ts';
import { type DefinedSink, type DefinedSource, loadPluginFile, PluginError } from './plugin/index.ts';
import { type PluginAddress, servePlugin } from './tasks/isolation/index.ts';

/** Called by the platform with the connection to the worker. */
export function serve(port: IsolatePort): void {
  servePlugin(port, systemClock, findPlugin);
}

async function findPlugin({ kind, name, file }: PluginAddress): Promise<DefinedSource | DefinedSink> {
  if (file === undefined) return loadBuiltInConnector(kind, name);
  for (const { plugin } of await loadPluginFile(file)) {
    if ((plugin.kind === 'source' || plugin.kind === 'sink') && plugin.kind === kind && plugin.name === name)
      return plugin;
  }
  throw new PluginError(`${file} has no ${kind} '${name}' any more: restart the worker.`);
}
