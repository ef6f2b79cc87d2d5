import {
  associatedNameStrategy,
  checkReadable,
  definitionOf,
  type Frame,
  loadReferences,
  type RecordHeader,
  type RegistryClient,
  readFrame,
  recordNameStrategy,
  SchemaParseError,
  type SchemaType,
  SerializationError,
  type SerializerOptions,
  type SubjectNameStrategy,
  topicNameStrategy,
  topicRecordNameStrategy,
} from '../../schema-registry/index.ts';
import { DataError } from '../data/index.ts';
import type { ConverterSubject } from '../plugin/index.ts';
import { type ClientFor, type RegistrySettings, shortName, writesSchemaHeader } from './registry-settings.ts';

/** The client and the serializer's options that the settings ask for. */
export function registryOf(
  settings: RegistrySettings,
  isKey: boolean,
  clientFor: ClientFor,
): { readonly client: RegistryClient; readonly options: SerializerOptions } {
  const name = settings[isKey ? 'key.subject.name.strategy' : 'value.subject.name.strategy'];
  const useSchemaId = settings['use.schema.id'];
  const useSchemaGuid = settings['use.schema.guid'];
  const metadata = metadataOf(settings['use.latest.with.metadata']);
  const { urls, authorization } = withoutUserInfo(settings['schema.registry.url']);
  const headers = authorization === undefined ? {} : { authorization };
  return {
    client: clientFor({ urls, headers: { ...headers, ...authorizationOf(settings) } }),
    options: {
      isKey,
      subjectNameStrategy: strategies.get(shortName(name)) ?? associatedNameStrategy,
      autoRegisterSchemas: settings['auto.register.schemas'],
      useLatestVersion: settings['use.latest.version'],
      latestCompatibilityStrict: settings['latest.compatibility.strict'],
      ...(useSchemaId >= 0 && { useSchemaId }),
      ...(useSchemaGuid !== undefined && { useSchemaGuid }),
      idCompatibilityStrict: settings['id.compatibility.strict'],
      ...(metadata !== undefined && { useLatestWithMetadata: metadata }),
      normalizeSchemas: settings['normalize.schemas'],
      schemaIdLocation: writesSchemaHeader(settings, isKey) ? 'header' : 'prefix',
    },
  };
}

const strategies = new Map<string, SubjectNameStrategy>([
  ['AssociatedNameStrategy', associatedNameStrategy],
  ['TopicNameStrategy', topicNameStrategy],
  ['RecordNameStrategy', recordNameStrategy],
  ['TopicRecordNameStrategy', topicRecordNameStrategy],
]);

/** The frame of a record's bytes: its header counts first. Throws {@link DataError}. */
export function frameOf(subject: ConverterSubject, bytes: Uint8Array, isKey: boolean): Frame {
  return asDataError(() => readFrame(bytes, isKey, subject.recordHeaders));
}

/** Runs an encoder that may name its schema in a header, and hands that on. */
export function headersFor<T>(
  { addHeader }: ConverterSubject,
  encode: (headers: RecordHeader[] | undefined) => T,
): T {
  if (addHeader === undefined) return encode(undefined);
  const headers: RecordHeader[] = [];
  const bytes = encode(headers);
  for (const { key, value } of headers) addHeader(key, value);
  return bytes;
}

/** The schema that bytes were written with. Rejects with {@link DataError} when it is of another language, or has rules. */
export async function writtenSchema(client: RegistryClient, schema: number | string, type: SchemaType) {
  const definition = await definitionOf(client, schema);
  if (definition.schemaType !== type)
    throw new DataError(`Schema ${schema} is ${definition.schemaType}, not ${type}.`);
  asDataError(() => checkReadable(definition));
  return { definition, references: await loadReferences(client, definition) };
}

/** Registries may be named with user and password; requests may not. */
function withoutUserInfo(urls: readonly string[]) {
  const parsed = urls.map((url) => new URL(url));
  const named = parsed.find(({ username }) => username !== '');
  if (named === undefined) return { urls, authorization: undefined };
  const userInfo = `${decodeURIComponent(named.username)}:${decodeURIComponent(named.password)}`;
  for (const url of parsed) {
    url.username = '';
    url.password = '';
  }
  const bare = parsed.map((url) => url.href.replace(/\/$/, ''));
  return { urls: bare, authorization: `Basic ${Buffer.from(userInfo).toString('base64')}` };
}

function metadataOf(pairs: readonly string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key.trim(), value.join('=').trim()];
    }),
  );
}

function authorizationOf(settings: RegistrySettings): Record<string, string> {
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
    if (cause instanceof SerializationError || cause instanceof SchemaParseError)
      throw new DataError(cause.message, { cause });
    throw cause;
  }
}
