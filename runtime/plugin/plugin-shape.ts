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

/** Every kind of plugin there is. */
export const kinds = Object.keys(methods) as readonly PluginKind[];

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

/** True for the name of a kind of plugin. */
export function isKind(kind: unknown): kind is PluginKind {
  return typeof kind === 'string' && Object.hasOwn(methods, kind);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

const types = ['string', 'integer', 'number', 'boolean', 'array', 'object'];

function configProblems(config: unknown): string[] {
  if (!isObject(config) || config['type'] !== 'object' || !isObject(config['properties'])) {
    return ["'config' must be a JSON Schema with type 'object' and 'properties'"];
  }
  const { properties, required } = config;
  const names = Object.keys(properties);
  return [
    ...names
      .filter((name) => !isProperty(properties[name]))
      .map((name) => `the type of config key '${name}' must be one of ${types.join(', ')}`),
    ...(Array.isArray(required) ? required : [])
      .filter((name) => !names.includes(name))
      .map((name) => `config key '${name}' is required, but not among the properties`),
  ];
}

function isProperty(property: unknown): boolean {
  return isObject(property) && types.includes(String(property['type'] ?? 'string'));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
