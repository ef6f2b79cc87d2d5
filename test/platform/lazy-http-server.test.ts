import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type LazyHttpServer, listenLazily } from '../../platform/lazy-http-server.ts';

/** Sends text on a connection of its own; resolves with what comes back until it is closed. */
function send(server: LazyHttpServer, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(server.endpoint.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

test('a close cuts requests that have not come whole, and answers those that have', async () => {
  const { promise: answering, resolve: answer } = Promise.withResolvers<void>();
  const asked: string[] = [];
  const { promise: allAsked, resolve: onAllAsked } = Promise.withResolvers<void>();
  const server = await listenLazily({ host: '127.0.0.1', port: 0 }, () =>
    Promise.resolve((request, response) => {
      request.resume();
      asked.push(request.url ?? '');
      if (asked.length === 2) onAllAsked();
      if (request.url === '/whole') void answering.then(() => response.end('done'));
    }),
  );
  const halfBody = send(server, 'POST /half HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345');
  const halfHead = send(server, 'GET /never HTTP/1.1\r\nhost:');
  const whole = send(server, 'GET /whole HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  await allAsked;
  const closed = server.close();
  answer();
  await closed;
  expect(await halfBody).toBe('');
  expect(await halfHead).toBe('');
  expect(await whole).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*done/);
});
