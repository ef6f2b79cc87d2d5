import type { Herder } from '../herder/index.ts';
import type { SchemaName } from './schemas.ts';

/** The parts of a request that a route looks at. */
export interface RouteRequest {
  /** Decoded segments of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Text; empty when there is none. */
  readonly body: string;
  /** `http://host:port` as the client sees it. */
  readonly origin: string;
}

/** An answer. Without `body` nothing is sent. */
export interface RouteResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly location?: string;
}

/** A query parameter, for the description of the API. */
export interface QueryParameter {
  readonly name: string;
  readonly type: 'boolean' | 'string';
  /** All there are, when they are few. */
  readonly values?: readonly string[];
  readonly isRepeated?: boolean;
  readonly description: string;
}

/** One method on one path; `:name` stands for a segment. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly query?: readonly QueryParameter[];
  /** What the body has to be. */
  readonly accepts?: SchemaName;
  /** What is answered with each status: a shape, or `empty`. Errors every route may have are not listed. */
  readonly answers: Readonly<Record<number, SchemaName | 'empty'>>;
  handle(request: RouteRequest, herder: Herder): RouteResponse | Promise<RouteResponse>;
  /** What is answered when the worker has not started after a time. Without it: what is answered to any late request. */
  readonly starting?: { readonly timeoutMs: number; readonly answer: RouteResponse };
}

/** 200 with a body. */
export function ok(body: unknown): RouteResponse {
  return { status: 200, body };
}

/** The last value of a query parameter. */
export function queryText({ query }: RouteRequest, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' ? value : value?.at(-1);
}

/** `true` in any case; everything else, and absence, is false, unless `fallback` says otherwise for absence. */
export function queryFlag(request: RouteRequest, name: string, fallback = false): boolean {
  const text = queryText(request, name);
  return text === undefined ? fallback : text.toLowerCase() === 'true';
}

/** All values of a query parameter. */
export function queryList({ query }: RouteRequest, name: string): readonly string[] {
  const value = query[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** A segment of the path that the route is sure to have. */
export function param({ params }: RouteRequest, name: string): string {
  return params[name] ?? '';
}
