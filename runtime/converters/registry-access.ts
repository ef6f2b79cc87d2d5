import {
  type RegistryClient,
  recordNameStrategy,
  SerializationError,
  type SerializerOptions,
  type SubjectNameStrategy,
  topicNameStrategy,
  topicRecordNameStrategy,
} from '../../schema-registry/index.ts';
import { DataError } from '../data/index.ts';
import { type ClientFor, type RegistrySettings, shortName } from './registry-settings.ts';

/** The client and the serializer's options that the settings ask for. */
export function registryOf(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
): { readonly client: RegistryClient; readonly options: SerializerOptions } {
  const name = settings[isKey ? 'key.subject.name.strategy' : 'value.subject.name.strategy'];
  return {
    client: clientFor({ urls: settings['schema.registry.url'], headers: authorization(settings) }),
    options: {
      isKey,
      subjectNameStrategy: strategies.get(shortName(name)) ?? topicNameStrategy,
      autoRegisterSchemas: settings['auto.register.schemas'],
      useLatestVersion: settings['use.latest.version'],
      latestCompatibilityStrict: settings['latest.compatibility.strict'],
      normalizeSchemas: settings['normalize.schemas'],
    },
  };
}

const strategies = new Map<string, SubjectNameStrategy>([
  ['TopicNameStrategy', topicNameStrategy],
  ['RecordNameStrategy', recordNameStrategy],
  ['TopicRecordNameStrategy', topicRecordNameStrategy],
]);

function authorization(settings: RegistrySettings): Record<string, string> {
  const basic = settings['basic.auth.user.info'];
  const bearer = settings['bearer.auth.token'];
  if (basic !== undefined)
    return { authorization: `Basic ${Buffer.from(basic.reveal()).toString('base64')}` };
  return bearer === undefined ? {} : { authorization: `Bearer ${bearer.reveal()}` };
}

/** Runs what may find that bytes or a value do not fit: for Connect that is a problem of the record. */
export function asDataError<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof SerializationError) throw new DataError(cause.message, { cause });
    throw cause;
  }
}
