import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from '../../platform/logger.ts';
import { RegistryError, SchemaLimitError, SchemaParseError } from '../errors.ts';
import { rejection } from '../store/rejection.ts';
import { classicError } from './classic-error.ts';
import { forward, primaryUrl } from './forwarding.ts';
import { bodyError, httpError } from './http-error.ts';
import { defaultMediaType, isReadable, negotiate } from './negotiation.ts';
import {
  JsonText,
  noContent,
  type Personality,
  type Route,
  type RouteContext,
  RouteRequest,
} from './route.ts';
import { associationRoutes } from './routes/associations.ts';
import { compatibilityRoutes } from './routes/compatibility.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { infoRoutes } from './routes/server-info.ts';
import { settingRoutes } from './routes/settings.ts';
import { subjectRoutes } from './routes/subjects.ts';

const contextual = [...subjectRoutes, ...schemaRoutes, ...settingRoutes, ...compatibilityRoutes];

/** Everything about subjects and schemas is there inside of a context too. */
const routes: readonly Route[] = [
  ...infoRoutes,
  ...associationRoutes,
  ...contextual,
  ...contextual.map((route) => ({ ...route, path: `/contexts/:context${route.path}` })),
];

/** Largest request body in bytes: a schema of 1 MiB may take six times that when every character is escaped. */
const bodyBytesMax = 8 * 1024 * 1024;

/** What answers on an HTTP server that listens already. */
export function createApplication(context: RouteContext, logger: Logger, server: Server): FastifyInstance {
  const answer = (reply: FastifyReply, error: unknown) =>
    answerError(reply, error, context.personality, logger);
  const app = fastify({
    serverFactory: () => server,
    logger: false,
    bodyLimit: bodyBytesMax,
    routerOptions: {
      maxParamLength: 8192,
      ignoreTrailingSlash: true,
      onBadUrl: (_path, request, reply) => badUrl(request, reply),
    },
    frameworkErrors: (error, _request, reply) => {
      answer(reply, error);
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', checkHeaders);
  app.setErrorHandler((error, _request, reply) => answer(reply, error));
  app.setNotFoundHandler((request, reply) => answer(reply, missing(request)));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => serve(route, context, request, reply),
    });
  }
  return app;
}

async function serve(
  route: Route,
  context: RouteContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const params = request.params as Readonly<Record<string, string>>;
  const query = request.query as Readonly<Record<string, unknown>>;
  const asked = new RouteRequest(params, query, parseBody(request.body));
  const { primary, primaryWaitMs } = context;
  const local = await (primary === undefined ? undefined : route.answerLocally?.(asked, context));
  if (primary !== undefined && route.writes === true && local === undefined) {
    const url = await primaryUrl(primary, request, primaryWaitMs);
    if (url !== undefined) return forward(url, request, reply, context.store);
  }
  const answer = local ?? (await route.handle(asked, context));
  if (answer === noContent) return reply.code(204).removeHeader('content-type').send();
  return reply.send(answer instanceof JsonText ? answer.bytes : Buffer.from(JSON.stringify(answer)));
}

function parseBody(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw bodyError(400, error instanceof Error ? error.message : 'The body is not JSON');
  }
}

async function checkHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { accept, 'content-type': contentType, 'x-request-id': requestId } = request.headers;
  const type = negotiate(accept);
  setHeaders(reply, type ?? defaultMediaType, typeof requestId === 'string' ? requestId : randomUUID());
  if (type === undefined) throw httpError(406);
  if (!isReadable(contentType)) throw httpError(415);
}

function setHeaders(reply: FastifyReply, type: string, requestId: string): void {
  reply.header('content-type', type);
  reply.header('x-request-id', requestId);
  reply.header('cache-control', 'no-cache, no-store, must-revalidate');
  reply.header('x-xss-protection', '1; mode=block');
}

/** No error of ours carries a 5xx for what the client did: clients would try again and again. */
function answerError(
  reply: FastifyReply,
  error: unknown,
  personality: Personality,
  logger: Logger,
): FastifyReply {
  const known = asRegistryError(error);
  if (known === undefined) logger.error({ error }, 'unexpected error in a registry request');
  const shown = known ?? new RegistryError(500, 500, 'Internal Server Error');
  const { status, errorCode, message } = personality === 7 ? classicError(shown) : shown;
  if (!reply.hasHeader('content-type')) setHeaders(reply, defaultMediaType, randomUUID());
  return reply.code(status).send(Buffer.from(JSON.stringify({ error_code: errorCode, message })));
}

function asRegistryError(error: unknown): RegistryError | undefined {
  if (error instanceof RegistryError) return error;
  if (error instanceof SchemaParseError || error instanceof SchemaLimitError)
    return rejection.invalidSchema(error.message, error);
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? httpError(status) : undefined;
}

function badUrl(_request: unknown, reply: unknown): void {
  const response = reply as {
    statusCode: number;
    setHeader(name: string, value: string): void;
    end(text: string): void;
  };
  const { status, errorCode, message } = httpError(400);
  response.statusCode = status;
  response.setHeader('content-type', defaultMediaType);
  response.end(JSON.stringify({ error_code: errorCode, message }));
}

const patterns = routes.map(({ path }) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}/?$`));

/** 405 for a path that other methods know, else 404. */
function missing(request: FastifyRequest): RegistryError {
  const [path = ''] = request.url.split('?');
  return httpError(patterns.some((pattern) => pattern.test(path)) ? 405 : 404);
}
