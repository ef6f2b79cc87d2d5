import type { EarlierVersion } from '../compatibility.ts';
import { SchemaParseError } from '../errors.ts';
import type {
  ParsedSchema,
  ResolvedReference,
  SchemaLanguage,
  SchemaReference,
  SchemaType,
} from '../language.ts';
import { limits } from '../limits.ts';
import { reservedFields } from '../reserved-fields.ts';
import { SizedCache } from '../sized-cache.ts';
import type { SchemaContent, SchemaDefinition, SchemaVersion } from './entity.ts';
import { contextOf, qualifiedSubject } from './qualified-subject.ts';
import { rejection } from './rejection.ts';
import type { RegistryState } from './state.ts';

/** Longest texts, together, whose parsed form is kept, in UTF-16 units. The parsed form takes a few times as much. */
const parsedTextMax = 1024 * 1024;

/** Parses definitions: knows the languages, follows references through the state, remembers what is stored. */
export class SchemaReader {
  readonly #languages: ReadonlyMap<string, SchemaLanguage>;
  readonly #parsed = new SizedCache<SchemaContent, ParsedSchema>(
    parsedTextMax,
    ({ schema }) => schema.length,
  );

  constructor(languages: readonly SchemaLanguage[]) {
    this.#languages = new Map(languages.map((language) => [language.type, language]));
  }

  get types(): readonly SchemaType[] {
    return [...this.#languages.values()].map(({ type }) => type);
  }

  /** Throws 42201 when there is no such language. */
  language(type: string): SchemaLanguage {
    const language = this.#languages.get(type);
    if (language === undefined) throw rejection.invalidSchema(`Invalid schema type ${type}`);
    return language;
  }

  /** Throws 42201, with the parser's reason. `strict` is for new schemas. */
  parse(
    state: RegistryState,
    definition: SchemaDefinition,
    options: { readonly subject: string; readonly strict: boolean },
  ): ParsedSchema {
    const { schemaType, schema, references } = definition;
    const language = this.language(schemaType);
    try {
      const resolved = resolveReferences(state, options.subject, references, options.strict);
      return language.parse(schema, { references: resolved, strict: options.strict });
    } catch (error) {
      if (!(error instanceof SchemaParseError)) throw error;
      const names = references.map(
        ({ name, subject, version }) => `{name='${name}', subject='${subject}', version=${version}}`,
      );
      const what = `Invalid schema {subject=${options.subject},schema=${schema}} with refs [${names.join(', ')}]`;
      const details = `${what} of type ${schemaType}, details: ${error.message}`;
      throw rejection.invalidSchema(`Invalid schema of type ${schemaType}, details: ${details}`, error);
    }
  }

  /** The schema of a stored version, parsed leniently. Throws 42201 when it cannot be read any more. */
  stored(state: RegistryState, { subject, content }: SchemaVersion): ParsedSchema {
    const known = this.#parsed.get(content);
    if (known !== undefined) return known;
    const parsed = this.parse(state, content, { subject, strict: false });
    // What it refers to may be replaced after a permanent delete: only self-contained schemas are remembered.
    if (content.references.length === 0) this.#parsed.set(content, parsed);
    return parsed;
  }

  /** The versions as a compatibility check wants them. */
  history(state: RegistryState, versions: readonly SchemaVersion[]): EarlierVersion[] {
    return versions.map((version) => ({
      version: version.version,
      schema: this.stored(state, version),
      reserved: reservedFields(version.content.metadata?.properties),
    }));
  }
}

/**
 * The texts that the references stand for, dependencies first; of one name the first counts. Subjects without a
 * context are in that of `subject`. New schemas may not refer to what is deleted. Throws.
 */
function resolveReferences(
  state: RegistryState,
  subject: string,
  references: readonly SchemaReference[],
  isNew: boolean,
): readonly ResolvedReference[] {
  const resolved = new Map<string, ResolvedReference>();
  const open = new Set<string>();
  let length = 0;
  const visit = (list: readonly SchemaReference[], context: string, hidesDeleted: boolean) => {
    for (const reference of list) {
      const { name, version } = reference;
      if (resolved.has(name) || open.has(name)) continue;
      const referred = qualifiedSubject(context, reference.subject);
      const target = state.version(referred, version);
      if (target === undefined || (hidesDeleted && target.isDeleted)) {
        throw new SchemaParseError(
          `No schema reference found for subject "${reference.subject}" and version ${version}`,
        );
      }
      open.add(name);
      if (open.size > limits.schemaReferencesMax) {
        throw new SchemaParseError(
          `the schema has more than ${limits.schemaReferencesMax} references (the limit schema.references.max)`,
        );
      }
      length += target.content.schema.length;
      if (length > limits.schemaReferencesLengthMax) {
        throw new SchemaParseError(
          `the references of the schema have more than ${limits.schemaReferencesLengthMax} characters (the limit schema.references.length.max)`,
        );
      }
      visit(target.content.references, contextOf(referred), false);
      resolved.set(name, { name, schema: target.content.schema });
    }
  };
  visit(references, contextOf(subject), isNew);
  return [...resolved.values()];
}
