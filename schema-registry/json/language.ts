import { SchemaCheckError, SchemaParseError } from '../errors.ts';
import { JsonTextError, parseJson } from '../json-text/parser.ts';
import { printJson } from '../json-text/printer.ts';
import { isJsonObject, type JsonTree, sortedTree } from '../json-text/tree.ts';
import type { ParsedSchema, SchemaLanguage } from '../language.ts';
import { withinStack } from '../nesting.ts';
import { Comparison } from './comparison.ts';
import { type Difference, isCompatible } from './difference.ts';
import { draftOf } from './draft.ts';
import { ModelLoader } from './loader.ts';
import { differenceMessage } from './message.ts';
import type { JsonModel } from './model.ts';
import { Resolution } from './resolution.ts';
import { editJsonTags, topProperties } from './tags.ts';
import { compareSchemas } from './walk.ts';

/** A parsed JSON Schema: its text without loss, and the model that is compared. */
export interface JsonParsed extends ParsedSchema {
  readonly type: 'JSON';
  readonly tree: JsonTree;
  readonly model: JsonModel;
}

/** JSON Schema, drafts 4 to 2020-12: Confluent's stored text, model, differences and messages. */
export const jsonLanguage: SchemaLanguage<JsonParsed> = {
  type: 'JSON',
  parse(text, { references }) {
    const tree = parseDocument(text);
    const resolution = new Resolution();
    for (const { name, schema } of references) {
      const referred = parseDocument(schema);
      resolution.add(name, referred, draftIn(referred));
    }
    const model = new ModelLoader(resolution).load(resolution.add('', tree, draftIn(tree)));
    const title = isJsonObject(tree) ? tree.get('title') : undefined;
    return { type: 'JSON', name: typeof title === 'string' ? title : undefined, tree, model };
  },
  canonical({ tree }, { normalize }) {
    return printJson(normalize ? sortedTree(tree) : tree, 'decimal');
  },
  formatted: () => undefined,
  compatibility(reader, writer, options) {
    try {
      const breaking = jsonDifferences(writer, reader, options.policy).filter(
        (difference) => !isCompatible(difference, options.policy),
      );
      return breaking.map((difference) => differenceMessage(difference, options));
    } catch (error) {
      if (!(error instanceof SchemaCheckError)) throw error;
      return [`Unexpected exception during compatibility check: ${error.message}`];
    }
  },
  editTags({ tree }, edit) {
    return withinStack(() => printJson(editJsonTags(tree, edit), 'decimal'), tooDeep);
  },
  topFields: ({ tree }) => topProperties(tree),
};

const tooDeep = () => new SchemaParseError('the schema is nested too deeply');

/** Every difference from `original` to `update`, compatible ones too. Throws `SchemaCheckError` when it is too much. */
export function jsonDifferences(
  original: Pick<JsonParsed, 'model'>,
  update: Pick<JsonParsed, 'model'>,
  policy: 'STRICT' | 'LENIENT',
): readonly Difference[] {
  const comparison = Comparison.start(compareSchemas, policy);
  return withinStack(
    () => comparison.attempt(original.model, update.model),
    () => new SchemaCheckError('the schemas are nested too deeply to compare'),
  );
}

function parseDocument(text: string): JsonTree {
  try {
    const tree = parseJson(text);
    if (typeof tree === 'boolean' || isJsonObject(tree)) return tree;
  } catch (error) {
    if (error instanceof JsonTextError) throw new SchemaParseError(error.message, { cause: error });
    throw error;
  }
  throw new SchemaParseError('a JSON Schema is an object, true or false');
}

function draftIn(tree: JsonTree): ReturnType<typeof draftOf> {
  return draftOf(isJsonObject(tree) ? tree.get('$schema') : undefined);
}
