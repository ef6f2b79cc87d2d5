import { SerializationError } from '../errors.ts';
import type { ResolvedReference, SchemaLanguage, SchemaReference } from '../language.ts';
import type { SchemaDefinition } from '../store/entity.ts';
import { Loading } from './recent.ts';
import { definitionOf, loadReferences } from './reference-loader.ts';
import type { RegistryClient } from './registry-client.ts';
import type { RuleExecutors } from './rules.ts';
import { associatedNameStrategy, type SubjectNameStrategy } from './subject-name.ts';

/** A schema of the application's own, as text. */
export interface SchemaSource {
  readonly schema: string;
  readonly references?: readonly SchemaReference[];
}

/** How a serializer finds the schema to write with, in the words of Confluent's serializers. */
export interface SerializerOptions {
  /** False: values. */
  readonly isKey?: boolean;
  readonly subjectNameStrategy?: SubjectNameStrategy;
  /** `auto.register.schemas`, true: register the application's schema. It comes before the other two. */
  readonly autoRegisterSchemas?: boolean;
  /** `use.latest.version`, false: write with the subject's latest schema instead of the application's. */
  readonly useLatestVersion?: boolean;
  /** `latest.compatibility.strict`, true: the latest schema must be able to read what the application's writes. */
  readonly latestCompatibilityStrict?: boolean;
  /**
   * `use.schema.id`: write with this schema. Needs `autoRegisterSchemas: false`, as the next one does, and comes before
   * it and `useLatestVersion`.
   */
  readonly useSchemaId?: number;
  /** `use.schema.guid`: the same by GUID; `useSchemaId` comes first. */
  readonly useSchemaGuid?: string;
  /** `id.compatibility.strict`, true: that schema must be able to read what the application's writes. */
  readonly idCompatibilityStrict?: boolean;
  /** `use.latest.with.metadata`: write with the latest schema whose metadata has these properties. */
  readonly useLatestWithMetadata?: Readonly<Record<string, string>>;
  /** `normalize.schemas`, false. */
  readonly normalizeSchemas?: boolean;
  /** Where a record names its schema: by id in front of the payload, the default, or by GUID in a header. */
  readonly schemaIdLocation?: 'prefix' | 'header';
  /** For the rules of the schemas: domain and encoding rules that hold for writing. */
  readonly ruleExecutors?: RuleExecutors;
}

/** The schema that values are written with, and the id in front of them. */
export interface ChosenSchema {
  readonly id: number;
  readonly guid: string | undefined;
  readonly subject: string;
  readonly definition: SchemaDefinition;
  readonly references: readonly ResolvedReference[];
  /** False: of the registry's, instead of the application's. */
  readonly isOwn: boolean;
}

/** A schema of the registry's to write with instead of the application's own. */
interface ForeignSchema {
  /** What to call it in errors. */
  readonly name: string;
  readonly id: number;
  readonly guid: string | undefined;
  readonly definition: SchemaDefinition;
  /** Whether it must be able to read what the application's schema writes. */
  readonly isStrict: boolean;
}

/** Of a schema that headers name by its GUID. */
const noId = -1;

/** Finds the schema for a topic, once per topic and text. Failures are not remembered. */
export class SchemaChoice {
  readonly #client: RegistryClient;
  readonly #language: SchemaLanguage;
  readonly #options: SerializerOptions;
  readonly #chosen: Loading<string, ChosenSchema>;

  constructor(client: RegistryClient, language: SchemaLanguage, options: SerializerOptions) {
    this.#client = client;
    this.#language = language;
    this.#options = options;
    this.#chosen = new Loading((key) => this.#choose(key));
  }

