import type { Server } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type HttpTls, listenLazily } from '../../platform/lazy-http-server.ts';
import { type Herder, HerderError } from '../herder/index.ts';
import { allowOrigin } from './access-control.ts';
import { isUser, type Users } from './basic-auth.ts';
import { errorResponse, httpError } from './error-response.ts';
import { RestConfigError } from './rest-error.ts';
import type { Route, RouteRequest, RouteResponse } from './route.ts';
import { allowedMethods, makeRoutes } from './routes.ts';
import { LateError, Starting, within } from './starting.ts';

const BODY_BYTES_MAX = 1_048_576;
const NAME_LENGTH_MAX = 4_096;
const REQUEST_TIMEOUT_MS = 90_000;
const HEALTH_TIMEOUT_MS = 10_000;

/** What Connect's REST API is served for, and where. */
export interface RestOptions {
  /** A promise: the API listens while the worker starts, and requests wait for it. */
  readonly herder: Herder | Promise<Herder>;
  /** Default: localhost. Any other than a loopback address needs `users`, or clients' certificates. */
  readonly host?: string;
  /** 0: any that is free. Default: 8083. */
  readonly port?: number;
  readonly tls?: HttpTls | undefined;
  /** Who may call it, with basic authentication. Default: anybody. */
  readonly users?: Users | undefined;
  /** Origins of web pages that may call it; `*` for all. Kafka's `access.control.allow.origin`. */
  readonly allowedOrigins?: readonly string[];
  /** What they may do. Default: everything. */
  readonly allowedMethods?: readonly string[];
  /** False: `/admin/…` is not served. */
  readonly hasAdmin?: boolean;
  /** Sent with every answer. */
  readonly headers?: readonly (readonly [string, string])[];
  /** After which a request is answered with an error. Default 90,000 ms. */
  readonly requestTimeoutMs?: number;
  /** After which `/health` says that the worker is not healthy. Default 10,000 ms. */
  readonly healthTimeoutMs?: number;
}

/** A listening REST API. */
export interface Rest {
  /** `http://host:port`. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves Kafka Connect's REST API. Throws RestConfigError when others than this machine could call it without
 * authentication: who may create a connector may read and write whatever the worker may.
 */
export async function startRest(options: RestOptions): Promise<Rest> {
  const { host = 'localhost', port = 8083, tls } = options;
  requireProtection(host, options);
  const starting = new Starting(options.herder);
  let app: FastifyInstance | undefined;
  const load = async (http: Server) => {
    app = await makeApp(options, starting, http);
    await app.ready();
    return app.routing;
  };
  const server = await listenLazily({ host, port }, load, tls);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${urlHost(host)}:${server.endpoint.port}`,
    port: server.endpoint.port,
    close: async () => {
      starting.giveUp();
      await server.close();
      await app?.close();
    },
  };
}

function requireProtection(host: string, { users, tls }: RestOptions): void {
  const knowsClients = users !== undefined || (tls?.requestCert === true && tls.rejectUnauthorized === true);
  if (knowsClients || isLoopback(host)) return;
  throw new RestConfigError(
    `Connect's REST API is not opened on ${host} without authentication: who can create a connector can read and write ` +
      'what the worker can. Listen on 127.0.0.1, or set rest.extension.classes=BasicAuthSecurityRestExtension in the ' +
      'worker properties, or https with ssl.client.auth=required.',
  );
}

/** Whether an address is only reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether an address stands for all of this machine's. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function urlHost(host: string): string {
  if (isWildcard(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function makeApp(options: RestOptions, starting: Starting, server: Server): Promise<FastifyInstance> {
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
  const routes = makeRoutes({
    hasAdmin: options.hasAdmin ?? true,
    healthTimeoutMs: options.healthTimeoutMs ?? HEALTH_TIMEOUT_MS,
  });
  app.setErrorHandler((error, _request, reply) => send(reply, errorResponse(error)));
  app.setNotFoundHandler((request, reply) => answerUnrouted(routes, request, reply));
  app.addHook('onRequest', (request, reply, next) => {
    for (const [name, value] of options.headers ?? []) reply.header(name, value);
    if (allowOrigin(request, reply, options)) return;
    if (options.users === undefined || isUser(options.users, request.headers.authorization)) next();
    else refuseUser(reply);
  });
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      preValidation: (request, reply, next) => {
        if (acceptsJson(request)) next();
        else send(reply, httpError(406));
      },
      handler: async (request, reply) => send(reply, await answer(route, request, { starting, timeoutMs })),
    });
  }
  return app;
}

function refuseUser(reply: FastifyReply): void {
  reply
    .code(401)
    .header('www-authenticate', 'Basic realm="Kafka Connect"')
    .header('content-type', 'text/plain')
    .send(Buffer.from('User cannot access the resource.'));
}

/** What no route is for: OPTIONS tells the methods of a path, anything else is a wrong method or a wrong path. */
function answerUnrouted(
  routes: readonly Route[],
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const methods = allowedMethods(routes, request.url);
  if (methods.length === 0) return send(reply, httpError(404));
  reply.header('allow', methods.join(','));
  if (request.method !== 'OPTIONS') return send(reply.removeHeader('allow'), httpError(405));
  return reply
    .code(200)
    .header('content-type', 'text/plain')
    .send(Buffer.from(methods.join(', ')));
}

interface Answering {
  readonly starting: Starting;
  readonly timeoutMs: number;
}

async function answer(
  route: Route,
  request: FastifyRequest,
  { starting, timeoutMs }: Answering,
): Promise<RouteResponse> {
  const early = route.starting;
  try {
    const herder = starting.herder ?? (await within(early?.timeoutMs ?? timeoutMs, starting.done));
    return await within(timeoutMs, Promise.resolve(route.handle(routeRequest(request), herder)));
  } catch (error) {
    if (!(error instanceof LateError)) return errorResponse(error);
    if (starting.herder !== undefined)
      return timedOut('What was asked for may still happen: look at the status.');
    return early?.answer ?? timedOut('The worker is still starting.');
  }
}

function timedOut(state: string): RouteResponse {
  return errorResponse(new HerderError('CONNECT_REQUEST_TIMEOUT', 500, `Request timed out. ${state}`));
}

function routeRequest(request: FastifyRequest): RouteRequest {
  return {
    params: request.params as RouteRequest['params'],
    query: request.query as RouteRequest['query'],
    headers: request.headers,
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
