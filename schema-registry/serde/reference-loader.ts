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
