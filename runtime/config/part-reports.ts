import { javaHashOrder } from '../data/index.ts';
import {
  ConfigError,
  type ConfigKey,
  type ConfigKeyReport,
  type ConfigProblem,
  type ConfigSchema,
  classNameOf,
  type Plugin,
  type PluginRegistry,
  parsePluginConfig,
  problemText,
  validateConfig,
} from '../plugin/index.ts';
import { findQuietly } from './connector-schema.ts';
import { listOf, type Properties, withPrefix } from './properties.ts';

const stageKeys = {
  negate: {
    type: 'boolean',
    default: false,
    importance: 'MEDIUM',
    description: 'Whether the predicate is turned around.',
  },
  predicate: {
    type: 'string',
    importance: 'MEDIUM',
    description: 'Alias of a predicate: other records pass unchanged.',
  },
} as const;

/** The keys `transforms.<alias>.*`, checked. Error texts have the key without the prefix, as in Kafka. */
export function transformReports(config: Properties, plugins: PluginRegistry): ConfigKeyReport[] {
  return aliases(config, 'transforms').flatMap((alias) =>
    stageReports(config, plugins, {
      kind: 'transform',
      prefix: `transforms.${alias}.`,
      group: `Transforms: ${alias}`,
      what: 'Transformation',
      alias,
      extra: stageKeys,
    }),
  );
}

/** The keys `predicates.<alias>.*`, checked. */
export function predicateReports(config: Properties, plugins: PluginRegistry): ConfigKeyReport[] {
  return aliases(config, 'predicates').flatMap((alias) =>
    stageReports(config, plugins, {
      kind: 'predicate',
      prefix: `predicates.${alias}.`,
      group: `Predicates: ${alias}`,
      what: 'Predicate',
      alias,
      extra: {},
    }),
  );
}

/** The keys of the converters that the connector names itself. */
export function converterReports(config: Properties, plugins: PluginRegistry): ConfigKeyReport[] {
  const parts = [
    ['header', 'header_converter'],
    ['key', 'converter'],
    ['value', 'converter'],
  ] as const;
  return parts.flatMap(([part, kind]) => {
    const name = config[`${part}.converter`];
    const plugin = name === undefined ? undefined : findQuietly(plugins, kind, name);
    if (plugin === undefined) return [];
    const prefix = `${part}.converter.`;
    const raw = { ...withPrefix(config, prefix), 'converter.type': part };
    const reports = validateConfig(plugin.config, raw);
    return javaHashOrder(reports, ({ value }) => value.name).map((report) => prefixed(report, prefix));
  });
}

interface Stage {
  readonly kind: 'transform' | 'predicate';
  readonly prefix: string;
  readonly group: string;
  readonly what: string;
  readonly alias: string;
  readonly extra: ConfigSchema['properties'];
}

function stageReports(config: Properties, plugins: PluginRegistry, stage: Stage): ConfigKeyReport[] {
  const raw = withPrefix(config, stage.prefix);
  const name = raw['type'];
  const plugin = name === undefined ? undefined : findQuietly(plugins, stage.kind, name);
  const head = validateConfig(headSchema(stage, plugin, plugins), raw).map((report) =>
    typeReport(report, stage, { name, plugin, raw }),
  );
  const own = plugin === undefined ? [] : ownReports(plugin, stage, raw).toSorted(embeddedOrder);
  return [...head, ...own].map((report, index) => {
    const { definition, value } = prefixed(withPrefixedTypes(report, stage.prefix), stage.prefix);
    return { definition: { ...definition, group: stage.group, order_in_group: index }, value };
  });
}

/** The plugin's own keys, and its rules between them once each by itself is right. */
function ownReports(plugin: Plugin, stage: Stage, raw: Properties): ConfigKeyReport[] {
  const reports = validateConfig(schemaOf(plugin, stage), raw);
  if (isKafkas(plugin) || reports.some(({ value }) => value.errors.length > 0)) return [...reports];
  const { config } = parsePluginConfig(plugin.config, raw);
  const problems = rulesBroken(plugin, config);
  return reports.map((report, index) => {
    const isMine = ({ key }: ConfigProblem): boolean =>
      key === report.value.name || (index === 0 && !reports.some(({ value }) => value.name === key));
    const errors = problems.filter(isMine).map(problemText);
    return { ...report, value: { ...report.value, errors } };
  });
}