  /**
   * `recordName` when it is not the schema's own: of a Protobuf message. Rejects with `RegistryError`, `SchemaParseError`,
   * `SerializationError`.
   */
  choose(topic: string, source: SchemaSource, recordName?: string): Promise<ChosenSchema> {
    return this.#chosen.get(
      JSON.stringify([topic, source.schema, source.references ?? [], recordName ?? null]),
    );
  }

  async #choose(key: string): Promise<ChosenSchema> {
    const [topic, schema, references, recordName] = JSON.parse(key) as [
      string,
      string,
      SchemaReference[],
      string | null,
    ];
    const own: SchemaDefinition = { schemaType: this.#language.type, schema, references };
    const ownReferences = await loadReferences(this.#client, own);
    const parsed = this.#language.parse(schema, { references: ownReferences, strict: false });
    const { isKey = false, subjectNameStrategy = associatedNameStrategy } = this.#options;
    const client = this.#client;
    const subject = await subjectNameStrategy({
      topic,
      isKey,
      recordName: recordName ?? parsed.name,
      client,
    });
    const { autoRegisterSchemas = true, normalizeSchemas = false } = this.#options;
    const options = { normalize: normalizeSchemas };
    const foreign = autoRegisterSchemas ? undefined : await this.#foreign(subject);
    if (foreign !== undefined) return this.#checked(foreign, subject, own, ownReferences);
    const { id, guid, definition } = autoRegisterSchemas
      ? await this.#client.register(subject, own, options)
      : await this.#client.lookUp(subject, own, options);
    const written = await this.#written(own, ownReferences, definition);
    return { id, guid, subject, isOwn: true, ...written };
  }

  /** The registry may have put defaults into the schema, or rules: what it has is what is written. */
  async #written(
    own: SchemaDefinition,
    references: readonly ResolvedReference[],
    definition: SchemaDefinition = own,
  ): Promise<Pick<ChosenSchema, 'definition' | 'references'>> {
    const isSame = JSON.stringify(definition.references) === JSON.stringify(own.references);
    return { definition, references: isSame ? references : await loadReferences(this.#client, definition) };
  }

  /** The schema of the registry's that the options name; undefined when it is to be the application's own. */
  async #foreign(subject: string): Promise<ForeignSchema | undefined> {
    const { useSchemaId, useSchemaGuid, useLatestWithMetadata, useLatestVersion } = this.#options;
    const { idCompatibilityStrict } = this.#options;
    if (useSchemaId !== undefined) {
      const definition = await this.#client.byId(useSchemaId, subject);
      const isStrict = idCompatibilityStrict !== false;
      return { name: `schema ${useSchemaId}`, id: useSchemaId, guid: definition.guid, definition, isStrict };
    }
    if (useSchemaGuid !== undefined) {
      const definition = await definitionOf(this.#client, useSchemaGuid);
      const isStrict = idCompatibilityStrict !== false;
      const id = await this.#idOf(subject, definition);
      return { name: `schema ${useSchemaGuid}`, id, guid: useSchemaGuid, definition, isStrict };
    }
    const isStrict = this.#options.latestCompatibilityStrict !== false;
    if (useLatestWithMetadata !== undefined) {
      const found = await this.#client.latestWithMetadata?.(subject, useLatestWithMetadata);
      if (found === undefined)
        throw new SerializationError(
          'this registry client cannot look for metadata: leave useLatestWithMetadata out',
        );
      return {
        name: `the latest schema of ${subject} with this metadata`,
        guid: undefined,
        ...found,
        isStrict,
      };
    }
    if (useLatestVersion !== true) return undefined;
    const latest = await this.#client.latest(subject);
    return { name: `the latest schema of ${subject}`, guid: undefined, ...latest, isStrict };
  }

  /** The id of a schema found by GUID: only what goes in front of the payload needs one, and the subject must have it. */
  async #idOf(subject: string, definition: SchemaDefinition): Promise<number> {
    if (this.#options.schemaIdLocation === 'header') return noId;
    const { id } = await this.#client.lookUp(subject, definition, { normalize: false });
    return id;
  }

  /** Throws {@link SerializationError} when the registry's schema cannot stand for the application's. */
  async #checked(
    { name, id, guid, definition, isStrict }: ForeignSchema,
    subject: string,
    own: SchemaDefinition,
    ownReferences: readonly ResolvedReference[],
  ): Promise<ChosenSchema> {
    if (definition.schemaType !== this.#language.type)
      throw new SerializationError(`${name} is ${definition.schemaType}, not ${this.#language.type}`);
    const references = await loadReferences(this.#client, definition);
    if (isStrict) {
      const reader = this.#language.parse(definition.schema, { references, strict: false });
      const mine = this.#language.parse(own.schema, { references: ownReferences, strict: false });
      const labels = { readerLabel: 'latest', writerLabel: 'own', policy: 'STRICT' } as const;
      const [problem] = this.#language.compatibility(reader, mine, labels);
      if (problem !== undefined)
        throw new SerializationError(`${name} cannot read what this one writes: ${problem}`);
    }
    return { id, guid, subject, definition, references, isOwn: false };
  }
}
