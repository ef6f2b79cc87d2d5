import { javaHashOrder } from '../data/index.ts';
import {
  ConfigError,
  type ConfigKey,
  type ConfigKeyReport,
  type ConfigKeyValue,
  type ConfigSchema,
  type DefinedSink,
  type DefinedSource,
  type PluginRegistry,
  parsePluginConfig,
  problemText,
  validateConfig,
} from '../plugin/index.ts';
import { type ClientKind, overrideDefinition } from './client-keys.ts';
import { overrideReports, sinkGroupId } from './client-settings.ts';
import { connectorSchema } from './connector-schema.ts';
import { converterReports, predicateReports, transformReports } from './part-reports.ts';
import { pluginConfig } from './plugin-config.ts';
import type { Properties } from './properties.ts';
import { sinkTopicProblems } from './sink-topics.ts';
import { topicCreationProblems } from './topic-creation.ts';
import type { WorkerSettings } from './worker-settings.ts';

/** One key in {@link ConfigInfos}. `definition` is null for a key that nothing defines. */
interface ConfigInfo {
  readonly definition: ConfigKey | null;
  readonly value: ConfigKeyValue;
}

/** What `PUT /connector-plugins/{plugin}/config/validate` answers. */
export interface ConfigInfos {
  readonly name: string;
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly ConfigInfo[];
}

/** A connector's config as a user sent it. */
export type SentConfig = Readonly<Record<string, string | null>>;

/** Checks a connector's whole config: the runtime's keys, its parts, overrides, and the plugin's own. Lists every problem. */
export function validateConnector(
  plugin: DefinedSource | DefinedSink,
  sent: SentConfig,
  context: { readonly plugins: PluginRegistry; readonly worker: WorkerSettings },
): ConfigInfos {
  const config = withoutNulls(sent);
  const schema = connectorSchema(plugin, config, context);
  const checked = validateConfig(schema, config).map((report) => withRangeError(report, schema));
  const framework = withUnknownConverters(checked);
  const parts = [
    ...framework,
    ...transformReports(config, context.plugins),
    ...predicateReports(config, context.plugins),
  ];
  const names = new Set(parts.map(({ definition }) => definition.name));
  const own = validateConfig(plugin.config, config)
    .filter(({ definition }) => !names.has(definition.name))
    .map((report) => withRangeError(report, plugin.config));
  const converters = converterReports(config, context.plugins);
  const infos: ConfigInfo[] = [...parts, ...own, ...overrides(plugin, config, context.worker), ...converters];
  const problems = [...ruleProblems(plugin, config, context.worker), ...ownProblems(plugin, config)];
  const configs = addProblems(infos, [...nullProblems(sent), ...problems], sent);
  return {
    name: config['connector.class'] ?? '',
    error_count: configs.reduce((count, { value }) => count + value.errors.length, 0),
    groups: groupsOf(configs),
    configs,
  };
}

interface Problem {
  readonly key: string;
  readonly message: string;
  /** Instead of what was said about the key before. */
  readonly isAlone?: boolean;
}

