import { RegistryError, SerializationError } from '../errors.ts';
import type { ParsedSchema, ResolvedReference, SchemaLanguage } from '../language.ts';
import type { SchemaDefinition } from '../store/entity.ts';
import { Loading } from './recent.ts';
import { definitionOf, loadReferences } from './reference-loader.ts';
import type { RegistryClient, SubjectVersion } from './registry-client.ts';
import { inTurn, type RuleExecutors, rulesFor, type ValueRule } from './rules.ts';
import { associatedNameStrategy, type SubjectNameStrategy } from './subject-name.ts';

/** How a deserializer finds the schema that values should look like, in the words of Confluent's. */
export interface ReaderOptions {
  /** False: values. */
  readonly isKey?: boolean;
  /** `use.latest.version`, false: values look like the subject's latest schema. */
  readonly useLatestVersion?: boolean;
  /** `use.latest.with.metadata`: like the latest schema whose metadata has these properties. It comes first. */
  readonly useLatestWithMetadata?: Readonly<Record<string, string>>;
  /** Of the subject that these are in; by default as of serializers. */
  readonly subjectNameStrategy?: SubjectNameStrategy;
  /** For the rules of the schemas: migrations between versions, domain and encoding rules. */
  readonly ruleExecutors?: RuleExecutors;
}

/** A schema with everything it needs. */
export interface LoadedSchema<S extends ParsedSchema = ParsedSchema> {
  readonly definition: SchemaDefinition;
  readonly references: readonly ResolvedReference[];
  readonly parsed: S;
}

/** What bytes were written with, what they are to look like, and the rules on the way. */
export interface SchemaPair<S extends ParsedSchema = ParsedSchema> {
  readonly writer: LoadedSchema<S>;
  /** Undefined when values look as they were written. */
  readonly reader: LoadedSchema<S> | undefined;
  readonly onBytes: ValueRule | undefined;
  /** From the writer's form to the reader's: then the schemas are not resolved against each other. */
  readonly migrate: ValueRule | undefined;
  readonly onValue: ValueRule | undefined;
}

/** Finds the pair for an id or GUID, in a topic where that matters. Rejects as the client and with `SerializationError`. */
export class SchemaPairs<S extends ParsedSchema> {
  readonly #client: RegistryClient;
  readonly #language: SchemaLanguage<S>;
  readonly #options: ReaderOptions;

  constructor(client: RegistryClient, language: SchemaLanguage<S>, options: ReaderOptions) {
    this.#client = client;
    this.#language = language;
    this.#options = options;
  }

  async find(topic: string, schema: number | string): Promise<SchemaPair<S>> {
    const definition = await definitionOf(this.#client, schema);
    if (definition.schemaType !== this.#language.type)
      throw new SerializationError(
        `schema ${schema} is ${definition.schemaType}, not ${this.#language.type}`,
      );
    const writer = await this.#load(definition);
    const { ruleExecutors } = this.#options;
    const { reader, migrate } = await this.#target(topic, writer);
    return {
      writer,
      reader,
      migrate,
      onBytes: rulesFor(definition.ruleSet?.encodingRules, 'READ', ruleExecutors),
      onValue: rulesFor((reader ?? writer).definition.ruleSet?.domainRules, 'READ', ruleExecutors),
    };
  }

  async #target(topic: string, writer: LoadedSchema<S>) {
    const { isKey = false, subjectNameStrategy = associatedNameStrategy } = this.#options;
    if (!this.needsTopic) return { reader: undefined, migrate: undefined };
    const recordName = writer.parsed.name;
    const subject = await subjectNameStrategy({ topic, isKey, recordName, client: this.#client });
    const target = await this.#latest(subject);
    if (target.definition.schemaType !== this.#language.type)
      throw new SerializationError(
        `the latest schema of ${subject} is ${target.definition.schemaType}, not ${this.#language.type}`,
      );
    const reader = await this.#load(target.definition);
    return { reader, migrate: await this.#migration(subject, writer.definition, target) };
  }

  /** Whether the reader's schema depends on the topic. */
  get needsTopic(): boolean {
    const { useLatestVersion = false, useLatestWithMetadata } = this.#options;
    return useLatestVersion || useLatestWithMetadata !== undefined;
  }

  async #latest(subject: string): Promise<SubjectVersion> {
    const properties = this.#options.useLatestWithMetadata;
    if (properties === undefined) return this.#client.latest(subject);
    if (this.#client.latestWithMetadata === undefined)
      throw new SerializationError(
        'this registry client cannot look for metadata: leave useLatestWithMetadata out',
      );
    return this.#client.latestWithMetadata(subject, properties);
  }

  /** Each version's migration rules are about the step from the version before it. */
  async #migration(
    subject: string,
    writer: SchemaDefinition,
    target: SubjectVersion,
  ): Promise<ValueRule | undefined> {
    const written = await this.#versionOf(subject, writer);
    if (written === undefined || written === target.version) return undefined;
    const isUpgrade = written < target.version;
    const [first, last] = isUpgrade ? [written + 1, target.version] : [target.version + 1, written];
    const steps: ValueRule[] = [];
    for (let version = first; version <= last; version++) {
      const found = version === target.version ? target : await this.#versionIfThere(subject, version);
      const rules = found?.definition.ruleSet?.migrationRules;
      const step = rulesFor(rules, isUpgrade ? 'UPGRADE' : 'DOWNGRADE', this.#options.ruleExecutors);
      if (step !== undefined) steps.push(step);
    }
    return inTurn(isUpgrade ? steps : steps.reverse());
  }

  /** Undefined for a schema that the subject does not have, and from clients that do not tell. */
  async #versionOf(subject: string, definition: SchemaDefinition): Promise<number | undefined> {
    const found = await ifThere(
      this.#client.lookUp(subject, definition, { normalize: false, deleted: true }),
    );
    return found?.version;
  }

  #versionIfThere(subject: string, version: number): Promise<SubjectVersion | undefined> {
    return ifThere(this.#client.version(subject, version));
  }

  async #load(definition: SchemaDefinition): Promise<LoadedSchema<S>> {
    const references = await loadReferences(this.#client, definition);
    const parsed = this.#language.parse(definition.schema, { references, strict: false });
    return { definition, references, parsed };
  }
}

/** What a deserializer makes of pairs, once for each schema, and for each topic where that matters. */
export class Readings<S extends ParsedSchema, V> {
  readonly #pairs: SchemaPairs<S>;
  readonly #loading: Loading<string, V>;

  constructor(pairs: SchemaPairs<S>, make: (pair: SchemaPair<S>) => V | Promise<V>) {
    this.#pairs = pairs;
    this.#loading = new Loading(async (key) => {
      const [topic, schema] = JSON.parse(key) as [string, number | string];
      return make(await pairs.find(topic, schema));
    });
  }

  get(topic: string, schema: number | string): Promise<V> {
    return this.#loading.get(this.#key(topic, schema));
  }

  /** Throws {@link SerializationError} when {@link get} was not asked before. */
  loaded(topic: string, schema: number | string): V {
    const reading = this.#loading.peek(this.#key(topic, schema));
    if (reading !== undefined) return reading;
    throw new SerializationError(`schema ${schema} has not been fetched: call prepare first`);
  }

  #key(topic: string, schema: number | string): string {
    return JSON.stringify([this.#pairs.needsTopic ? topic : '', schema]);
  }
}

async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  }
}
