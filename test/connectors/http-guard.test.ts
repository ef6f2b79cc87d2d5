import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { addressPolicy, type ResolveAll } from '../../connectors/http/address-policy.ts';
import { HttpClient } from '../../connectors/http/http-client.ts';
import type { HttpRequest } from '../../connectors/http/http-message.ts';
import { sink } from '../../connectors/http/index.ts';
import { FatalError, RetriableError, requirePluginConfig } from '../../runtime/plugin/index.ts';
import { batchOf, contextOf, openSink, sinkRecords } from './harness.ts';
import { startServer } from './http-harness.ts';

const closed = addressPolicy({ allowsPrivate: false });
const opened = addressPolicy({ allowsPrivate: true });

const publicAddresses = [
  '8.8.8.8',
  '93.184.216.34',
  '172.32.0.1',
  '2606:4700::1111',
  '64:ff9b::808:808',
  '::ffff:8.8.8.8',
];

const privateAddresses = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '198.18.0.1',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '64:ff9b::10.0.0.1',
  'fc00::1',
  'fd12:3456::1',
];

const forbiddenAddresses = [
  '169.254.169.254',
  '169.254.0.1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  '100.100.100.200',
  '168.63.129.16',
  '224.0.0.1',
  '255.255.255.255',
  'ff02::1',
  '2002:7f00:1::',
  '2001:0:1::',
  '::7f00:1',
  'localhost',
  '',
];

test.each(publicAddresses)('%s may be connected to', (address) => {
  expect([closed(address), opened(address)]).toEqual([undefined, undefined]);
});

test.each(privateAddresses)('%s may be connected to only when private addresses are allowed', (address) => {
  expect(closed(address)).toBe('a loopback or private address');
  expect(opened(address)).toBeUndefined();
});

test.each(forbiddenAddresses)('"%s" is never connected to', (address) => {
  expect(closed(address)).toBeDefined();
  expect(opened(address)).toBeDefined();
});

const post = (url: string): HttpRequest => ({
  method: 'POST',
  url: new URL(url),
  headers: { 'x-plain': '1' },
  secretHeaders: { authorization: 'Bearer s3cret' },
  body: Buffer.from('[]'),
});

function clientOf(options: Partial<ConstructorParameters<typeof HttpClient>[0]> = {}): HttpClient {
  return new HttpClient({
    policy: closed,
    timeoutMs: 5000,
    redirectsMax: 3,
    responseBytesMax: 1000,
    ...options,
  });
}

/** Answers each look-up with the next of `answers`. */
function resolving(...answers: string[][]): { resolve: ResolveAll; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolve: (host, _options, done) => {
      const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
      asked.push(host);
      const found = addresses.map(
        (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
      );
      process.nextTick(() => done(null, found));
    },
  };
}

/** What is public in the tests' world. */
const onlyTestServer = (address: string): string | undefined =>
  address === '127.0.0.1' ? undefined : closed(address);

test.each([
  'http://127.0.0.1:9/',
  'http://[::1]:9/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:127.0.0.1]:9/',
  'http://0x7f.1:9/',
  'http://2130706433:9/',
  'http://0.0.0.0:9/',
  'http://10.0.0.1:9/',
  'http://localhost:9/',
])('a sink refuses to send to %s', async (url) => {
  const open = await openSink(sink, { url });
  const write = open.write(batchOf(sinkRecords([{ value: 1 }])));
  await expect(write).rejects.toThrow(FatalError);
  await expect(write).rejects.toThrow(/loopback|private|link-local/);
});

test('private addresses are opened by allow.private.addresses, link-local ones are not', async () => {
  const server = await startServer();
  const open = await openSink(sink, { url: server.url, 'allow.private.addresses': 'true' });
  expect(await open.write(batchOf(sinkRecords([{ value: 1 }])))).toEqual([]);
  const metadata = await openSink(sink, { url: 'http://169.254.169.254/', 'allow.private.addresses': true });
  await expect(metadata.write(batchOf(sinkRecords([{ value: 1 }])))).rejects.toThrow(
    'Records are never sent there',
  );
});

test.each(['file:///etc/passwd', 'ftp://example.com/', 'gopher://127.0.0.1/', 'data:text/plain,x'])(
  'a config with %s is refused',
  (url) => {
    expect(() => requirePluginConfig(sink, { url })).toThrow('use http or https');
  },
);

test('the client itself refuses other schemes', async () => {
  await expect(clientOf().send(post('file:///etc/passwd'), contextOf())).rejects.toThrow('use http or https');
});

