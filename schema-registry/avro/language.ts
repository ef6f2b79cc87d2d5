import { SchemaCheckError, SchemaParseError } from '../errors.ts';
import type { CompatibilityOptions, ParsedSchema, SchemaLanguage } from '../language.ts';
import { withinStack } from '../nesting.ts';
import { type Incompatibility, incompatibilities } from './compatibility.ts';
import { parseAvro } from './parser.ts';
import { printAvro } from './printer.ts';
import { type AvroDocument, isNamed } from './schema.ts';
import { editAvroTags } from './tags.ts';

/** A parsed Avro schema. */
export interface AvroParsed extends ParsedSchema, AvroDocument {
  readonly type: 'AVRO';
}

/** Avro 1.12: own parser and compatibility rules, Confluent's stored text and messages. */
export const avroLanguage: SchemaLanguage<AvroParsed> = {
  type: 'AVRO',
  parse(text, options) {
    const document = parseAvro(text, options);
    return { type: 'AVRO', name: isNamed(document.root) ? document.root.name.full : undefined, ...document };
  },
  canonical(schema, options) {
    return withinStack(() => printAvro(schema, options), tooDeep);
  },
  formatted({ root }, format) {
    if (format !== 'resolved') return undefined;
    return withinStack(() => printAvro({ root, referenced: new Set() }, { normalize: false }), tooDeep);
  },
  compatibility(reader, writer, options) {
    try {
      const found = withinStack(() => incompatibilities(reader.root, writer.root), tooDeepToCompare);
      return found.map((each) => describe(each, options));
    } catch (error) {
      if (!(error instanceof SchemaCheckError)) throw error;
      return [`Unexpected exception during compatibility check: ${error.message}`];
    }
  },
  editTags(schema, edit) {
    return withinStack(() => editAvroTags(printAvro(schema, { normalize: false }), edit), tooDeep);
  },
  topFields: ({ root }) => (root.kind === 'record' ? root.fields.map(({ name }) => name) : []),
};

const tooDeep = () => new SchemaParseError('the schema is nested too deeply');
const tooDeepToCompare = () => new SchemaCheckError('the schemas are nested too deeply to compare');

function describe(found: Incompatibility, options: CompatibilityOptions): string {
  const { type, path, info } = found;
  const { readerLabel: reader, writerLabel: writer } = options;
  const descriptions: Record<Incompatibility['type'], string> = {
    TYPE_MISMATCH: `The type (path '${path}') of a field in the ${reader} schema does not match with the ${writer} schema`,
    NAME_MISMATCH: `The name of the schema has changed (path '${path}')`,
    FIXED_SIZE_MISMATCH: `The size of FIXED type field at path '${path}' in the ${reader} schema does not match with the ${writer} schema`,
    MISSING_ENUM_SYMBOLS: `The ${reader} schema is missing enum symbols '${info}' at path '${path}' in the ${writer} schema`,
    READER_FIELD_MISSING_DEFAULT_VALUE: `The field '${info}' at path '${path}' in the ${reader} schema has no default value and is missing in the ${writer} schema`,
    MISSING_UNION_BRANCH: `The ${reader} schema is missing a type inside a union field at path '${path}' in the ${writer} schema`,
  };
  return `{errorType:'${type}', description:'${descriptions[type]}', additionalInfo:'${info}'}`;
}