function withoutNulls(sent: SentConfig): Properties {
  return Object.fromEntries(
    Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function nullProblems(sent: SentConfig): Problem[] {
  return Object.entries(sent)
    .filter(([, value]) => value === null)
    .map(([key]) => ({
      key,
      message: 'Null value can not be supplied as the configuration value.',
      isAlone: true,
    }));
}

/** Kafka runs the range check on the null that a bad number became, so such keys have two errors. */
function withRangeError(report: ConfigKeyReport, schema: ConfigSchema): ConfigKeyReport {
  const { name, value, errors } = report.value;
  const hasRange = schema.properties[name]?.minimum !== undefined && report.definition.required === false;
  const isUnread =
    value === null && errors.length === 1 && errors[0]?.includes('Not a number of type') === true;
  if (!hasRange || !isUnread || report.definition.default_value === null) return report;
  const range = `Invalid value null for configuration ${name}: Value must be non-null`;
  return { ...report, value: { ...report.value, errors: [...errors, range] } };
}

/** A converter that is not known is shown as none, and its version not at all. */
function withUnknownConverters(reports: readonly ConfigKeyReport[]): readonly ConfigKeyReport[] {
  const isUnknown = (name: string): boolean =>
    reports.some(({ value }) => value.name === name && value.errors.length > 0);
  return reports.map((report) => {
    const { name } = report.value;
    const [, converter = '', version] =
      /^((?:key|value|header)\.converter)(\.plugin\.version)?$/.exec(name) ?? [];
    if (converter === '' || !isUnknown(converter)) return report;
    if (version === undefined) return { ...report, value: { ...report.value, value: null } };
    return {
      definition: { ...report.definition, default_value: null },
      value: { ...report.value, value: null, recommended_values: [], visible: false },
    };
  });
}

function overrides(
  plugin: DefinedSource | DefinedSink,
  config: Properties,
  worker: WorkerSettings,
): ConfigInfo[] {
  return overriddenClients(plugin, config).flatMap((client) => {
    const reports = javaHashOrder(overrideReports(client, config, worker.overridePolicy), ({ key }) => key);
    return reports.map(({ key, value, errors }) => ({
      definition: overrideDefinition(client, key.slice(`${client}.override.`.length)),
      value: { name: key, value, recommended_values: [], errors, visible: true },
    }));
  });
}

/** The clients that the connector is going to have. */
function overriddenClients(plugin: DefinedSource | DefinedSink, config: Properties): readonly ClientKind[] {
  const hasDeadLetters = (config['errors.deadletterqueue.topic.name'] ?? '') !== '';
  if (plugin.kind === 'sink') return hasDeadLetters ? ['consumer', 'producer', 'admin'] : ['consumer'];
  const createsTopics = Object.keys(config).some((key) => key.startsWith('topic.creation.'));
  return createsTopics ? ['producer', 'admin'] : ['producer'];
}

function ruleProblems(
  plugin: DefinedSource | DefinedSink,
  config: Properties,
  worker: WorkerSettings,
): Problem[] {
  if (plugin.kind === 'source')
    return [...topicCreationProblems(config), ...exactlyOnceProblems(config, worker)];
  const name = config['name'] ?? '';
  const key = config['consumer.override.group.id'] === undefined ? 'name' : 'consumer.override.group.id';
  const message = `Consumer group for sink connector named ${name} conflicts with Connect worker group ${worker.groupId}`;
  const isConflict = sinkGroupId(worker, config, name) === worker.groupId;
  return [...sinkTopicProblems(config), ...(isConflict ? [{ key, message }] : [])];
}

function exactlyOnceProblems(config: Properties, worker: WorkerSettings): Problem[] {
  const problems: Problem[] = [];
  const support = 'exactly.once.support';
  if (config[support]?.trim().toLowerCase() === 'required') {
    const message = 'This worker delivers at least once: set exactly.once.support to requested.';
    problems.push({ key: support, message });
  }
  const topic = config['offsets.storage.topic'];
  if (topic !== undefined && topic !== '' && topic !== worker.offsetTopic.name) {
    const message = `This worker keeps the offsets of all connectors in '${worker.offsetTopic.name}': leave offsets.storage.topic out.`;
    problems.push({ key: 'offsets.storage.topic', message });
  }
  return problems;
}

/** The plugin's rules between keys, once each key by itself is right. */
function ownProblems(plugin: DefinedSource | DefinedSink, config: Properties): Problem[] {
  const { config: parsed, problems } = parsePluginConfig(plugin.config, pluginConfig(config, plugin.config));
  if (problems.some(({ isUnknownKey }) => isUnknownKey !== true)) return [];
  try {
    plugin.validate?.(parsed);
    return [];
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map((problem) => ({ key: problem.key, message: problemText(problem) }));
    return [{ key: '', message: error instanceof Error ? error.message : String(error) }];
  }
}

/** Puts each problem to its key; those without one to the connector's class. */
function addProblems(
  infos: readonly ConfigInfo[],
  problems: readonly Problem[],
  sent: SentConfig,
): ConfigInfo[] {
  const result = [...infos];
  for (const { key, message, isAlone = false } of problems) {
    const name = key === '' ? 'connector.class' : key;
    const at = result.findIndex(({ value }) => value.name === name);
    const info = result[at] ?? unknownKey(name, sent[name] ?? null);
    const errors = isAlone ? [message] : [...info.value.errors, message];
    const changed = { ...info, value: { ...info.value, errors } };
    if (at < 0) result.push(changed);
    else result[at] = changed;
  }
  return result;
}

function unknownKey(name: string, value: string | null): ConfigInfo {
  return { definition: null, value: { name, value, recommended_values: [], errors: [], visible: true } };
}

function groupsOf(configs: readonly ConfigInfo[]): string[] {
  const names = configs.map(({ definition }) => definition?.group ?? null);
  return [...new Set(names.filter((name) => name !== null))];
}

/**
 * The source or sink that a config names, by any of its names; undefined when there is none. A name that both a source and
 * a sink have means the sink when the config says which topics to read. Throws PluginError when several fit.
 */
export function findConnector(
  plugins: PluginRegistry,
  config: SentConfig,
): DefinedSource | DefinedSink | undefined {
  const name = config['connector.class'];
  if (name === undefined || name === null) return undefined;
  const source = plugins.find('source', name);
  const hasTopics = ['topics', 'topics.regex'].some((key) => (config[key] ?? '') !== '');
  return source === undefined || hasTopics ? (plugins.find('sink', name) ?? source) : source;
}
