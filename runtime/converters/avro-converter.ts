import { type DefinedConverter, defineConverter } from '../plugin/index.ts';
import {
  type ClientFor,
  checkRegistrySettings,
  registryProperties,
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
        'enhanced.avro.schema.support': {
          type: 'boolean',
          default: false,
          importance: 'LOW',
          description: 'Whether enums stay enums, and types in unions have their full names.',
        },
        'connect.meta.data': {
          type: 'boolean',
          default: true,
          importance: 'LOW',
          description: "Whether what Avro has no place for is kept in the schema's properties.",
        },
        'schemas.cache.config': {
          type: 'integer',
          default: 1000,
          minimum: 1,
          importance: 'LOW',
          description: 'How many schemas are kept after they were translated.',
        },
      },
    },
    validate: checkRegistrySettings,
    // Loaded when used: the registry is a large module that most workers do without.
    open: async (config, { isKey }) => {
      const { openAvroTranslator } = await import('./avro-translator.ts');
      const translation = {
        hasMetadata: config['connect.meta.data'],
        isEnhanced: config['enhanced.avro.schema.support'],
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
