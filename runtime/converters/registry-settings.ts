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

const strategyNames = ['TopicNameStrategy', 'RecordNameStrategy', 'TopicRecordNameStrategy'];

const strategy = {
  type: 'string',
  format: 'class',
  default: 'io.confluent.kafka.serializers.subject.TopicNameStrategy',
  importance: 'MEDIUM',
  description: 'How subjects are named: TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy.',
  check: (name: unknown) =>
    strategyNames.includes(shortName(String(name))) ? undefined : `Class ${name} could not be found.`,
} as const;

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
  'normalize.schemas': {
    type: 'boolean',
    default: false,
    importance: 'MEDIUM',
    description: 'Whether schemas are brought into one form before they are compared.',
  },
  'key.subject.name.strategy': strategy,
  'value.subject.name.strategy': strategy,
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
  if (settings['basic.auth.user.info'] !== undefined && settings['bearer.auth.token'] !== undefined) {
    throw new ConfigError('Both basic.auth.user.info and bearer.auth.token are set: choose one.');
  }
}

/** A class name without its package. */
export function shortName(className: string): string {
  return className.slice(className.lastIndexOf('.') + 1);
}
