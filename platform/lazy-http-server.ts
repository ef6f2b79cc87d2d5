import type { RequestListener, Server } from 'node:http';
import type { Endpoint } from './net.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 1_000;

/** What answers a request. */
export type HttpListener = RequestListener;

/** An HTTP server that listens. */
export interface LazyHttpServer {
  /** The bound address, with the real port. */
  readonly endpoint: Endpoint;
  /** Answers what has come, closes idle connections, stops listening. */
  close(): Promise<void>;
}

/**
 * Listens at once and loads what answers when the first request comes: frameworks take longer to load than a broker to
 * start, and many processes are never asked. `load` may keep the server for a framework that wants one.
 */
export async function listenLazily(
  endpoint: Endpoint,
  load: (server: Server) => Promise<RequestListener>,
): Promise<LazyHttpServer> {
  // An import would have its loader touch every export, WebSocket among them, which loads all of undici.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer();
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
