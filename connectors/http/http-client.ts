import type * as http from 'node:http';
import { FatalError, type PluginContext, RetriableError } from '../../runtime/plugin/index.ts';
import { type AddressPolicy, checkHost, guardedLookup, type ResolveAll } from './address-policy.ts';
import { showUrl, transportError } from './http-errors.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';

// Imports would have the loader touch every export of node:http, WebSocket among them, at the start of each worker.
const builtin = () => ({
  http: process.getBuiltinModule('node:http'),
  https: process.getBuiltinModule('node:https'),
});

export interface HttpClientOptions {
  readonly policy: AddressPolicy;
  readonly resolve?: ResolveAll;
  /** For a request with its redirects and its response. */
  readonly timeoutMs: number;
  readonly redirectsMax: number;
  readonly responseBytesMax: number;
}

type Context = Pick<PluginContext, 'clock' | 'signal'>;

/**
 * Sends requests over kept-alive connections, to http and https URLs and allowed addresses only. Redirects that keep method
 * and body (307, 308) are followed, each checked as the first URL was; others are returned as responses.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agents: Readonly<Record<string, http.Agent>>;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const keepAlive = {
      keepAlive: true,
      maxFreeSockets: 1,
      lookup: guardedLookup(options.policy, options.resolve),
    };
    const { http, https } = builtin();
    this.#agents = { 'http:': new http.Agent(keepAlive), 'https:': new https.Agent(keepAlive) };
  }

  /**
   * Throws {@link RetriableError} when there was no response in time, {@link FatalError} when the URL is not allowed or the
   * server cannot be trusted.
   */
  async send(request: HttpRequest, ctx: Context): Promise<HttpResponse> {
    const abort = new AbortController();
    const stop = (): void =>
      abort.abort(new RetriableError('The request was given up because the task stops.'));
    const { timeoutMs } = this.#options;
    const timer = ctx.clock.timer(timeoutMs, () => {
      const place = `${request.method} ${showUrl(request.url)}`;
      abort.abort(
        new RetriableError(`${place} was not answered within ${timeoutMs} ms (request.timeout.ms).`),
      );
    });
    ctx.signal.addEventListener('abort', stop);
    if (ctx.signal.aborted) stop();
    try {
      return await this.#follow(request, abort.signal);
    } catch (error) {
      throw transportError(request.method, request.url, abort.signal.aborted ? abort.signal.reason : error);
    } finally {
      timer.cancel();
      ctx.signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #follow(first: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    let request = first;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#exchange(request, signal);
      const { location } = response.headers;
      if ((response.status !== 307 && response.status !== 308) || location === undefined) return response;
      if (redirects >= this.#options.redirectsMax) {
        throw new FatalError(
          `${showUrl(first.url)} redirects more than ${this.#options.redirectsMax} times.`,
        );
      }
      request = redirected(request, location);
    }
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const agent = this.#agents[request.url.protocol];
    if (agent === undefined)
      throw new FatalError(`${request.url.protocol} is not allowed: use http or https.`);
    checkHost(request.url, this.#options.policy);
    const bytesMax = this.#options.responseBytesMax;
    try {
      return await exchange(request, agent, bytesMax, signal);
    } catch (error) {
      // The server closed a kept connection while the request was on its way: that is no failure yet.
      if (!(error instanceof StaleConnectionError)) throw error;
      return exchange(request, agent, bytesMax, signal);
    }
  }
}

/** A kept connection turned out to be closed. */
class StaleConnectionError extends Error {}

function redirected(request: HttpRequest, location: string): HttpRequest {
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url.href) : undefined;
  const from = showUrl(request.url);
  if (url === undefined) throw new FatalError(`${from} redirects to what is not a URL.`);
  if (url.protocol !== request.url.protocol && url.protocol !== 'https:') {
    throw new FatalError(`${from} redirects to ${url.protocol}, which is not followed. Correct url.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new FatalError(`${from} redirects to a URL with a password, which is not followed. Correct url.`);
  }
  return { ...request, url, secretHeaders: url.origin === request.url.origin ? request.secretHeaders : {} };
}

function exchange(
  { method, url, headers, secretHeaders, body }: HttpRequest,
  agent: http.Agent,
  bytesMax: number,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { http, https } = builtin();
    const open = url.protocol === 'https:' ? https.request : http.request;
    const length = body === undefined ? {} : { 'content-length': body.length };
    const outgoing = open(url, {
      method,
      agent,
      signal,
      headers: { ...headers, ...secretHeaders, ...length },
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isStale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    outgoing.on('response', (incoming) => {
      collect(incoming, bytesMax, reject, (content, isComplete) =>
        resolve({
          status: incoming.statusCode ?? 0,
          statusText: incoming.statusMessage ?? '',
          headers: incoming.headers,
          body: content,
          isComplete,
          url,
        }),
      );
    });
    outgoing.end(body);
  });
}

/** Reads a body up to a limit. What is longer costs the connection. */
function collect(
  incoming: http.IncomingMessage,
  bytesMax: number,
  fail: (error: Error) => void,
  done: (body: Buffer, isComplete: boolean) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= bytesMax) return;
    done(Buffer.concat(chunks).subarray(0, bytesMax), false);
    incoming.destroy();
  });
  incoming.on('end', () => done(Buffer.concat(chunks), true));
  incoming.on('error', fail);
}
