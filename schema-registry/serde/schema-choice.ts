import { SerializationError } from '../errors.ts';
import type { ResolvedReference, SchemaLanguage, SchemaReference } from '../language.ts';
import type { SchemaDefinition } from '../store/entity.ts';
import { Loading } from './recent.ts';
import { loadReferences } from './reference-loader.ts';
import type { RegistryClient } from './registry-client.ts';
import { type SubjectNameStrategy, topicNameStrategy } from './subject-name.ts';

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
  /** `id.compatibility.strict`, true: that schema must be able to read what the application's writes. */
  readonly idCompatibilityStrict?: boolean;
  /** `use.latest.with.metadata`: write with the latest schema whose metadata has these properties. */
  readonly useLatestWithMetadata?: Readonly<Record<string, string>>;
  /** `normalize.schemas`, false. */
  readonly normalizeSchemas?: boolean;
  /** Where a record names its schema: by id in front of the payload, the default, or by GUID in a header. */
  readonly schemaIdLocation?: 'prefix' | 'header';
}

/** The schema that values are written with, and the id in front of them. */
export interface ChosenSchema {
  readonly id: number;
  readonly guid: string | undefined;
  readonly subject: string;
  readonly definition: SchemaDefinition;
  readonly references: readonly ResolvedReference[];
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

  /** Rejects with `RegistryError`, `SchemaParseError`, `SerializationError`. */
  choose(topic: string, source: SchemaSource): Promise<ChosenSchema> {
    return this.#chosen.get(JSON.stringify([topic, source.schema, source.references ?? []]));
  }

  async #choose(key: string): Promise<ChosenSchema> {
    const [topic, schema, references] = JSON.parse(key) as [string, string, SchemaReference[]];
    const own: SchemaDefinition = { schemaType: this.#language.type, schema, references };
    const ownReferences = await loadReferences(this.#client, own);
    const parsed = this.#language.parse(schema, { references: ownReferences, strict: false });
    const { isKey = false, subjectNameStrategy = topicNameStrategy } = this.#options;
    const subject = subjectNameStrategy({ topic, isKey, recordName: parsed.name });
    const { autoRegisterSchemas = true, normalizeSchemas = false } = this.#options;
    const options = { normalize: normalizeSchemas };
    const foreign = autoRegisterSchemas ? undefined : await this.#foreign(subject);
    if (foreign !== undefined) return this.#checked(foreign, subject, own, ownReferences);
    const { id, guid } = autoRegisterSchemas
      ? await this.#client.register(subject, own, options)
      : await this.#client.lookUp(subject, own, options);
    return { id, guid, subject, definition: own, references: ownReferences };
  }

  /** The schema of the registry's that the options name; undefined when it is to be the application's own. */
  async #foreign(subject: string): Promise<ForeignSchema | undefined> {
    const { useSchemaId, idCompatibilityStrict, useLatestWithMetadata, useLatestVersion } = this.#options;
    if (useSchemaId !== undefined) {
      const definition = await this.#client.byId(useSchemaId, subject);
      const isStrict = idCompatibilityStrict !== false;
      return { name: `schema ${useSchemaId}`, id: useSchemaId, guid: definition.guid, definition, isStrict };
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
    return { id, guid, subject, definition, references };
  }
}
