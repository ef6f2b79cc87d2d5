import type { SchemaReference } from '../language.ts';
import { limits } from '../limits.ts';
import type { SchemaDefinition } from './entity.ts';
import { schemaGuid } from './guid.ts';
import { sortedMetadata, sortedRuleSet, withoutVersion } from './metadata.ts';
import { contextOf, qualifiedSubject } from './qualified-subject.ts';
import { rejection } from './rejection.ts';
import type { SchemaReader } from './schema-reader.ts';
import type { RegistryState } from './state.ts';

/** A definition with stored text, references that name a version, and its GUID. */
export interface CanonicalDefinition extends SchemaDefinition {
  readonly guid: string;
}

/** The definition as it would be stored. Throws 42201, 42209. */
export function canonicalDefinition(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  request: SchemaDefinition,
  options: { readonly normalize: boolean; readonly strict: boolean },
): CanonicalDefinition {
  checkSize(request);
  const fixed = { ...request, references: fixedReferences(state, subject, request.references) };
  const parsed = reader.parse(state, fixed, { subject, strict: options.strict });
  const references = options.normalize ? sortedReferences(fixed.references) : fixed.references;
  const schema = reader.language(request.schemaType).canonical(parsed, { normalize: options.normalize });
  return withGuid({ ...fixed, references, schema });
}

/** Metadata and rules in their order, and what all of it hashes to. */
export function withGuid(definition: SchemaDefinition): CanonicalDefinition {
  const sorted = {
    ...definition,
    metadata: sortedMetadata(definition.metadata),
    ruleSet: sortedRuleSet(definition.ruleSet),
  };
  return { ...sorted, guid: schemaGuid(sorted) };
}

/** What two definitions have in common that differ in nothing but the version's number in their metadata. */
export function versionlessGuid(definition: SchemaDefinition): string {
  return withGuid({ ...definition, metadata: withoutVersion(definition.metadata) }).guid;
}

/** Throws 42209. */
export function checkSize({ schema }: SchemaDefinition): void {
  if (Buffer.byteLength(schema) > limits.schemaBytesMax) throw rejection.tooLarge();
}

/** A reference to version -1 means the latest one; what is stored names it. */
function fixedReferences(
  state: RegistryState,
  subject: string,
  references: readonly SchemaReference[],
): readonly SchemaReference[] {
  return references.map((reference) => {
    if (reference.version !== -1) return reference;
    const target = qualifiedSubject(contextOf(subject), reference.subject);
    const latest = state.versions(target, false).at(-1);
    return latest === undefined ? reference : { ...reference, version: latest.version };
  });
}

function sortedReferences(references: readonly SchemaReference[]): readonly SchemaReference[] {
  const distinct = new Map(references.map((reference) => [JSON.stringify(reference), reference]));
  return [...distinct.values()].sort((left, right) =>
    left.subject === right.subject ? left.version - right.version : left.subject < right.subject ? -1 : 1,
  );
}
