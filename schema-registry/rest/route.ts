import type { PrimaryFinder } from '../primary/election.ts';
import { contextSubject, defaultContext, qualifiedSubject } from '../store/qualified-subject.ts';
import type { RegistryStore } from '../store/registry-store.ts';
import { withoutAlias } from '../store/settings.ts';
import type { RegistryState } from '../store/state.ts';
import { bodyError, httpError } from './http-error.ts';

/** Which release of Confluent's registry answers look like: 7 is the classic form, 8 adds GUID, time and type. */
export type Personality = 7 | 8;

/** What a handler works with. */
export interface RouteContext {
  readonly store: RegistryStore;
  readonly personality: Personality;
  /** Who writes; undefined when this registry is the only one. */
  readonly primary?: PrimaryFinder;
  /** How long a write waits until it is known who writes. */
  readonly primaryWaitMs: number;
  /** The id of the Kafka cluster, for `/v1/metadata/id`. */
  readonly clusterId: string;
}

/** A request with its path taken apart and its body parsed, whatever the HTTP library is. */
export class RouteRequest {
  readonly #params: Readonly<Record<string, string>>;
  readonly #query: Readonly<Record<string, unknown>>;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;

  constructor(
    params: Readonly<Record<string, string>>,
    query: Readonly<Record<string, unknown>>,
    body: unknown,
  ) {
    this.#params = params;
    this.#query = query;
    this.body = body;
  }

  param(name: string): string {
    return this.#params[name] ?? '';
  }

  /** The context that the path names: `/contexts/.name/…`; the dot may be missing. Throws 400. */
  get context(): string {
    const name = this.param('context');
    if (name.includes(':')) throw bodyError(400, `A context may not have a colon in its name: ${name}`);
    if (name === '') return defaultContext;
    return name.startsWith('.') ? name : `.${name}`;
  }

  /** The subject of the path in its context, or the one that it is another name of. */
  subject(state: RegistryState): string {
    return withoutAlias(state, qualifiedSubject(this.context, this.param('subject')));
  }

  /** The subject of the path as settings know it; null for the whole registry. */
  settingSubject(): string | null {
    const subject = this.param('subject');
    if (subject === '') return contextSubject(this.context);
    return qualifiedSubject(this.context, subject) || null;
  }

  /** The subject that `?subject=` names, or the context of the path; undefined when there is neither. */
  subjectQuery(state: RegistryState): string | undefined {
    const subject = this.query('subject') ?? '';
    if (subject === '') return contextSubject(this.context) ?? undefined;
    return withoutAlias(state, qualifiedSubject(this.context, subject));
  }

  /** `?subjectPrefix=` in the context of the path. */
  subjectPrefix(fallback: string): string {
    const prefix = this.query('subjectPrefix');
    if (this.context === defaultContext) return prefix ?? fallback;
    return qualifiedSubject(this.context, prefix ?? '');
  }

  /** A path parameter that is an id. Throws 404 when it is not a 32-bit integer. */
  id(): number {
    const text = this.param('id');
    const id = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(id) || id !== (id | 0)) throw httpError(404);
    return id;
  }

  /** The first value of a query parameter. */
  query(name: string): string | undefined {
    return this.queries(name)[0];
  }

  /** All values of a query parameter. */
  queries(name: string): readonly string[] {
    const value = this.#query[name];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'string' ? [value] : [];
  }

  /** True for `true` in any case; anything else is false. */
  flag(name: string): boolean {
    return this.query(name)?.toLowerCase() === 'true';
  }

  /** The part of a list that `offset` and `limit` ask for; a limit out of 1..`limitMax` counts as `limitMax`. */
  page<T>(list: readonly T[], limitMax = Number.MAX_SAFE_INTEGER): readonly T[] {
    const offset = Math.max(0, this.#integer('offset') ?? 0);
    const asked = this.#integer('limit') ?? 0;
    const limit = asked <= 0 || asked > limitMax ? limitMax : asked;
    return list.slice(offset, offset + limit);
  }

  #integer(name: string): number | undefined {
    const text = this.query(name);
    if (text === undefined || text === '') return undefined;
    if (!/^[+-]?\d{1,15}$/.test(text)) throw httpError(404);
    return Number(text);
  }
}

/** An answer that is JSON text already. */
export class JsonText {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** An answer without a body: 204. */
export const noContent: unique symbol = Symbol('no content');

/** One endpoint. `handle` returns what becomes JSON, {@link JsonText} or {@link noContent}; it throws `RegistryError`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments that begin with a colon are parameters. */
  readonly path: string;
  readonly handle: (request: RouteRequest, context: RouteContext) => unknown;
  /** Whether it changes something: then only the primary may answer. */
  readonly writes?: boolean;
  /** An answer that needs no primary after all; undefined when there is none. */
  readonly answerLocally?: (request: RouteRequest, context: RouteContext) => unknown;
}
