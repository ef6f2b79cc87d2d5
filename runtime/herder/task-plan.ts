import {
  type Properties,
  pluginConfig,
  sinkSettings,
  sourceSettings,
  type WorkerSettings,
} from '../config/index.ts';
import {
  classNameOf,
  type DefinedSink,
  type DefinedSource,
  type PluginContext,
  requirePluginConfig,
  type SourcePartition,
} from '../plugin/index.ts';
import { isObject } from './json.ts';

const partitionsKey = 'source.partitions';

/**
 * The task configs of a connector: `config` itself and what distinguishes a task. `resolved`: the same with references
 * resolved, for the plugin; they never reach a task config (C31). Throws what the plugin throws.
 */
export async function planTasks(
  plugin: DefinedSource | DefinedSink,
  { config, resolved }: { readonly config: Properties; readonly resolved: Properties },
  worker: WorkerSettings,
  ctx: PluginContext,
): Promise<readonly Properties[]> {
  const base = { ...config, 'task.class': taskClassOf(plugin) };
  if (plugin.kind === 'sink')
    return Array.from({ length: sinkSettings(resolved, worker).tasksMax }, () => base);
  const { tasksMax } = sourceSettings(resolved, worker);
  const parsed = requirePluginConfig(plugin, pluginConfig(resolved, plugin.config));
  if (plugin.partitions === undefined) return [base];
  const partitions = await plugin.partitions(parsed, ctx);
  return groupsOf(partitions, tasksMax).map((group) => ({ ...base, [partitionsKey]: JSON.stringify(group) }));
}

/** The source partitions of a task. */
export function partitionsOf(task: Properties): readonly SourcePartition[] {
  const text = task[partitionsKey];
  if (text === undefined) return [{}];
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Neighbours stay together; sizes differ by one at most. As Kafka's `ConnectorUtils.groupPartitions`. */
export function groupsOf<T>(items: readonly T[], groupsMax: number): T[][] {
  const count = Math.min(items.length, groupsMax);
  const groups: T[][] = [];
  let start = 0;
  for (let group = 0; group < count; group++) {
    const size = Math.floor(items.length / count) + (group < items.length % count ? 1 : 0);
    groups.push(items.slice(start, start + size));
    start += size;
  }
  return groups;
}

function taskClassOf(plugin: DefinedSource | DefinedSink): string {
  return classNameOf(plugin).replace(/Connector$/, 'Task');
}
