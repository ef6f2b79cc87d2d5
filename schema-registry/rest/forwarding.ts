import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PrimaryFinder } from '../primary/election.ts';
import type { RegistryStore } from '../store/registry-store.ts';
import { rejection } from '../store/rejection.ts';

/** Headers of the client that the primary has to see. */
const passedHeaders = [
  'content-type',
  'accept',
  'authorization',
  'confluent-accept-unknown-properties',
  'x-request-id',
] as const;

/** How long the primary may take. */
const timeoutMs = 60_000;

/**
 * Who answers a write: undefined means this registry. While there is no primary, as when a registry has just started or the
 * last one has died, the write waits for the next one. Throws 50003 for one that was forwarded already, 50004 after `waitMs`.
 */
export async function primaryUrl(
  primary: PrimaryFinder,
  request: FastifyRequest,
  waitMs: number,
): Promise<string | undefined> {
  const isForwarded = request.headers['x-forward'] !== undefined;
  const role = isForwarded ? primary.role : await primary.known(waitMs);
  if (role.kind === 'primary') return undefined;
  // The one that forwarded this took us for the primary: passing it on could go round for ever.
  if (isForwarded) throw rejection.forwardFailed();
  if (role.kind === 'unknown') throw rejection.primaryUnknown();
  return role.url;
}

/**
 * Has the primary answer, and waits until this registry has seen what it wrote: whoever asks here next sees it too.
 * Rejects with 50003 when there is no answer.
 */
export async function forward(
  url: string,
  request: FastifyRequest,
  reply: FastifyReply,
  store: RegistryStore,
): Promise<FastifyReply> {
  const headers = new Headers({
    'x-forward': 'true',
    'x-request-id': String(reply.getHeader('x-request-id') ?? ''),
  });
  for (const name of passedHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const body =
    Buffer.isBuffer(request.body) && request.body.length > 0 ? new Uint8Array(request.body) : undefined;
  try {
    const answer = await fetch(url + request.url, {
      method: request.method,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.ok) await store.catchUp();
    if (bytes.length === 0) reply.removeHeader('content-type');
    return reply.code(answer.status).send(bytes.length === 0 ? undefined : bytes);
  } catch (error) {
    throw rejection.forwardFailed(error);
  }
}
