import type { CompatibilityLevel } from '../compatibility.ts';
import type { CompatibilityPolicy, SchemaReference, SchemaType } from '../language.ts';

/** Facts about a schema. Keys are sorted by {@link sortedMetadata}, because they are hashed. */
export interface Metadata {
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, string>>;
  readonly sensitive?: readonly string[];
}

/** JSON that is kept as it came and never looked into. */
export type OpaqueJson = Readonly<Record<string, unknown>>;

/** A schema as a client hands it in, or as it is stored: what the id and the GUID stand for. */
export interface SchemaDefinition {
  readonly schemaType: SchemaType;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
  readonly metadata?: Metadata | undefined;
  /** Kept from the topic for the registries that wrote it; no request can set it. */
  readonly ruleSet?: OpaqueJson | undefined;
}

/** A schema with its id: one object for all versions that share it. */
export interface SchemaContent extends SchemaDefinition {
  readonly id: number;
  /** MD5 of the definition, as a UUID. */
  readonly guid: string;
  /** The versions of any subject that stand on this content. */
  readonly versions: Set<SchemaVersion>;
}

/** One version of a subject. */
export interface SchemaVersion {
  readonly subject: string;
  readonly version: number;
  readonly content: SchemaContent;
  /** Soft delete: hidden, but its id still resolves. */
  isDeleted: boolean;
  /** Of the log record, milliseconds since the Unix epoch. */
  readonly timestampMs: number;
}

export const registryModes = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT'] as const;

export type RegistryMode = (typeof registryModes)[number];

/** The settings of a subject or of the whole registry; what is undefined is inherited. */
export interface RegistryConfig {
  readonly compatibilityLevel?: CompatibilityLevel | undefined;
  readonly compatibilityPolicy?: CompatibilityPolicy | undefined;
  /** Only versions with the same value of this metadata property are compared. */
  readonly compatibilityGroup?: string | undefined;
  readonly normalize?: boolean | undefined;
  /** False: names and defaults of new Avro schemas are not checked. */
  readonly validateNewSchemas?: boolean | undefined;
}

/** The metadata with every map and list in the order that is hashed and written; undefined when it says nothing. */
export function sortedMetadata(metadata: Metadata | undefined): Metadata | undefined {
  if (metadata === undefined) return undefined;
  const { tags, properties, sensitive } = metadata;
  return {
    ...(tags && { tags: sortedRecord(tags, (values) => [...new Set(values)].toSorted()) }),
    ...(properties && { properties: sortedRecord(properties, (value) => value) }),
    ...(sensitive && { sensitive: [...new Set(sensitive)].toSorted() }),
  };
}

function sortedRecord<T>(record: Readonly<Record<string, T>>, order: (value: T) => T): Record<string, T> {
  const entries = Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, order(value)]));
}
