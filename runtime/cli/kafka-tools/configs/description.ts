import type { Admin, ConfigEntry, ConfigResource, ConfigSource } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import { given, type ToolContext } from '../tool.ts';
import type { Entity } from './entity.ts';

/** `--describe`: the configs of one entity, or of all of its type. With `isAll` those at their defaults, too. */
export async function describeConfigs(
  entity: Entity,
  isAll: boolean,
  admin: Admin,
  context: ToolContext,
): Promise<void> {
  const { singular, name } = entity;
  if (name !== undefined && name !== '' && !isAll && !(await exists(entity, name, admin))) {
    await context.out.line(`The ${singular} '${name}' doesn't exist and doesn't have dynamic config.`);
    return;
  }
  const names = name === undefined ? await namesOf(entity, admin) : [name];
  if (names.length === 0) return;
  const configs = await readConfigs(entity.resourceType, names, admin);
  for (const [each, entries] of configs) {
    const shown = entries.filter(({ source }) => isAll || isDynamic(entity.resourceType, each, source));
    const lines = [headline(entity, each, isAll), ...shown.toSorted(byName).map(configLine)];
    await context.out.line(lines.join('\n'));
  }
}

const dynamicSources: Readonly<Record<ConfigResource['type'], ConfigSource>> = {
  topic: 'DYNAMIC_TOPIC_CONFIG',
  broker: 'DYNAMIC_BROKER_CONFIG',
  'broker-logger': 'DYNAMIC_BROKER_LOGGER_CONFIG',
  group: 'DYNAMIC_GROUP_CONFIG',
  'client-metrics': 'DYNAMIC_CLIENT_METRICS_CONFIG',
};

function isDynamic(type: ConfigResource['type'], name: string, source: ConfigSource): boolean {
  if (type === 'broker' && name === '') return source === 'DYNAMIC_DEFAULT_BROKER_CONFIG';
  return source === dynamicSources[type];
}

function headline({ typeName, singular }: Entity, name: string, isAll: boolean): string {
  if (name === '') return `Default configs for ${typeName} in the cluster are:`;
  return `${isAll ? 'All' : 'Dynamic'} configs for ${singular} ${name} are:`;
}

function configLine({ name, value, isSensitive, synonyms }: ConfigEntry): string {
  const sources = synonyms.map((each) => `${each.source}:${each.name}=${each.value}`).join(', ');
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${sources}}`;
}

function byName(a: ConfigEntry, b: ConfigEntry): number {
  return a.name < b.name ? -1 : 1;
}

async function readConfigs(
  type: ConfigResource['type'],
  names: readonly string[],
  admin: Admin,
): Promise<ReadonlyMap<string, readonly ConfigEntry[]>> {
  const resources = names.map((name) => ({ type, name }));
  const described = await admin.describeConfigs(resources, { hasSynonyms: true });
  for (const { error } of described) if (error !== undefined) throw error;
  return new Map(described.map(({ name, configs }) => [name, configs]));
}

/** Whether there is such a thing, or configs for it: groups may have them before they have members. */
async function exists(entity: Entity, name: string, admin: Admin): Promise<boolean> {
  if (entity.resourceType !== 'client-metrics' && (await namesOf(entity, admin)).includes(name)) return true;
  if (entity.resourceType === 'topic' || entity.resourceType.startsWith('broker')) return false;
  const configs = (await readConfigs(entity.resourceType, [name], admin)).get(name);
  return given(configs).some(({ source }) => isDynamic(entity.resourceType, name, source));
}

async function namesOf({ resourceType }: Entity, admin: Admin): Promise<readonly string[]> {
  switch (resourceType) {
    case 'topic':
      return (await admin.listTopics({ hasInternal: true })).map(({ name }) => name);
    case 'group':
      return (await admin.listGroups()).map(({ groupId }) => groupId).sort();
    case 'client-metrics':
      throw new ToolError('Name a subscription with --entity-name: this tool cannot list them yet');
    default: {
      const ids = (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b);
      return resourceType === 'broker' ? [...ids.map(String), ''] : ids.map(String);
    }
  }
}
