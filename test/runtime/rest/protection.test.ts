import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Rest, type RestSettings, restSettings, startRest } from '../../../runtime/rest/index.ts';
import type { Worker } from '../../../runtime/worker.ts';
import { TestCluster } from '../herder/cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'connect-rest-'));
const users = {
  'rest.extension.classes':
    'org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension',
  'java.security.auth.login.config': join(folder, 'jaas.conf'),
};
let cluster: TestCluster;
let worker: Worker;
let rest: Rest | undefined;

beforeAll(async () => {
  cluster = await TestCluster.start();
  worker = await cluster.worker([]);
  writeFileSync(join(folder, 'users.properties'), 'ann=pa:ss word\nbob = b\n');
  writeFileSync(
    join(folder, 'jaas.conf'),
    `KafkaConnect {\n  org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule required\n  file="${join(folder, 'users.properties')}";\n};\n`,
  );
  const make = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const out = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', [...make, ...names, ...out], { stdio: 'ignore' });
  const pem = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  writeFileSync(join(folder, 'store.pem'), pem);
});
afterEach(async () => {
  await rest?.close();
  rest = undefined;
});
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (properties: Record<string, string>): RestSettings =>
  restSettings(properties, (path) => readFileSync(path));

async function open(properties: Record<string, string>): Promise<string> {
  rest = await startRest({ herder: worker.herder, ...settings(properties), port: 0 });
  return rest.url;
}

test('with users, a request without one of them is 401, whatever it asks for', async () => {
  const url = await open({ ...users, listeners: 'http://127.0.0.1:0' });
  const get = (authorization?: string, path = '/') =>
    fetch(url + path, authorization === undefined ? {} : { headers: { authorization } });
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect((await get(basic('ann:pa:ss word'))).status).toBe(200);
  expect((await get(basic('bob:b'))).status).toBe(200);
  const refused = await get();
  expect([refused.status, await refused.text()]).toEqual([401, 'User cannot access the resource.']);
  for (const wrong of ['ann:pa', 'ann:', 'eve:b', 'bob', ':'])
    expect((await get(basic(wrong))).status).toBe(401);
  for (const other of ['Bearer x', 'Basic', 'Basic %%%']) expect((await get(other)).status).toBe(401);
  for (const path of ['/connectors', '/openapi.json', '/nope', '/admin/loggers']) {
    expect((await get(undefined, path)).status).toBe(401);
  }
});

test('other machines reach it only when callers are known', async () => {
  const open = (options: object) => startRest({ herder: worker.herder, port: 0, ...options });
  for (const host of ['0.0.0.0', '::', '192.168.1.1', 'connect.example']) {
    await expect(open({ host })).rejects.toThrow(/is not opened on .* without authentication/);
  }
  await expect(open(settings({ listeners: 'http://:0' }))).rejects.toThrow('0.0.0.0 without authentication');
  rest = await open({ host: '0.0.0.0', users: new Map([['ann', 'x']]) });
  expect((await fetch(rest.url)).status).toBe(401);
});

test('https with a key store in PEM answers, and refuses clients without a certificate when it has to', async () => {
  const ssl = {
    listeners: 'https://127.0.0.1:0',
    'listeners.https.ssl.keystore.type': 'PEM',
    'listeners.https.ssl.keystore.location': join(folder, 'store.pem'),
  };
  const ca = readFileSync(join(folder, 'cert.pem'));
  const get = (url: string, client = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(url, { ca, agent: false, ...client }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await get(await open(ssl))).toBe(200);
  await rest?.close();
  const trust = {
    'listeners.https.ssl.client.auth': 'required',
    'listeners.https.ssl.truststore.type': 'PEM',
    'listeners.https.ssl.truststore.location': join(folder, 'cert.pem'),
  };
  const url = await open({ ...ssl, ...trust });
  await expect(get(url)).rejects.toThrow();
  expect(await get(url, { cert: ca, key: readFileSync(join(folder, 'key.pem')) })).toBe(200);
});

test('keys of the API that cannot be right are refused with what to write', () => {
  for (const [properties, message] of [
    [{ 'rest.extension.clases': 'x' }, 'rest.extension.clases is not a key of the REST API'],
    [{ 'rest.extension.classes': 'com.acme.Auth' }, 'com.acme.Auth is not known'],
    [{ 'rest.extension.classes': 'BasicAuthSecurityRestExtension' }, 'needs a JAAS file'],
    [{ listeners: 'http://a:1,http://a:1' }, 'the same listener twice'],
    [{ listeners: 'ftp://a:1' }, 'must be http://host:port'],
    [{ listeners: 'https://127.0.0.1:1' }, 'https needs a key store'],
    [{ 'admin.listeners': 'http://127.0.0.1:1' }, 'a listener of their own'],
    [{ 'response.http.headers.config': 'Name: value' }, 'must be: set Name: value'],
  ] as const) {
    expect(() => settings(properties)).toThrow(message);
  }
});

test('an empty admin.listeners switches /admin off; headers are sent with every answer', async () => {
  const url = await open({
    'admin.listeners': '',
    'response.http.headers.config': 'set X-Frame-Options: DENY',
  });
  expect((await fetch(`${url}/admin/loggers`)).status).toBe(404);
  expect((await fetch(`${url}/connectors`)).headers.get('x-frame-options')).toBe('DENY');
});

test('/openapi.json describes every route with its statuses, and refers only to what it has', async () => {
  const url = await open({});
  const text = await (await fetch(`${url}/openapi.json`)).text();
  const { paths, components } = JSON.parse(text);
  const operations = Object.values(paths).flatMap((path) => Object.values(path as object));
  expect(operations).toHaveLength(31);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(Object.keys(paths['/connectors/{connector}/restart'].post.responses)).toEqual([
    '202',
    '204',
    '404',
    '409',
    '500',
  ]);
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(components.schemas).toHaveProperty(name);
  }
});
