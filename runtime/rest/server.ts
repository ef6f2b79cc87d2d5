import type { Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listenLazily } from '../../platform/lazy-http-server.ts';
import { type Herder, HerderError } from '../herder/index.ts';
import { connectorRoutes } from './connector-routes.ts';
import { errorResponse, httpError } from './error-response.ts';
import type { Route, RouteRequest, RouteResponse } from './route.ts';
import { workerRoutes } from './worker-routes.ts';

const BODY_BYTES_MAX = 1_048_576;
const NAME_LENGTH_MAX = 4_096;
const REQUEST_TIMEOUT_MS = 90_000;

/** What Connect's REST API is served for, and where. */
export interface RestOptions {
  readonly herder: Herder;
  /** Default: localhost. */
  readonly host?: string;
  /** 0: any that is free. Default: 8083. */
  readonly port?: number;
  /** Origins of web pages that may call it; `*` for all. Kafka's `access.control.allow.origin`. */
  readonly allowedOrigins?: readonly string[];
  /** After which a request is answered with an error. Default 90,000 ms. */
  readonly requestTimeoutMs?: number;
}

/** A listening REST API. */
export interface Rest {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves Kafka Connect's REST API. Unlike there, malformed requests are answered with 400, never with 500. */
export async function startRest(options: RestOptions): Promise<Rest> {
  const { host = 'localhost', port = 8083 } = options;
  let app: FastifyInstance | undefined;
  const server = await listenLazily({ host, port }, async (http) => {
    app = await makeApp(options, http);
    await app.ready();
    return app.routing;
  });
  return {
    url: `http://${urlHost(host)}:${server.endpoint.port}`,
    close: async () => {
      await server.close();
      await app?.close();
    },
  };
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function makeApp(options: RestOptions, server: Server): Promise<FastifyInstance> {
  const { fastify } = await import('fastify');
  const app = fastify({
    serverFactory: () => server,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: NAME_LENGTH_MAX },
    frameworkErrors: (error, _request, reply) => send(reply, errorResponse(error)),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  const routes = [...connectorRoutes(options.herder), ...workerRoutes(options.herder)];
  app.setErrorHandler((error, _request, reply) => send(reply, errorResponse(error)));
  app.setNotFoundHandler((request, reply) =>
    send(reply, httpError(isKnownPath(routes, request) ? 405 : 404)),
  );
  app.addHook('onRequest', (request, reply, next) => {
    if (allowOrigin(request, reply, options.allowedOrigins ?? [])) return;
    if (acceptsJson(request)) next();
    else send(reply, httpError(406));
  });
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => send(reply, await answer(route, request, timeoutMs)),
    });
  }
  return app;
}

async function answer(route: Route, request: FastifyRequest, timeoutMs: number): Promise<RouteResponse> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = 'Request timed out. What was asked for may still happen: look at the status.';
    reject(new HerderError('CONNECT_REQUEST_TIMEOUT', 500, message));
  }, timeoutMs);
  try {
    return await Promise.race([Promise.resolve(route.handle(routeRequest(request))), late]);
  } catch (error) {
    return errorResponse(error);
  } finally {
    clearTimeout(timer);
  }
}

function routeRequest(request: FastifyRequest): RouteRequest {
  return {
    params: request.params as RouteRequest['params'],
    query: request.query as RouteRequest['query'],
    body: typeof request.body === 'string' ? request.body : '',
    origin: `${request.protocol}://${request.host}`,
  };
}

/** Bytes, not text: Fastify would add a charset to the type, and Kafka Connect has none. */
function send(reply: FastifyReply, { status, body, location }: RouteResponse): FastifyReply {
  reply.code(status);
  if (location !== undefined) reply.header('location', location);
  if (body === undefined) return reply.send();
  return reply.header('content-type', 'application/json').send(Buffer.from(JSON.stringify(body)));
}

function acceptsJson({ headers: { accept } }: FastifyRequest): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept
    .split(',')
    .some((range) => /^(\*\/\*|application\/(\*|json))$/i.test(range.split(';', 1)[0]?.trim() ?? ''));
}

function isKnownPath(routes: readonly Route[], { url }: FastifyRequest): boolean {
  const segments = segmentsOf(url.split('?', 1)[0] ?? '');
  return routes.some(({ path }) => {
    const expected = segmentsOf(path);
    return (
      expected.length === segments.length &&
      expected.every((segment, index) => segment.startsWith(':') || segment === segments[index])
    );
  });
}

function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/');
}

/** CORS as far as browsers need it. True when that was all: a preflight request is answered. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !(allowed.includes('*') || allowed.includes(origin))) return false;
  reply.header('access-control-allow-origin', origin).header('vary', 'Origin');
  if (request.method !== 'OPTIONS') return false;
  reply
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    .header('access-control-allow-headers', 'content-type, authorization')
    .code(204)
    .send();
  return true;
}
