import { findConnector, validateConnector, type WorkerSettings } from '../config/index.ts';
import { PluginError, type PluginRegistry } from '../plugin/index.ts';
import type { FileConnector } from './connector-file.ts';
import type { PipelineProblem } from './problem.ts';

/**
 * What Kafka Connect would say against a connector's config, each at its place in the file. Values with references, such as
 * `${file:...}`, are not known yet: what is wrong with them shows at the start.
 */
export function connectorProblems(
  connector: FileConnector,
  context: { readonly plugins: PluginRegistry; readonly worker: WorkerSettings },
): readonly PipelineProblem[] {
  const { config } = connector;
  const className = config['connector.class'];
  if (className === undefined || className.trim() === '')
    return [
      connector.problem('', 'Missing required configuration "connector.class" which has no default value.'),
    ];
  const plugin = find(context.plugins, config);
  if (plugin === undefined || plugin instanceof PluginError) {
    const known = [...context.plugins.list('source'), ...context.plugins.list('sink')].map(
      ({ name }) => name,
    );
    const reason =
      plugin?.message ??
      `Failed to find any class that implements Connector and which name matches ${className}.`;
    return [
      connector.problem(
        'connector.class',
        `${reason} Known are ${[...new Set(known)].toSorted().join(', ')}.`,
      ),
    ];
  }
  const { configs } = validateConnector(plugin, config, context);
  return configs.flatMap(({ value: { name, errors } }) =>
    config[name]?.includes('${') === true ? [] : errors.map((error) => connector.problem(name, error)),
  );
}

function find(plugins: PluginRegistry, config: FileConnector['config']) {
  try {
    return findConnector(plugins, config);
  } catch (error) {
    if (error instanceof PluginError) return error;
    throw error;
  }
}
