import { SerializationError } from '../errors.ts';
import type { ResolvedReference } from '../language.ts';
import type { SchemaDefinition } from '../store/entity.ts';
import type { RegistryClient } from './registry-client.ts';

/** The texts behind a definition's references, dependencies first; of one name the first counts. Rejects as the client. */
export async function loadReferences(
  client: RegistryClient,
  definition: SchemaDefinition,
): Promise<readonly ResolvedReference[]> {
  const resolved = new Map<string, ResolvedReference>();
  const open = new Set<string>();
  const visit = async (references: SchemaDefinition['references']): Promise<void> => {
    for (const { name, subject, version } of references) {
      if (resolved.has(name) || open.has(name)) continue;
      open.add(name);
      const target = await client.version(subject, version);
      await visit(target.definition.references);
      resolved.set(name, { name, schema: target.definition.schema });
    }
  };
  await visit(definition.references);
  return [...resolved.values()];
}

/** The definition behind an id or a GUID. Rejects as the client, and with `SerializationError` when it knows no GUIDs. */
export async function definitionOf(
  client: RegistryClient,
  schema: number | string,
  subject?: string,
): Promise<SchemaDefinition> {
  if (typeof schema === 'number') return client.byId(schema, subject);
  if (client.byGuid === undefined) {
    throw new SerializationError('the record names its schema by GUID, and this client cannot ask for one');
  }
  return client.byGuid(schema);
}
