import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Endpoint } from './net.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 1_000;
/** An answer that takes longer does not hold up the end of the process. */
const CLOSE_TIMEOUT_MS = 5_000;

/** What answers a request. */
export type HttpListener = RequestListener;

/** What makes a server speak TLS: its certificate and key, and which clients it trusts. */
export interface HttpTls {
  /** PEM: certificates, and the key that belongs to the first. */
  readonly cert?: string;
  readonly key?: string;
  /** PKCS #12, instead of `cert` and `key`. */
  readonly pfx?: Uint8Array;
  readonly passphrase?: string;
  /** PEM: who may sign certificates of clients. */
  readonly ca?: string;
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** An HTTP server that listens. */
export interface LazyHttpServer {
  /** The bound address, with the real port. */
  readonly endpoint: Endpoint;
  /** Stops listening, answers the requests that have come whole, for 5 s at most, and cuts every connection. Idempotent. */
  close(): Promise<void>;
}

/**
 * Listens at once and loads what answers when the first request comes: frameworks take longer to load than a broker to
 * start, and many processes are never asked. `load` may keep the server for a framework that wants one. With `tls` it is
 * an HTTPS server; throws when certificate and key do not make one.
 */
export async function listenLazily(
  endpoint: Endpoint,
  load: (server: Server) => Promise<RequestListener>,
  tls?: HttpTls,
): Promise<LazyHttpServer> {
  // An import would have its loader touch every export, WebSocket among them, which loads all of undici.
  const server =
    tls === undefined
      ? process.getBuiltinModule('node:http').createServer()
      : process.getBuiltinModule('node:https').createServer(tlsOptions(tls));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = CONNECTIONS_MAX;
  let loading: Promise<RequestListener> | undefined;
  const asked = new Map<ServerResponse, IncomingMessage>();
  server.on('request', (request, response) => {
    asked.set(response, request);
    response.once('close', () => asked.delete(response));
    loading ??= load(server);
    loading.then(
      (answer) => answer(request, response),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(endpoint.port, endpoint.host, () => resolve());
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : endpoint.port;
  let closed: Promise<void> | undefined;
  return {
    endpoint: { host: endpoint.host, port },
    close: () => {
      closed ??= closeServer(server, asked);
      return closed;
    },
  };
}

async function closeServer(
  server: Server,
  asked: ReadonlyMap<ServerResponse, IncomingMessage>,
): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  // A request that has not come whole may never do so.
  const whole = [...asked].filter(([, request]) => request.complete).map(([response]) => answered(response));
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await Promise.race([Promise.all(whole), closed]);
  clearTimeout(timer);
  server.closeAllConnections();
  await closed;
}

function answered(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}

function tlsOptions({ pfx, ...rest }: HttpTls) {
  return { ...rest, ...(pfx !== undefined && { pfx: Buffer.from(pfx) }) };
}
