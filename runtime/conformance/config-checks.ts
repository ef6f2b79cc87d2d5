import { isDeepStrictEqual } from 'node:util';
import {
  ConfigError,
  type ConfigProperty,
  type ConfigSchema,
  configKeys,
  type FlatConfig,
  parsePluginConfig,
  requirePluginConfig,
  Secret,
} from '../plugin/index.ts';
import { ConformanceError, reasonOf, require, show } from './check.ts';

/** A plugin as far as its config goes. */
interface Configurable {
  readonly config: ConfigSchema;
  validate?(config: never): void;
}

/** A check of a plugin's config. `valid`: a config that it accepts. */
export interface ConfigCheck {
  readonly name: string;
  run(plugin: Configurable, valid: FlatConfig): void;
}

/** The checks of every plugin's config. */
export const configChecks: readonly ConfigCheck[] = [
  { name: 'config: every key is described', run: described },
  { name: 'config: the defaults keep the rules of the schema', run: defaults },
  { name: 'config: what is read can be written and read again', run: roundTrip },
  { name: 'config: a missing key is named', run: missing },
  { name: 'config: wrong values are told as a ConfigError that names the key', run: wrong },
];

function described({ config }: Configurable): void {
  const bare = configKeys(config)
    .filter(({ documentation }) => documentation.trim() === '')
    .map(({ name }) => name);
  require(bare.length === 0, 'a description for every key', `there is none for ${bare.join(', ')}`);
}

function defaults({ config }: Configurable): void {
  const problems = parsePluginConfig(config, {}).problems.filter(
    ({ message }) => !message.startsWith('Missing'),
  );
  require(problems.length === 0, 'defaults that the schema accepts', () =>
    problems.map(({ message }) => message).join('; '));
}

/** REST clients show what was read as text and send it back. */
function roundTrip(plugin: Configurable, valid: FlatConfig): void {
  const text = Object.fromEntries(Object.entries(valid).map(([key, value]) => [key, String(value)]));
  const first = accepted(plugin, text, 'the valid config');
  const second = accepted(
    plugin,
    { ...text, ...flatText(plugin.config, first) },
    'the config as it was read',
  );
  require(isDeepStrictEqual(
    plainOf(first),
    plainOf(second),
  ), `the config ${show(plainOf(first))}`, `written as text and read again it is ${show(plainOf(second))}`);
}

function accepted(
  plugin: Configurable,
  raw: Readonly<Record<string, unknown>>,
  what: string,
): Readonly<Record<string, unknown>> {
  try {
    return requirePluginConfig(plugin as { readonly config: ConfigSchema }, raw) as Readonly<
      Record<string, unknown>
    >;
  } catch (error) {
    throw new ConformanceError(`${what} to be accepted`, reasonOf(error), { cause: error });
  }
}

/** Values without structure, as a flat config has them. */
function flatText(
  { properties }: ConfigSchema,
  config: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]): [string, string][] => {
      const property: ConfigProperty | undefined = properties[key];
      if (property === undefined || property.type === 'object' || value === undefined) return [];
      if (value instanceof Secret) return [[key, value.reveal()]];
      return [[key, Array.isArray(value) ? value.map(String).join(',') : String(value)]];
    }),
  );
}

/** With secrets in the open, to be compared. */
function plainOf(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainOf(each)]));
}

function missing(plugin: Configurable, valid: FlatConfig): void {
  for (const { name, required } of configKeys(plugin.config)) {
    if (!required) continue;
    const { [name]: left, ...rest } = valid;
    const error = refusal(plugin, rest);
    require(error instanceof ConfigError &&
      error.problems.some(
        ({ key }) => key === name,
      ), `a ConfigError that names ${name} when it is missing`, error === undefined
      ? 'the config was accepted'
      : reasonOf(error));
  }
}

function wrong(plugin: Configurable, valid: FlatConfig): void {
  for (const [name, property] of Object.entries(plugin.config.properties)) {
    for (const value of wrongValues(property)) {
      const error = refusal(plugin, { ...valid, [name]: value });
      const isNamed = error instanceof ConfigError && error.message.includes(name);
      require(isNamed, `a ConfigError that names ${name} when it is ${show(value)}`, () =>
        error === undefined ? 'the config was accepted' : `it was told ${show(error)}`);
    }
    // Whatever it makes of these, it is the operator who has made a mistake.
    for (const value of ['', ' ', '\u0000', '${x', '-1', '[]', '☃'.repeat(300)]) {
      if (property.type === 'object') continue;
      const error = refusal(plugin, { ...valid, [name]: value });
      require(error === undefined ||
        error instanceof ConfigError, `a ConfigError when ${name} is ${show(value)} and that is wrong`, () =>
        `validate threw ${show(error)}`);
    }
  }
}

/** Values that cannot be right for the property. */
function wrongValues(property: ConfigProperty): readonly string[] {
  if (property.enum !== undefined) return ['no-such-choice'];
  if (property.type === 'integer' || property.type === 'number' || property.type === 'boolean')
    return ['many'];
  if (property.format === 'duration' || property.format === 'bytes') return ['many'];
  return [];
}

function refusal(plugin: Configurable, raw: FlatConfig): unknown {
  try {
    requirePluginConfig(plugin as { readonly config: ConfigSchema }, raw);
    return undefined;
  } catch (error) {
    return error;
  }
}