/** Kafka checks rules between the keys of its own parts when they start, not when a config is validated. */
function isKafkas(plugin: Plugin): boolean {
  return classNameOf(plugin).startsWith('org.apache.kafka.');
}

const importances = ['HIGH', 'MEDIUM', 'LOW'];

/** As Kafka sorts the keys of a part within a connector's: required ones first, then by importance and name. */
function embeddedOrder({ definition: a }: ConfigKeyReport, { definition: b }: ConfigKeyReport): number {
  if (a.required !== b.required) return a.required ? -1 : 1;
  const byImportance = importances.indexOf(a.importance) - importances.indexOf(b.importance);
  return byImportance !== 0 ? byImportance : a.name < b.name ? -1 : 1;
}

/** A value of the wrong type is told with the whole key, a value that breaks a rule with that of the part. */
function withPrefixedTypes(report: ConfigKeyReport, prefix: string): ConfigKeyReport {
  const { name } = report.value;
  const errors = report.value.errors.map((error) =>
    typeErrors.test(error)
      ? error.replace(` for configuration ${name}: `, ` for configuration ${prefix}${name}: `)
      : error,
  );
  return { ...report, value: { ...report.value, errors } };
}

const typeErrors = /: (Not a number of type \w+|Expected value to be (a string|either true or false))$/;

function rulesBroken(plugin: Plugin, config: unknown): readonly ConfigProblem[] {
  try {
    plugin.validate?.(config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    return [{ key: '', message: error instanceof Error ? error.message : String(error) }];
  }
}

function headSchema(stage: Stage, plugin: Plugin | undefined, plugins: PluginRegistry): ConfigSchema {
  const choices = plugins.list(stage.kind).map((each) => classNameOf(each));
  const version = plugin === undefined ? {} : { default: plugin.version, recommended: [plugin.version] };
  const text = { type: 'string', importance: 'HIGH', width: 'LONG' } as const;
  const { what, alias } = stage;
  return {
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        ...text,
        format: 'class',
        title: `${what} type for ${alias}`,
        description: `The ${stage.kind}: its plugin name, or a Java class name that it stands for.`,
        recommended: choices,
      },
      'plugin.version': {
        ...text,
        title: `${what} version for ${alias}`,
        description: `Version of the ${stage.kind}. There is one of each.`,
        ...version,
      },
    },
  };
}

function typeReport(
  report: ConfigKeyReport,
  { prefix }: Stage,
  {
    name,
    plugin,
    raw,
  }: { readonly name: string | undefined; readonly plugin: Plugin | undefined; readonly raw: Properties },
): ConfigKeyReport {
  if (report.value.name !== 'type') return report;
  const negated = negatedAlone(raw, prefix);
  if (name === undefined || plugin !== undefined) {
    return { ...report, value: { ...report.value, errors: [...report.value.errors, ...negated] } };
  }
  const error = `Invalid value ${name} for configuration ${prefix}type: Class ${name} could not be found.`;
  return { ...report, value: { ...report.value, value: null, errors: [error] } };
}

/** A negation of nothing. */
function negatedAlone(raw: Properties, prefix: string): string[] {
  if (raw['negate'] === undefined || raw['predicate'] !== undefined || !prefix.startsWith('transforms.'))
    return [];
  return [
    `Config '${prefix}negate' was provided but there is no config '${prefix}predicate' defining a predicate to be negated.`,
  ];
}

function schemaOf({ config }: Plugin, { extra }: Stage): ConfigSchema {
  return { ...config, properties: { ...config.properties, ...extra } };
}

function prefixed({ definition, value }: ConfigKeyReport, prefix: string): ConfigKeyReport {
  const missing = `Missing required configuration "${value.name}"`;
  const errors = value.errors.map((error) =>
    error.startsWith(missing)
      ? `Missing required configuration "${prefix}${value.name}"${error.slice(missing.length)}`
      : error,
  );
  const renamed: ConfigKey = { ...definition, name: prefix + definition.name };
  return { definition: renamed, value: { ...value, name: prefix + value.name, errors } };
}

function aliases(config: Properties, key: 'transforms' | 'predicates'): string[] {
  return [...new Set(listOf(config[key]))].filter((alias) => alias !== '');
}
