import type { SchemaDefinition } from '../store/entity.ts';

/** A schema with the version and id it has in a subject. */
export interface SubjectVersion {
  readonly id: number;
  readonly version: number;
  readonly definition: SchemaDefinition;
}

/** What serializers need of a registry, here or far away. Every method rejects with `RegistryError`. */
export interface RegistryClient {
  /** Registers, or finds what is there. */
  register(
    subject: string,
    definition: SchemaDefinition,
    options: { readonly normalize: boolean },
  ): Promise<{ readonly id: number }>;
  /** Finds a schema that must be there. */
  lookUp(
    subject: string,
    definition: SchemaDefinition,
    options: { readonly normalize: boolean },
  ): Promise<{ readonly id: number }>;
  latest(subject: string): Promise<SubjectVersion>;
  /** One version, also a soft-deleted one: references may point to it. */
  version(subject: string, version: number): Promise<SubjectVersion>;
  /** `subject` helps registries with several contexts. */
  byId(id: number, subject?: string): Promise<SchemaDefinition>;
}
