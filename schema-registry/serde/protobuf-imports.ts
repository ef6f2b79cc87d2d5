import { SerializationError } from '../errors.ts';
import type { SchemaReference } from '../language.ts';
import { parseProto } from '../protobuf/parser.ts';
import type { SchemaDefinition } from '../store/entity.ts';
import type { RegistryClient } from './registry-client.ts';
import type { SchemaSource, SerializerOptions } from './schema-choice.ts';
import { defaultReferenceSubjectNameStrategy, type ReferenceSubjectNameStrategy } from './subject-name.ts';

interface Importing {
  readonly topic: string;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
  readonly imports: Readonly<Record<string, string>>;
}

type Options = Pick<SerializerOptions, 'autoRegisterSchemas' | 'normalizeSchemas' | 'isKey'> & {
  readonly referenceSubjectNameStrategy?: ReferenceSubjectNameStrategy;
};

/**
 * Registers the files that a schema imports, or finds them where nothing may be registered, and returns the schema with its
 * references. Imports without a text are left to the references that are given, or are built in.
 */
export async function registerImports(
  client: RegistryClient,
  { topic, schema, references, imports }: Importing,
  options: Options,
): Promise<SchemaSource> {
  const made = new Map<string, SchemaReference>();
  const open = new Set<string>();
  const refer = async (text: string): Promise<SchemaReference[]> => {
    const list: SchemaReference[] = [];
    for (const name of importsOf(text)) {
      const imported = Object.hasOwn(imports, name) ? imports[name] : undefined;
      if (imported === undefined) continue;
      list.push(made.get(name) ?? (await register(name, imported)));
    }
    return list;
  };
  const register = async (name: string, text: string): Promise<SchemaReference> => {
    if (open.has(name)) throw new SerializationError(`the Protobuf file ${name} imports itself`);
    open.add(name);
    const definition = { schemaType: 'PROTOBUF', schema: text, references: await refer(text) } as const;
    const { referenceSubjectNameStrategy = defaultReferenceSubjectNameStrategy, isKey = false } = options;
    const subject = referenceSubjectNameStrategy({ name, topic, isKey });
    const reference = { name, subject, version: await versionOf(client, subject, definition, options) };
    made.set(name, reference);
    return reference;
  };
  return { schema, references: [...references, ...(await refer(schema))] };
}

async function versionOf(
  client: RegistryClient,
  subject: string,
  definition: SchemaDefinition,
  { autoRegisterSchemas = true, normalizeSchemas = false }: Options,
): Promise<number> {
  if (autoRegisterSchemas) await client.register(subject, definition, { normalize: normalizeSchemas });
  // Registries before release 8 tell the version only when they are asked for it.
  const { version } = await client.lookUp(subject, definition, { normalize: normalizeSchemas });
  if (version !== undefined) return version;
  throw new SerializationError(`the registry does not tell the version of ${subject}`);
}

function importsOf(text: string): readonly string[] {
  const { imports, publicImports, weakImports } = parseProto(text);
  return [...imports, ...publicImports, ...weakImports];
}
