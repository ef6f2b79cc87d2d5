import type { Clock } from '../../platform/clock.ts';
import { RegistryError } from '../errors.ts';
import type { SchemaType } from '../language.ts';
import type { RegisteredSchema, RegistryClient, SubjectVersion } from '../serde/registry-client.ts';
import type { SchemaDefinition } from '../store/entity.ts';
import { isMetadata, isRuleSet } from '../store/metadata-shape.ts';
import { defaultMediaType } from './negotiation.ts';

/** Where a registry is and how to ask it. */
export interface HttpClientOptions {
  /** Tried in turn: `http://host:8081`, with a path when the registry has one. */
  readonly urls: readonly string[];
  readonly clock: Clock;
  /** Sent with every request: `authorization`, for instance. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one attempt. 30 000. */
  readonly timeoutMs?: number;
  /** After the first attempt, for answers that may be better next time. 3. */
  readonly retries?: number;
  /** Before the first retry; doubled each time. 100. */
  readonly retryBackoffMs?: number;
}

/** A client of a registry over HTTP, ours or Confluent's. */
export function httpClient(options: HttpClientOptions): RegistryClient {
  const connection = new Connection(options);
  const post = (path: string, definition: SchemaDefinition) =>
    connection.call('POST', path, requestBody(definition));
  return {
    async register(subject, definition, { normalize }) {
      const answer = await post(
        `/subjects/${encodeURIComponent(subject)}/versions?normalize=${normalize}`,
        definition,
      );
      return registered(answer);
    },
    async lookUp(subject, definition, { normalize, deleted = false }) {
      const answer = await post(
        `/subjects/${encodeURIComponent(subject)}?normalize=${normalize}&deleted=${deleted}`,
        definition,
      );
      return registered(answer);
    },
    async latest(subject) {
      const answer = await connection.call('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`);
      return subjectVersion(answer);
    },
    async latestWithMetadata(subject, properties) {
      const query = Object.entries(properties)
        .map(([key, value]) => `key=${encodeURIComponent(key)}&value=${encodeURIComponent(value)}`)
        .join('&');
      const path = `/subjects/${encodeURIComponent(subject)}/metadata?${query}&deleted=false`;
      return subjectVersion(await connection.call('GET', path));
    },
    async version(subject, version) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`;
      return subjectVersion(await connection.call('GET', path));
    },
    async byId(id, subject) {
      const query = subject === undefined ? '' : `?subject=${encodeURIComponent(subject)}`;
      const answer = await connection.call('GET', `/schemas/ids/${id}${query}`);
      return { ...definitionOf(answer), ...guidOf(answer) };
    },
    async byGuid(guid) {
      return definitionOf(await connection.call('GET', `/schemas/guids/${encodeURIComponent(guid)}`));
    },
    async associatedSubjects(clusterId, topic, part) {
      const resource = `${encodeURIComponent(clusterId)}/${encodeURIComponent(topic)}`;
      const query = `resourceType=topic&associationType=${part}&offset=0&limit=-1`;
      try {
        return subjectsIn(await connection.call('GET', `/associations/resources/${resource}?${query}`));
      } catch (error) {
        // Registries before 8.2, and those of others, do not know associations.
        if (error instanceof RegistryError && error.status === 404) return [];
        throw error;
      }
    },
  };
}

type Answer = Readonly<Record<string, unknown>>;

/** A registry that cannot be reached, as 503: nobody has answered. */
const unreachable = 503;

class Connection {
  readonly #options: HttpClientOptions;
  #urlIndex = 0;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  async call(method: string, path: string, body?: string): Promise<Answer> {
    const { retries = 3, retryBackoffMs = 100 } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(method, path, body);
      } catch (error) {
        const isFinal = !(error instanceof RegistryError) || !error.isRetriable;
        if (isFinal || attempt >= retries) throw error;
        this.#urlIndex += 1;
      }
      await this.#pause(retryBackoffMs * 2 ** attempt);
    }
  }

  async #attempt(method: string, path: string, body: string | undefined): Promise<Answer> {
    const { urls, headers = {}, timeoutMs = 30_000, clock } = this.#options;
    const url = (urls[this.#urlIndex % urls.length] ?? '').replace(/\/+$/, '') + path;
    const controller = new AbortController();
    const timer = clock.timer(timeoutMs, () => controller.abort());
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: defaultMediaType,
          ...(body !== undefined && { 'content-type': defaultMediaType }),
          ...headers,
        },
        signal: controller.signal,
        ...(body !== undefined && { body }),
      });
      return readAnswer(response.status, await response.text());
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      throw new RegistryError(unreachable, unreachable, `no answer from the registry at ${url}`, {
        cause: error,
      });
    } finally {
      timer.cancel();
    }
  }

  async #pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.clock.timer(delayMs, resolve);
    await promise;
  }
}

function readAnswer(status: number, text: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    if (status < 400)
      throw new RegistryError(502, 50005, 'the answer of the registry is not JSON', { cause: error });
  }
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Answer;
  if (status < 400) return fields;
  const { error_code: code, message } = fields;
  const words = typeof message === 'string' ? message : `HTTP ${status}`;
  throw new RegistryError(status, typeof code === 'number' ? code : status, words);
}

function requestBody({ schemaType, schema, references, metadata, ruleSet }: SchemaDefinition): string {
  return JSON.stringify({
    schema,
    // Old registries know no types, and take Avro for granted.
    ...(schemaType !== 'AVRO' && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
  });
}

function subjectVersion(answer: Answer): SubjectVersion {
  return { ...registered(answer), version: integer(answer, 'version'), definition: definitionOf(answer) };
}

/** Registries before release 8 tell no GUID. */
function registered(answer: Answer): RegisteredSchema {
  const { version, schema } = answer;
  return {
    id: integer(answer, 'id'),
    guid: undefined,
    ...guidOf(answer),
    ...(typeof version === 'number' && { version }),
    ...(typeof schema === 'string' && { definition: definitionOf(answer) }),
  };
}

function subjectsIn(answer: unknown): string[] {
  const list = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
  return list.flatMap((item) => {
    const subject = typeof item === 'object' && item !== null && 'subject' in item ? item.subject : undefined;
    return typeof subject === 'string' ? [subject] : [];
  });
}

function guidOf({ guid }: Answer): { readonly guid?: string } {
  return typeof guid === 'string' ? { guid } : {};
}

function definitionOf({ schema, schemaType, references, metadata, ruleSet }: Answer): SchemaDefinition {
  if (typeof schema !== 'string')
    throw new RegistryError(502, 50005, 'the answer of the registry has no schema');
  return {
    schemaType: (typeof schemaType === 'string' ? schemaType : 'AVRO') as SchemaType,
    schema,
    references: Array.isArray(references) ? (references as SchemaDefinition['references']) : [],
    ...(isMetadata(metadata) && { metadata }),
    ...(isRuleSet(ruleSet) && { ruleSet }),
  };
}

function integer(answer: Answer, key: string): number {
  const value = answer[key];
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new RegistryError(502, 50005, `the answer of the registry has no ${key}`);
}
