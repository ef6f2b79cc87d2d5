import type { SchemaDefinition } from '../store/entity.ts';

/** A schema with the version and id it has in a subject. */
export interface SubjectVersion {
  readonly id: number;
  /** Registries before release 8 have none. */
  readonly guid?: string | undefined;
  readonly version: number;
  readonly definition: SchemaDefinition;
}

/** What a registration or look-up tells; old registries tell no more than the id. */
export type RegisteredSchema = Pick<SubjectVersion, 'id' | 'guid'> &
  Partial<Pick<SubjectVersion, 'version' | 'definition'>>;

/** What serializers need of a registry, here or far away. Every method rejects with `RegistryError`. */
export interface RegistryClient {
  /** Registers, or finds what is there. */
  register(
    subject: string,
    definition: SchemaDefinition,
    options: { readonly normalize: boolean },
  ): Promise<RegisteredSchema>;
  /** Finds a schema that must be there; with `deleted` also a soft-deleted one. */
  lookUp(
    subject: string,
    definition: SchemaDefinition,
    options: { readonly normalize: boolean; readonly deleted?: boolean },
  ): Promise<RegisteredSchema>;
  latest(subject: string): Promise<SubjectVersion>;
  /** The latest version whose metadata has all of these properties. */
  latestWithMetadata?(subject: string, properties: Readonly<Record<string, string>>): Promise<SubjectVersion>;
  /** One version, also a soft-deleted one: references may point to it. */
  version(subject: string, version: number): Promise<SubjectVersion>;
  /** `subject` helps registries with several contexts. */
  byId(id: number, subject?: string): Promise<SchemaDefinition & Pick<SubjectVersion, 'guid'>>;
  /** For records that name their schema in a header. */
  byGuid?(guid: string): Promise<SchemaDefinition>;
  /** The subjects associated with a topic of a Kafka cluster, `-` for any; none when the registry knows no associations. */
  associatedSubjects?(clusterId: string, topic: string, part: 'key' | 'value'): Promise<readonly string[]>;
}
