import { type DefinedConverter, defineConverter } from '../plugin/index.ts';
import {
  type ClientFor,
  checkRegistrySettings,
  flag,
  ignoreDefaults,
  registryProperties,
  schemasCache,
  writesSchemaHeader,
} from './registry-settings.ts';

/** Confluent's AvroConverter: Avro with its schema in a registry. */
export const avroConverter = (clientFor: ClientFor): DefinedConverter =>
  defineConverter({
    name: 'avro',
    version: '1.0.0',
    description: 'Avro, with the schema in a schema registry.',
    aliases: ['io.confluent.connect.avro.AvroConverter'],
    config: {
      type: 'object',
      required: [],
      properties: {
        ...registryProperties,
        'enhanced.avro.schema.support': flag(
          false,
          'Whether enums stay enums, and types in unions have their full names.',
        ),
        'connect.meta.data': flag(
          true,
          "Whether what Avro has no place for is kept in the schema's properties.",
        ),
        'allow.optional.map.keys': flag(
          false,
          'Whether maps by optional strings are maps and not lists of pairs.',
        ),
        'discard.type.doc.default': flag(
          false,
          'Whether documentation and default of a field are its own alone, and not those of its type.',
        ),
        'ignore.default.for.nullables': ignoreDefaults,
        'scrub.invalid.names': flag(false, 'Whether names that Avro cannot hold are changed.'),
        'schemas.cache.config': schemasCache,
      },
    },
    validate: checkRegistrySettings,
    // Loaded when used: the registry is a large module that most workers do without.
    open: async (config, { isKey }) => {
      const { openAvroTranslator } = await import('./avro-translator.ts');
      const translation = {
        hasMetadata: config['connect.meta.data'],
        isEnhanced: config['enhanced.avro.schema.support'],
        allowsOptionalMapKeys: config['allow.optional.map.keys'],
        discardsTypeDocDefault: config['discard.type.doc.default'],
        ignoresDefaults: config['ignore.default.for.nullables'],
        scrubsNames: config['scrub.invalid.names'],
        cacheSize: config['schemas.cache.config'],
      };
      return openAvroTranslator(config, isKey, clientFor, translation);
    },
    addsHeaders: writesSchemaHeader,
    fromConnectData: (translator, subject, schema, value) =>
      value === null || value === undefined ? null : translator.write(subject, schema, value),
    toConnectData: (translator, subject, bytes) =>
      bytes === null ? { schema: undefined, value: null } : translator.read(subject, bytes),
  });
