import type { Plugin } from '../plugin/index.ts';
import { avroConverter } from './avro-converter.ts';
import { asHeaderConverter, simpleHeaderConverter } from './header-converters.ts';
import { jsonConverter } from './json-converter.ts';
import { jsonSchemaConverter } from './json-schema-converter.ts';
import { booleanConverter, numberConverters } from './number-converters.ts';
import { protobufConverter } from './protobuf-converter.ts';
import type { ClientFor } from './registry-settings.ts';
import { bytesConverter, stringConverter } from './string-converter.ts';

export {
  type OpenedConverter,
  type OpenedHeaderConverter,
  openConverter,
  openHeaderConverter,
} from './opened-converter.ts';

const plain = [stringConverter, bytesConverter, jsonConverter, booleanConverter, ...numberConverters];

/** Every built-in converter, and each that can be one as header converter. */
export const builtInConverters: readonly Plugin[] = [
  ...plain,
  simpleHeaderConverter,
  ...plain.map((converter) => asHeaderConverter(converter)),
];

/** The converters that keep their schemas in a registry. */
export function registryConverters(clientFor: ClientFor): readonly Plugin[] {
  return [avroConverter(clientFor), jsonSchemaConverter(clientFor), protobufConverter(clientFor)];
}

export type { ClientFor, RegistryAddress } from './registry-settings.ts';
export { registerTopicSchema, schemaTypeOf, type TopicSchema } from './schema-registration.ts';
