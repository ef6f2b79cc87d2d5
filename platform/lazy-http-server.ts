import type { RequestListener, Server } from 'node:http';
import type { Endpoint } from './net.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 1_000;

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
  /** Answers what has come, closes idle connections, stops listening. */
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
  server.on('request', (request, response) => {
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
  return {
    endpoint: { host: endpoint.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function tlsOptions({ pfx, ...rest }: HttpTls) {
  return { ...rest, ...(pfx !== undefined && { pfx: Buffer.from(pfx) }) };
}
