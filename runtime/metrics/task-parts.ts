import { type ConverterSpec, type Properties, transformSpecs, type WorkerSettings } from '../config/index.ts';
import { classNameOf, type PluginKind, type PluginRegistry } from '../plugin/index.ts';
import type { TaskPart } from './worker-families.ts';

/** The converters, transforms and predicates that a connector's config names; those that there are not are left out. */
export function taskParts(
  config: Properties,
  { plugins, worker }: { readonly plugins: PluginRegistry; readonly worker: WorkerSettings },
): readonly TaskPart[] {
  const part = (kind: TaskPart['kind'], from: PluginKind, alias: string, type = ''): readonly TaskPart[] => {
    const plugin = find(plugins, from, type);
    if (plugin === undefined) return [];
    return [{ kind, alias, className: classNameOf(plugin), version: plugin.version }];
  };
  const converter = (side: 'key' | 'value' | 'header', standard: ConverterSpec): readonly TaskPart[] => {
    const kind = side === 'header' ? 'header_converter' : 'converter';
    return part('converter', kind, side, config[`${side}.converter`] ?? standard.className);
  };
  const stages = transformSpecs(config);
  const predicates = new Map(
    stages.flatMap(({ predicate }) => (predicate === undefined ? [] : [[predicate.alias, predicate.type]])),
  );
  return [
    ...converter('key', worker.keyConverter),
    ...converter('value', worker.valueConverter),
    ...converter('header', worker.headerConverter),
    ...stages.flatMap(({ alias, type }) => part('transform', 'transform', alias, type)),
    ...[...predicates].flatMap(([alias, type]) => part('predicate', 'predicate', alias, type)),
  ];
}

function find(plugins: PluginRegistry, kind: PluginKind, name: string) {
  try {
    return plugins.find(kind, name);
  } catch {
    return undefined; // A short name that fits several: the task has not come so far.
  }
}
