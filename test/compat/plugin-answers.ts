import type { Probe } from './plugin-probes.ts';

/** What a worker answers about one plugin's keys, or to one config that it validates. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface KeyInfo {
  readonly name: string;
  readonly documentation: string;
}

interface ConfigInfos {
  readonly configs: readonly {
    readonly definition: KeyInfo | null;
    readonly value: { readonly name: string };
  }[];
}

/** Keys that only our plugins have. */
const ownKeys = new Set(['follow', 'poll.interval.ms', 'line.max.bytes', 'fsync']);
/** Kafka Connect has these for sinks only; here a source has them when its config mentions one. */
const sourceDeadLetters = /^errors\.deadletterqueue\./;
/** Kafka 4.4 has it, 4.3 has not. */
const later = /^(transforms\.a\.)?field\.syntax\.version$/;

/** Classes of plugins, of every kind, by the order in which a worker lists them. */
export async function pluginClasses(url: string): Promise<readonly string[]> {
  const { body } = await ask(url, 'GET', '/connector-plugins?connectorsOnly=false');
  return [...new Set((body as readonly { readonly class: string }[]).map((plugin) => plugin.class))];
}

/** `GET /connector-plugins/{plugin}/config`, without what may differ. */
export async function pluginKeys(url: string, className: string): Promise<unknown> {
  const { status, body } = await ask(
    url,
    'GET',
    `/connector-plugins/${encodeURIComponent(className)}/config`,
  );
  if (status !== 200) return { status, body };
  const keys = (body as readonly KeyInfo[]).filter(({ name }) => isCommon(name, className));
  return JSON.parse(
    JSON.stringify(
      keys.map((key) => ({ ...key, documentation: '' })),
      comparable,
    ),
  );
}

/** `PUT …/config/validate`, without what may differ: texts of documentation, versions, keys of ours, Java's own words. */
export async function validated(url: string, { plugin, config }: Probe): Promise<unknown> {
  const { status, body } = await ask(url, 'PUT', `/connector-plugins/${plugin}/config/validate`, config);
  if (status !== 200) return { status, body };
  const infos = body as ConfigInfos;
  const transform = config['transforms.a.type'] ?? '';
  const configs = infos.configs
    .filter(({ value }) => isCommon(value.name, value.name.startsWith('transforms.') ? transform : plugin))
    .map(({ definition, value }) => ({
      definition:
        definition === null
          ? null
          : { ...definition, documentation: '', ...(hasLaterKey(transform) && { order_in_group: 0 }) },
      value,
    }));
  return JSON.parse(JSON.stringify({ ...infos, configs }, comparable));
}

/** Which the keys behind it make room for. */
function hasLaterKey(plugin: string): boolean {
  return plugin.endsWith('.ValueToKey');
}

function isCommon(key: string, plugin: string): boolean {
  if (later.test(key)) return !hasLaterKey(plugin);
  return !ownKeys.has(key) && !(sourceDeadLetters.test(key) && /Source(Connector)?$/.test(plugin));
}

/** Each has versions and plugins of its own; and what is wrong with a pattern, RE2 and Java say in their own words. */
function comparable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(: Invalid regex: (?!Cannot invoke)).*/s, '$1...');
  if (typeof value !== 'object' || value === null || !('name' in value)) return value;
  const { recommended_values: recommended, ...rest } = value as {
    readonly recommended_values?: readonly string[];
  };
  const own = recommended?.filter((name) => !name.startsWith('io.') && !/^[a-z]+$/.test(name));
  const kept = own === undefined ? rest : { ...rest, recommended_values: own };
  if (!String(value.name).endsWith('.plugin.version')) return kept;
  const { default_value: standard = null, value: shown = null, ...others } = kept as Record<string, unknown>;
  return {
    ...others,
    recommended_values: own?.length,
    versions: [standard, shown].map((each) => each !== null),
  };
}

async function ask(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}
