import type { RegistryClient } from '../../schema-registry/index.ts';
import { ConfigError, type ConfigOf } from '../plugin/index.ts';

/** Where a registry is and how to ask it. */
export interface RegistryAddress {
  readonly urls: readonly string[];
  /** Sent with every request: authorization. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Gives the client of a registry: in this process when the address is its own, over HTTP otherwise. */
export type ClientFor = (address: RegistryAddress) => RegistryClient;

const strategyNames = [
  'AssociatedNameStrategy',
  'TopicNameStrategy',
  'RecordNameStrategy',
  'TopicRecordNameStrategy',
];

const strategy = {
  type: 'string',
  format: 'class',
  default: 'io.confluent.kafka.serializers.subject.AssociatedNameStrategy',
  importance: 'MEDIUM',
  description:
    'How subjects are named: AssociatedNameStrategy, TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy.',
  check: (name: unknown) =>
    strategyNames.includes(shortName(String(name))) ? undefined : `Class ${name} could not be found.`,
} as const;

const idSerializerNames = ['PrefixSchemaIdSerializer', 'HeaderSchemaIdSerializer'];

const idSerializer = {
  type: 'string',
  format: 'class',
  default: 'io.confluent.kafka.serializers.schema.id.PrefixSchemaIdSerializer',
  importance: 'LOW',
  description:
    'Where records name their schema: PrefixSchemaIdSerializer in front of the payload, HeaderSchemaIdSerializer in a header. Both are read.',
  check: (name: unknown) =>
    idSerializerNames.includes(shortName(String(name))) ? undefined : `Class ${name} could not be found.`,
} as const;

/** A setting that is on or off, for those who know why. */
export const flag = (byDefault: boolean, description: string) =>
  ({ type: 'boolean', default: byDefault, importance: 'LOW', description }) as const;

/** How many schemas are kept translated; its name is `schemas.cache.config` or `schemas.cache.size`. */
export const schemasCache = {
  type: 'integer',
  default: 1000,
  minimum: 1,
  importance: 'LOW',
  description: 'How many schemas are kept after they were translated.',
} as const;

/** What changes nothing but whether a default stands in for null, in all converters with a registry. */
export const ignoreDefaults = flag(
  false,
  'Whether null stays null in fields that may be null and have a default.',
);

/** What converters with a schema registry have in common, in Confluent's words. */
export const registryProperties = {
  'schema.registry.url': {
    type: 'array',
    items: { type: 'string', format: 'uri' },
    default: [],
    importance: 'HIGH',
    description: "The registry's addresses, tried in turn. Without any: the registry in this process.",
  },
  'auto.register.schemas': {
    type: 'boolean',
    default: true,
    importance: 'MEDIUM',
    description: 'Whether schemas that the registry does not have are registered.',
  },
  'use.latest.version': {
    type: 'boolean',
    default: false,
    importance: 'LOW',
    description: "Whether to write with the subject's latest schema; needs auto.register.schemas=false.",
  },
  'latest.compatibility.strict': {
    type: 'boolean',
    default: true,
    importance: 'LOW',
    description: 'Whether the latest schema must be able to read what is written.',
  },
  'use.schema.id': {
    type: 'integer',
    default: -1,
    importance: 'LOW',
    description: 'The id of the schema to write with; needs auto.register.schemas=false. -1: none.',
  },
  'use.schema.guid': {
    type: 'string',
    importance: 'LOW',
    description: 'The GUID of the schema to write with; needs auto.register.schemas=false.',
  },
  'id.compatibility.strict': {
    type: 'boolean',
    default: true,
    importance: 'LOW',
    description: 'Whether the schema of an id or GUID must be able to read what is written.',
  },
  'use.latest.with.metadata': {
    type: 'array',
    items: { type: 'string' },
    default: [],
    importance: 'LOW',
    description:
      "key=value pairs: write with the subject's latest schema that has them in its metadata; needs auto.register.schemas=false.",
  },
  'normalize.schemas': {
    type: 'boolean',
    default: false,
    importance: 'MEDIUM',
    description: 'Whether schemas are brought into one form before they are compared.',
  },
  'key.subject.name.strategy': strategy,
  'value.subject.name.strategy': strategy,
  'key.schema.id.serializer': idSerializer,
  'value.schema.id.serializer': idSerializer,
  'basic.auth.credentials.source': {
    type: 'string',
    enum: ['URL', 'USER_INFO'],
    ignoreCase: true,
    default: 'URL',
    importance: 'MEDIUM',
    description:
      'Where user and password are: in the addresses of the registry, or in basic.auth.user.info, which counts whenever it is there.',
  },
  'basic.auth.user.info': {
    type: 'string',
    format: 'secret',
    importance: 'MEDIUM',
    description: 'user:password for the registry.',
  },
  'bearer.auth.token': {
    type: 'string',
    format: 'secret',
    importance: 'MEDIUM',
    description: 'A token for the registry.',
  },
} as const;

/** The settings after parsing. */
export type RegistrySettings = ConfigOf<{
  readonly type: 'object';
  readonly required: readonly [];
  readonly properties: typeof registryProperties;
}>;

/** Throws {@link ConfigError} for settings that exclude each other. */
export function checkRegistrySettings(settings: RegistrySettings): void {
  if (settings['use.latest.version'] && settings['auto.register.schemas']) {
    throw new ConfigError('use.latest.version=true needs auto.register.schemas=false: set it.');
  }
  const chosen = (['use.schema.guid', 'use.latest.with.metadata'] as const).find(
    (key) => (settings[key]?.length ?? 0) > 0,
  );
  const name = settings['use.schema.id'] >= 0 ? 'use.schema.id' : chosen;
  if (name !== undefined && settings['auto.register.schemas']) {
    throw new ConfigError(`${name} needs auto.register.schemas=false: set it.`);
  }
  for (const pair of settings['use.latest.with.metadata']) {
    if (!pair.includes('=')) throw new ConfigError(`use.latest.with.metadata has '${pair}', not key=value.`);
  }
  if (settings['basic.auth.user.info'] !== undefined && settings['bearer.auth.token'] !== undefined) {
    throw new ConfigError('Both basic.auth.user.info and bearer.auth.token are set: choose one.');
  }
}

/** A class name without its package. */
export function shortName(className: string): string {
  return className.slice(className.lastIndexOf('.') + 1);
}

/** Whether records are to name their schema in a header. */
export function writesSchemaHeader(settings: RegistrySettings, isKey: boolean): boolean {
  const name = settings[isKey ? 'key.schema.id.serializer' : 'value.schema.id.serializer'];
  return shortName(name) === 'HeaderSchemaIdSerializer';
}
