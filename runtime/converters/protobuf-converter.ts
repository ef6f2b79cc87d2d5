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

/** Confluent's ProtobufConverter: Protobuf with its schema in a registry. */
export const protobufConverter = (clientFor: ClientFor): DefinedConverter =>
  defineConverter({
    name: 'protobuf',
    version: '1.0.0',
    description: 'Protobuf, with the schema in a schema registry.',
    aliases: ['io.confluent.connect.protobuf.ProtobufConverter'],
    config: {
      type: 'object',
      required: [],
      properties: {
        ...registryProperties,
        'enhanced.protobuf.schema.support': flag(false, 'Whether names keep their package when read.'),
        'connect.meta.data': flag(true, 'Whether what Protobuf has no place for is kept in options.'),
        'generate.index.for.unions': flag(true, 'Whether the fields that oneofs become end in a number.'),
        'flatten.unions': flag(false, 'Whether the members of oneofs become fields of their own.'),
        'int.for.enums': flag(false, 'Whether enums become numbers when read.'),
        'optional.for.nullables': flag(false, 'Whether fields that may be null get the label optional.'),
        'optional.for.proto2': flag(true, 'Whether optional fields of proto2 count as such.'),
        'wrapper.for.nullables': flag(false, 'Whether fields that may be null become wrapper messages.'),
        'wrapper.for.raw.primitives': flag(true, 'Whether a wrapper message at the top is the value in it.'),
        'generate.struct.for.nulls': flag(false, 'Whether an absent message becomes an empty struct.'),
        'ignore.default.for.nullables': ignoreDefaults,
        'scrub.invalid.names': flag(false, 'Whether names that Protobuf cannot hold are changed.'),
        'schemas.cache.config': schemasCache,
      },
    },
    validate: checkRegistrySettings,
    addsHeaders: writesSchemaHeader,
    // Loaded when used: the registry is a large module that most workers do without.
    open: async (config, { isKey }) => {
      const { openProtobufTranslator } = await import('./protobuf-translator.ts');
      return openProtobufTranslator(config, isKey, clientFor, {
        isEnhanced: config['enhanced.protobuf.schema.support'],
        hasMetadata: config['connect.meta.data'],
        hasUnionIndex: config['generate.index.for.unions'],
        flattensUnions: config['flatten.unions'],
        hasIntEnums: config['int.for.enums'],
        optionalForNullables: config['optional.for.nullables'],
        optionalForProto2: config['optional.for.proto2'],
        wrapperForNullables: config['wrapper.for.nullables'],
        wrapperForRawPrimitives: config['wrapper.for.raw.primitives'],
        structForNulls: config['generate.struct.for.nulls'],
        ignoresDefaults: config['ignore.default.for.nullables'],
        scrubsNames: config['scrub.invalid.names'],
        cacheSize: config['schemas.cache.config'],
      });
    },
    fromConnectData: (translator, subject, schema, value) =>
      value === null || value === undefined ? null : translator.write(subject, schema, value),
    toConnectData: (translator, subject, bytes) =>
      bytes === null ? { schema: undefined, value: null } : translator.read(subject, bytes),
  });
