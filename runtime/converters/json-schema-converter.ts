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

/** Confluent's JsonSchemaConverter: JSON with its JSON Schema in a registry. */
export const jsonSchemaConverter = (clientFor: ClientFor): DefinedConverter =>
  defineConverter({
    name: 'json-schema',
    version: '1.0.0',
    description: 'JSON, with a JSON Schema in a schema registry.',
    aliases: ['io.confluent.connect.json.JsonSchemaConverter'],
    config: {
      type: 'object',
      required: [],
      properties: {
        ...registryProperties,
        'decimal.format': {
          type: 'string',
          enum: ['BASE64', 'NUMERIC'],
          ignoreCase: true,
          default: 'BASE64',
          importance: 'LOW',
          description: 'How decimals are written. Both are read.',
        },
        'json.fail.invalid.schema': flag(
          false,
          'Whether what is written and read is checked against the schema.',
        ),
        'object.additional.properties': flag(
          true,
          'Whether objects may have properties that their schemas do not name.',
        ),
        'use.optional.for.nonrequired': flag(
          false,
          'Whether properties that a schema does not require are optional.',
        ),
        'replace.null.with.default': flag(true, "Whether a field's default stands in for null."),
        'ignore.default.for.nullables': ignoreDefaults,
        'schemas.cache.size': schemasCache,
      },
    },
    validate: checkRegistrySettings,
    // Loaded when used: the registry is a large module that most workers do without.
    open: async (config, { isKey }) => {
      const { openJsonTranslator } = await import('./json-schema-translator.ts');
      return openJsonTranslator(config, isKey, clientFor, {
        writing: {
          isNumericDecimal: config['decimal.format'] === 'NUMERIC',
          replaceNullWithDefault:
            config['replace.null.with.default'] && !config['ignore.default.for.nullables'],
          hasUnions: true,
          isAbsentNull: true,
          isClosed: !config['object.additional.properties'],
        },
        isChecked: config['json.fail.invalid.schema'],
        optionalForNonRequired: config['use.optional.for.nonrequired'],
        cacheSize: config['schemas.cache.size'],
      });
    },
    addsHeaders: writesSchemaHeader,
    fromConnectData: (translator, subject, schema, value) =>
      value === null || value === undefined ? null : translator.write(subject, schema, value),
    toConnectData: (translator, subject, bytes) =>
      bytes === null ? { schema: undefined, value: null } : translator.read(subject, bytes),
  });
