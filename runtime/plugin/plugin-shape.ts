import type { Plugin, PluginKind } from './define.ts';
import { PluginError } from './errors.ts';

const methods: Readonly<Record<PluginKind, readonly string[]>> = {
  source: ['read'],
  sink: ['open', 'write'],
  transform: ['map'],
  predicate: ['test'],
  converter: ['open', 'fromConnectData', 'toConnectData'],
  header_converter: ['open', 'fromConnectHeader', 'toConnectHeader'],
};

/** True when `value` came out of one of the `define…` functions, well-formed or not. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && 'kind' in value && isKind(value.kind);
}

/** Throws {@link PluginError} that lists everything wrong with the plugin's shape. `origin`: where it was found. */
export function checkPlugin(plugin: Plugin, origin: string): void {
  const fields = plugin as unknown as Readonly<Record<string, unknown>>;
  const problems = [
    ...['name', 'version']
      .filter((key) => !isText(fields[key]))
      .map((key) => `'${key}' must be a non-empty string`),
    ...configProblems(fields['config']),
    ...methods[plugin.kind]
      .filter((name) => typeof fields[name] !== 'function')
      .map((name) => `a ${plugin.kind} needs a function '${name}'`),
  ];
  if (problems.length > 0) {
    const name = isText(fields['name']) ? ` '${fields['name']}'` : '';
    throw new PluginError(`The ${plugin.kind}${name} in ${origin} cannot be used: ${problems.join('; ')}.`);
  }
}

function isKind(kind: unknown): kind is PluginKind {
  return typeof kind === 'string' && Object.hasOwn(methods, kind);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function configProblems(config: unknown): string[] {
  const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null;
  if (isObject(config) && config['type'] === 'object' && isObject(config['properties'])) return [];
  return ["'config' must be a JSON Schema with type 'object' and 'properties'"];
}
