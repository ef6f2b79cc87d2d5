import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { sink } from '../../connectors/http/index.ts';
import { ConfigError, requirePluginConfig, type SinkRecord } from '../../runtime/plugin/index.ts';
import { type OpenSink, openSink, sinkRecords } from './harness.ts';

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** What a handler answers: a status, or a status with more. */
export type Answer =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

/** A real HTTP server on a free port. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly requests: Received[];
  /** Distinct connections so far. */
  readonly connections: () => number;
}

/** Starts a server that ends with the test. A handler that answers nothing has the response in its own hands. */
export async function startServer(
  handler: (request: Received, response: ServerResponse) => Answer | undefined = () => 200,
  host = '127.0.0.1',
): Promise<TestServer> {
  const requests: Received[] = [];
  let connections = 0;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, text, json: parse(text) };
      requests.push(request);
      const answer = handler(request, response);
      if (answer !== undefined) send(response, answer);
    });
  });
  server.on('connection', () => connections++);
  const port = await listen(server, host);
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `http://${host}:${port}`, port, requests, connections: () => connections };
}

function listen(server: Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function send(response: ServerResponse, answer: Answer): void {
  const { status, headers = {}, body = '' } = typeof answer === 'number' ? { status: answer } : answer;
  response.writeHead(status, headers);
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A config as a user writes it. */
export type Raw = Readonly<Record<string, unknown>>;

/** Opens a sink that may send to the test server. */
export const openTo = (url: string, raw: Raw = {}): Promise<OpenSink> =>
  openSink(sink, { url, 'allow.private.addresses': true, ...raw }, 'orders sink');

/** Records whose values are their offsets. */
export const numbers = (count: number, firstOffset = 0): SinkRecord[] =>
  sinkRecords(
    Array.from({ length: count }, (_, i) => ({ value: firstOffset + i })),
    { firstOffset },
  );

/** What a write fails with. */
export async function failureOf(write: Promise<unknown>): Promise<Error> {
  const outcome = await write.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error('it did not fail');
}

/** What is wrong with a config. */
export function problemsOf(raw: Raw): string[] {
  try {
    requirePluginConfig(sink, raw);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
}
