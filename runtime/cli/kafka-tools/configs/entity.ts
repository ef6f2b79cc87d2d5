import type { ConfigResource } from '../../../../kafka/client/index.ts';
import { ToolError } from '../errors.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ConfigOption } from './options.ts';

/** What has configs, as `--entity-type` calls it. */
const resourceTypes = {
  topics: 'topic',
  brokers: 'broker',
  'broker-loggers': 'broker-logger',
  groups: 'group',
  'client-metrics': 'client-metrics',
} as const satisfies Record<string, ConfigResource['type']>;

/** Types whose configs are quotas and credentials. */
const quotaTypes = ['clients', 'users', 'ips'];
const allTypes = 'topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers';

/** `--topic orders` for `--entity-type topics --entity-name orders`. */
const shortForms: Readonly<Partial<Record<ConfigOption, string>>> = {
  topic: 'topics',
  broker: 'brokers',
  'broker-logger': 'broker-loggers',
  group: 'groups',
  'client-metrics': 'client-metrics',
  client: 'clients',
  user: 'users',
  ip: 'ips',
};

const defaultForms: Readonly<Partial<Record<ConfigOption, string>>> = {
  'broker-defaults': 'brokers',
  'client-defaults': 'clients',
  'user-defaults': 'users',
  'ip-defaults': 'ips',
};

/** What a command line is about. */
export interface Entity {
  readonly resourceType: ConfigResource['type'];
  /** `topics` */
  readonly typeName: keyof typeof resourceTypes;
  /** `topic` */
  readonly singular: string;
  /** '' for the defaults of all; undefined when none is named. */
  readonly name: string | undefined;
}

/** Reads the entity in its long or short form. Throws ToolError when there is none, several, or one without configs. */
export function entityOf(args: ToolArguments<ConfigOption>): Entity {
  const { type, name } = onlyOne([...longForm(args), ...shortForm(args)]);
  if (quotaTypes.includes(type)) {
    throw new ToolError(`Quotas and credentials (--entity-type ${type}) are not supported by this tool yet`);
  }
  if (!isResourceType(type)) {
    throw new ToolError(
      `Invalid entity type ${type}, the entity type must be one of ${allTypes} with a --bootstrap-server or --bootstrap-controller argument`,
    );
  }
  if (name === '' && type !== 'brokers') {
    throw new ToolError(`--entity-default is for brokers: ${type} have no common dynamic configs`);
  }
  if (name !== undefined && type.startsWith('broker') && !/^\d*$/.test(name)) {
    throw new ToolError(`The entity name for ${type} must be a valid integer broker id, but it is: ${name}`);
  }
  return { resourceType: resourceTypes[type], typeName: type, singular: type.replace(/s$/, ''), name };
}

interface NamedType {
  readonly type: string;
  readonly name: string | undefined;
}

function onlyOne(entities: readonly NamedType[]): NamedType {
  const [entity, other] = entities;
  if (entity === undefined) throw new ToolError('At least one entity type must be specified');
  if (other !== undefined) {
    throw new ToolError(
      `Only one entity type can be described or altered at a time: ${entity.type} or ${other.type}`,
    );
  }
  return entity;
}

function longForm(args: ToolArguments<ConfigOption>): NamedType[] {
  const types = args.texts('entity-type');
  const names = args.texts('entity-name');
  return types.map((type, at) => ({
    type,
    name: names[at] ?? (args.has('entity-default') ? '' : undefined),
  }));
}

function shortForm(args: ToolArguments<ConfigOption>): NamedType[] {
  const named = Object.entries(shortForms).flatMap(([option, type]) =>
    args.texts(option as ConfigOption).map((name) => ({ type, name })),
  );
  const defaults = Object.entries(defaultForms).flatMap(([option, type]) =>
    args.has(option) ? [{ type, name: '' }] : [],
  );
  return [...named, ...defaults];
}

function isResourceType(type: string): type is keyof typeof resourceTypes {
  return Object.hasOwn(resourceTypes, type);
}
