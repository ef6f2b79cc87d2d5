import type { FastifyReply, FastifyRequest } from 'fastify';

/** Which web pages may call, and with which methods. */
export interface AccessControl {
  readonly allowedOrigins?: readonly string[];
  readonly allowedMethods?: readonly string[];
}

const allMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** CORS as far as browsers need it. True when that was all: a preflight request is answered. */
export function allowOrigin(
  { method, headers: { origin } }: FastifyRequest,
  reply: FastifyReply,
  { allowedOrigins = [], allowedMethods = [] }: AccessControl,
): boolean {
  if (origin === undefined || !(allowedOrigins.includes('*') || allowedOrigins.includes(origin)))
    return false;
  reply.header('access-control-allow-origin', origin).header('vary', 'Origin');
  if (method !== 'OPTIONS') return false;
  const methods = allowedMethods.length === 0 ? allMethods : allowedMethods;
  reply
    .header('access-control-allow-methods', methods.join(', '))
    .header('access-control-allow-headers', 'content-type, authorization')
    .code(204)
    .send();
  return true;
}
