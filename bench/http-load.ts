import { connect } from 'node:net';
import { percentile } from './report.ts';

/** Requests over HTTP/1.1, one at a time on each of some connections that stay open. */
export interface HttpLoad {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  /** The bytes of the next request. */
  next(index: number): Buffer;
}

/** What a run came to. */
export interface HttpLoadResult {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Rejects when an answer is not 200, or has no content length. */
export async function runHttp(load: HttpLoad): Promise<HttpLoadResult> {
  const latencies: number[] = [];
  let sent = 0;
  const startedAt = performance.now();
  const connection = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(load.port, '127.0.0.1');
      let missing = 0;
      let sentAt = 0;
      const send = (): void => {
        if (sent >= load.requests) {
          socket.end();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(load.next(sent));
        sent += 1;
      };
      socket.setNoDelay(true).on('connect', send).on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        try {
          missing = missing > 0 ? missing - chunk.length : answerBytes(chunk) - chunk.length;
        } catch (error) {
          reject(error);
          socket.destroy();
          return;
        }
        if (missing > 0) return;
        latencies.push(performance.now() - sentAt);
        send();
      });
    });
  await Promise.all(Array.from({ length: load.connections }, connection));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    perSecond: load.requests / seconds,
    medianMs: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** Bytes of the whole answer that begins here. */
function answerBytes(chunk: Buffer): number {
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (head.startsWith('HTTP/1.1 200') && length !== undefined) return end + 4 + Number(length);
  throw new Error(`not a whole answer: ${chunk.toString('utf8').slice(0, 400)}`);
}

/** A request with what clients of a registry send. */
export function httpRequest(method: string, path: string, body = ''): Buffer {
  const content =
    body === ''
      ? ''
      : `Content-Type: application/vnd.schemaregistry.v1+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  const accept = 'Accept: application/vnd.schemaregistry.v1+json, application/json; q=0.9';
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${accept}\r\n${content}\r\n${body}`);
}
