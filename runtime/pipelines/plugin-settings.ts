import {
  ConfigError,
  type ConfigProblem,
  type Plugin,
  type PluginKind,
  parsePluginConfig,
  type RawConfig,
} from '../plugin/index.ts';
import { flatten, itemText } from './compile.ts';

/** Set elsewhere in a pipeline file, by what; not among a connector's own settings. */
const derivedKeys: ReadonlyMap<string, string> = new Map([
  ['name', 'name'],
  ['connector.class', 'connector'],
  ['tasks.max', 'tasks'],
  ['transforms', 'transforms'],
  ['predicates', 'transforms'],
  ['topics', 'topic.name'],
  ['topics.regex', 'topic.name'],
]);

/** Settings that every connector has, besides its plugin's: converters, error handling, topic creation, overrides, isolation. */
const workerKeys =
  /^(key|value|header)\.converter(\.|$)|^errors\.|^topic\.creation\.|^(producer|consumer|admin)\.override\.|^offsets\.storage\.topic$|^isolation(\.|$)|^restart\.|^rate\.limit\./;

/**
 * What is wrong with a plugin's settings as a pipeline file has them. `derived`: what the pipeline adds before the plugin sees
 * them. Keys of the problems are joined with dots; empty when it is about all of them.
 */
export function settingProblems(
  plugin: Plugin,
  config: RawConfig,
  derived: Readonly<Record<string, string>>,
): readonly ConfigProblem[] {
  const flat = flatten(config);
  const refused = refusedKeys(plugin.kind, config);
  const isExpected = ({ key, isUnknownKey }: ConfigProblem): boolean =>
    isUnknownKey === true && (Object.hasOwn(derived, key) || belongsElsewhere(plugin, key, config, refused));
  const problemsOf = (settings: RawConfig): readonly ConfigProblem[] =>
    parsePluginConfig(plugin.config, { ...settings, ...derived }).problems.filter(
      (problem) => !isExpected(problem),
    );

  const problems = [...refused.values(), ...listProblems(config), ...problemsOf(config)];
  if (problems.length > 0) return problems;
  // What the plugin will get is text, and lists and groups may not come out of it as they went in.
  const flatProblems = problemsOf(flat);
  return flatProblems.length > 0 ? flatProblems : crossProblems(plugin, { ...flat, ...derived });
}

/** Settings of a connector that another part of the file makes, by key. */
export function refusedKeys(kind: PluginKind, config: RawConfig): ReadonlyMap<string, ConfigProblem> {
  const refused = new Map<string, ConfigProblem>();
  if (kind !== 'source' && kind !== 'sink') return refused;
  for (const key of Object.keys(flatten(config))) {
    const elsewhere = kind === 'source' && key === 'topic' ? 'topic.name' : derivedKeys.get(key);
    if (elsewhere === undefined) continue;
    const hint = `Use "${elsewhere}" of the pipeline.`;
    refused.set(key, { key, message: `"${key}" is not set here.`, hint, isUnknownKey: true });
  }
  return refused;
}

/** Of a key that the plugin does not know: whether all that is under it is the worker's, or was refused already. */
function belongsElsewhere(
  { kind }: Plugin,
  key: string,
  config: RawConfig,
  refused: ReadonlyMap<string, ConfigProblem>,
): boolean {
  if (kind !== 'source' && kind !== 'sink') return false;
  const leaves = Object.keys(flatten({ [key]: config[key] ?? '' }));
  return leaves.every((leaf) => workerKeys.test(leaf) || refused.has(leaf));
}

/** A list goes to the plugin as text with commas: it has to come out of it as it went in. */
function listProblems(config: RawConfig, prefix = ''): ConfigProblem[] {
  return Object.entries(config).flatMap(([name, value]): ConfigProblem[] => {
    const key = prefix + name;
    if (Array.isArray(value)) {
      const item = value.map(itemText).find((text) => text.includes(',') || text !== text.trim());
      if (item === undefined) return [];
      const hint =
        'Items cannot have commas, or blanks around them: lists are passed on with commas between items.';
      return [{ key, message: `${JSON.stringify(item)} cannot be in a list of settings.`, hint }];
    }
    return typeof value === 'object' && value !== null ? listProblems(value as RawConfig, `${key}.`) : [];
  });
}

/** The plugin's own rules between its settings. */
function crossProblems(plugin: Plugin, settings: RawConfig): readonly ConfigProblem[] {
  if (!('validate' in plugin) || plugin.validate === undefined) return [];
  try {
    plugin.validate(parsePluginConfig(plugin.config, settings).config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    return [{ key: '', message: error instanceof Error ? error.message : String(error) }];
  }
}
