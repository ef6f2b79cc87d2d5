import type { CompatibilityLevel } from '../compatibility.ts';
import type { CompatibilityPolicy, SchemaReference, SchemaType } from '../language.ts';

/** Facts about a schema. Keys are sorted by `sortedMetadata`, because they are hashed. */
export interface Metadata {
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, string>>;
  readonly sensitive?: readonly string[];
}

/** One rule of a rule set; what it does is up to the serializers. */
export interface Rule {
  readonly name: string;
  readonly doc?: string;
  readonly kind?: 'TRANSFORM' | 'CONDITION';
  readonly mode?: 'UPGRADE' | 'DOWNGRADE' | 'UPDOWN' | 'WRITE' | 'READ' | 'WRITEREAD';
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly params?: Readonly<Record<string, string>>;
  readonly expr?: string;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly disabled?: boolean;
}

/** When rules run: between versions, on values, on bytes. */
export const rulePhases = ['migrationRules', 'domainRules', 'encodingRules'] as const;

export interface RuleSet {
  readonly migrationRules?: readonly Rule[];
  readonly domainRules?: readonly Rule[];
  readonly encodingRules?: readonly Rule[];
  readonly enableAt?: string;
}

/** A schema as a client hands it in, or as it is stored: what the id and the GUID stand for. */
export interface SchemaDefinition {
  readonly schemaType: SchemaType;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
  readonly metadata?: Metadata | undefined;
  readonly ruleSet?: RuleSet | undefined;
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

export const registryModes = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD'] as const;

export type RegistryMode = (typeof registryModes)[number];

/** The settings of a subject, a context or the whole registry; what is undefined is inherited. */
export interface RegistryConfig {
  /** The subject that this one is another name of. */
  readonly alias?: string | undefined;
  readonly aliasForDeks?: string | undefined;
  readonly normalize?: boolean | undefined;
  /** True: fields that the metadata property `confluent:reserved` names may not be used. */
  readonly validateFields?: boolean | undefined;
  /** False: names and defaults of new schemas are not checked. */
  readonly validateNewSchemas?: boolean | undefined;
  readonly validateRules?: boolean | undefined;
  readonly compatibilityLevel?: CompatibilityLevel | undefined;
  readonly compatibilityPolicy?: CompatibilityPolicy | undefined;
  /** Only versions with the same value of this metadata property are compared. */
  readonly compatibilityGroup?: string | undefined;
  /** What schemas without metadata or rules get, and what all of them get. */
  readonly defaultMetadata?: Metadata | undefined;
  readonly overrideMetadata?: Metadata | undefined;
  readonly defaultRuleSet?: RuleSet | undefined;
  readonly overrideRuleSet?: RuleSet | undefined;
}

/** The settings in the order that they are written and shown in. */
export const configKeys = [
  'alias',
  'aliasForDeks',
  'normalize',
  'validateFields',
  'validateNewSchemas',
  'validateRules',
  'compatibilityLevel',
  'compatibilityPolicy',
  'compatibilityGroup',
  'defaultMetadata',
  'overrideMetadata',
  'defaultRuleSet',
  'overrideRuleSet',
] as const satisfies readonly (keyof RegistryConfig)[];