test('a name that resolves to a private address is refused, with name and address', async () => {
  const { resolve } = resolving(['10.0.0.7']);
  const sending = clientOf({ resolve }).send(post('http://intranet.example/'), contextOf());
  await expect(sending).rejects.toThrow(FatalError);
  await expect(sending).rejects.toThrow(
    'intranet.example resolves to 10.0.0.7, a loopback or private address',
  );
});

test('of several addresses only the allowed ones are connected to', async () => {
  const server = await startServer();
  const { resolve } = resolving(['10.0.0.7', '127.0.0.1', '::1']);
  const client = clientOf({ policy: onlyTestServer, resolve });
  const response = await client.send(post(`http://several.example:${server.port}/`), contextOf());
  client.close();
  expect(response.status).toBe(200);
});

test('a name is resolved once for a connection: what was checked is what is connected to', async () => {
  const server = await startServer();
  const { resolve, asked } = resolving(['127.0.0.1'], ['10.0.0.7']);
  const client = clientOf({ policy: onlyTestServer, resolve });
  expect((await client.send(post(`http://rebinding.example:${server.port}/`), contextOf())).status).toBe(200);
  expect(asked).toEqual(['rebinding.example']);
  // The kept connection leads to the address that was checked.
  expect((await client.send(post(`http://rebinding.example:${server.port}/`), contextOf())).status).toBe(200);
  expect(asked).toEqual(['rebinding.example']);
  client.close();
});

test('a name without addresses, or that cannot be resolved, is told apart', async () => {
  await expect(
    clientOf({ resolve: resolving([]).resolve }).send(post('http://empty.example/'), contextOf()),
  ).rejects.toThrow('resolves to');
  const failing: ResolveAll = (_host, _options, done) =>
    process.nextTick(() => done(Object.assign(new Error('EAI_AGAIN'), { code: 'EAI_AGAIN' }), []));
  await expect(
    clientOf({ resolve: failing }).send(post('http://later.example/'), contextOf()),
  ).rejects.toThrow(RetriableError);
});

test.each([
  ['a private address', 'http://10.0.0.1/', 'a loopback or private address'],
  ['another loopback address', 'http://127.0.0.2/', 'a loopback or private address'],
  ['IPv6 loopback', 'http://[::1]/', 'a loopback or private address'],
  ['a metadata service', 'http://169.254.169.254/', 'a link-local'],
  ['a file', 'file:///etc/passwd', 'redirects to file:'],
  ['a URL with a password', 'http://u:p@example.com/', 'with a password'],
  ['what is no URL', 'http://[', 'not a URL'],
])('a redirect to %s is refused', async (_name, location, message) => {
  const server = await startServer(() => ({ status: 307, headers: { location } }));
  const client = clientOf({ policy: onlyTestServer });
  const sending = client.send(post(server.url), contextOf());
  await expect(sending).rejects.toThrow(FatalError);
  await expect(sending).rejects.toThrow(message);
  expect(server.requests).toHaveLength(1);
  client.close();
});

test('a redirect with 307 or 308 sends method, body and credentials on within the origin', async () => {
  const server = await startServer(({ path }) =>
    path === '/end'
      ? 200
      : { status: path === '/' ? 307 : 308, headers: { location: path === '/' ? '/next' : 'end' } },
  );
  const client = clientOf({ policy: onlyTestServer });
  const response = await client.send(post(server.url), contextOf());
  client.close();
  expect(response.status).toBe(200);
  expect(response.url.pathname).toBe('/end');
  expect(server.requests.at(-1)).toMatchObject({
    method: 'POST',
    text: '[]',
    headers: { authorization: 'Bearer s3cret', 'x-plain': '1' },
  });
});

test('credentials do not go to another origin', async () => {
  const other = await startServer();
  const server = await startServer(() => ({ status: 308, headers: { location: other.url } }));
  const client = clientOf({ policy: onlyTestServer });
  expect((await client.send(post(server.url), contextOf())).status).toBe(200);
  client.close();
  expect(other.requests[0]?.headers['authorization']).toBeUndefined();
  expect(other.requests[0]?.headers['x-plain']).toBe('1');
});

test('endless redirects end', async () => {
  const server = await startServer(() => ({ status: 307, headers: { location: '/' } }));
  const client = clientOf({ policy: onlyTestServer });
  await expect(client.send(post(server.url), contextOf())).rejects.toThrow('redirects more than 3 times');
  client.close();
  expect(server.requests).toHaveLength(4);
});
