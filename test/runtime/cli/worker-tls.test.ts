// A broker behind a proxy that speaks TLS and wants to know its clients.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Broker } from '../../../broker/index.ts';
import { createClient } from '../../../kafka/client/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import type { Net } from '../../../platform/net.ts';
import { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { SeededEntropy } from '../../../platform/simulation/seeded-entropy.ts';
import { systemPlatform } from '../../../platform/system-platform.ts';
import { tlsNet } from '../../../platform/tls-net.ts';
import { brokerTls } from '../../../runtime/cli/broker-security.ts';

const bin = join(import.meta.dirname, '../../../runtime/bin.ts');
const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
const platform = systemPlatform(silentLogger);
let broker: Broker;
let proxy: Server;
/** The proxy's, which the broker tells its clients. */
let port = 0;
let brokerPort = 0;

const path = (name: string): string => join(folder, name);
const pem = (name: string): string => readFileSync(path(name), 'utf8');

/** Makes `<name>.pem` with certificate and key, signed by itself, and `<name>.crt` with the certificate alone. */
function certificate(name: string, host: string): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const out = ['-keyout', path(`${name}.key`), '-out', path(`${name}.crt`)];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...out], { stdio: 'ignore' });
  writeFileSync(path(`${name}.pem`), pem(`${name}.key`) + pem(`${name}.crt`));
}

beforeAll(async () => {
  certificate('server', 'localhost');
  certificate('client', 'worker');
  const trust = { ca: pem('client.crt'), requestCert: true, rejectUnauthorized: true };
  proxy = createServer({ cert: pem('server.crt'), key: pem('server.key'), ...trust }, (secure) => {
    const plain = connect(brokerPort, '127.0.0.1');
    secure.pipe(plain).pipe(secure);
    secure.on('error', () => plain.destroy());
    plain.on('error', () => secure.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const files = new MemoryFiles({ ...platform, entropy: new SeededEntropy('tls') });
  const properties = new Map([
    ['log.dirs', '/data'],
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
    ['advertised.listeners', `PLAINTEXT://localhost:${port}`],
    ['group.initial.rebalance.delay.ms', '0'],
    ['offsets.topic.num.partitions', '1'],
  ]);
  const net: Net = {
    connect: (target, open) => platform.net.connect(target, open),
    listen: async (endpoint, accept) => {
      const listener = await platform.net.listen(endpoint, accept);
      brokerPort = listener.endpoint.port;
      return listener;
    },
  };
  broker = await Broker.start({ platform: { ...platform, net, files }, properties });
});

afterAll(async () => {
  proxy.close();
  await broker.close();
  await platform.executor.close();
  rmSync(folder, { recursive: true });
});

const trusting = { 'security.protocol': 'SSL', 'ssl.truststore.type': 'PEM' };
const known = () => ({
  ...trusting,
  'ssl.truststore.location': path('server.crt'),
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': path('client.pem'),
});

test('a worker reaches its brokers by TLS, and shows them its certificate', async () => {
  const all = {
    'bootstrap.servers': `localhost:${port}`,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'offset.storage.file.filename': path('positions'),
    listeners: 'http://127.0.0.1:0',
    ...known(),
  };
  const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(path('worker.properties'), lines.join(''));
  const child = spawn(
    process.execPath,
    [bin, 'connect-standalone', path('worker.properties'), '--json', '--log-level', 'warn'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const { rest } = JSON.parse(line) as { rest: string };
    expect(await (await fetch(rest)).json()).toMatchObject({ kafka_cluster_id: expect.any(String) });
    break;
  }
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('a run reaches another cluster by TLS as its worker-config says', async () => {
  writeFileSync(path('lines.txt'), 'one\ntwo\n');
  writeFileSync(
    path('p.yaml'),
    `name: p\nsource: {connector: file, config: {file: ${path('lines.txt')}, follow: false}}\ntopic: {name: t, value: string}\n`,
  );
  const lines = Object.entries(known()).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(path('run.properties'), lines.join(''));
  const options = ['--bootstrap-server', `localhost:${port}`, '--worker-config', path('run.properties')];
  const child = spawn(process.execPath, [bin, 'run', path('p.yaml'), ...options, '--until-done'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
});

function reach(properties: Readonly<Record<string, string>>, host = 'localhost'): Promise<unknown> {
  const problems: string[] = [];
  const tls = brokerTls(properties, (file) => readFileSync(file), problems);
  if (tls === undefined) throw new Error(problems.join());
  const client = createClient({
    ...platform,
    net: tlsNet(platform.net, tls),
    bootstrapServers: `${host}:${port}`,
    apiTimeoutMs: 100,
  });
  return client
    .admin()
    .describeCluster()
    .finally(() => client.close());
}

test('brokers that are not trusted, or have another name, are refused unless names are not checked', async () => {
  await expect(reach(known())).resolves.toMatchObject({ clusterId: expect.any(String) });
  const other = { ...known(), 'ssl.truststore.location': path('client.crt') };
  await expect(reach(other)).rejects.toThrow(/self-signed certificate/);
  await expect(reach(known(), '127.0.0.1')).rejects.toThrow(/IP: 127\.0\.0\.1 is not in the cert/);
  const unchecked = { ...known(), 'ssl.endpoint.identification.algorithm': '' };
  await expect(reach(unchecked, '127.0.0.1')).resolves.toBeDefined();
});

test('what cannot be is told, each of it', () => {
  const read = () => Buffer.from('pem');
  const problemsOf = (properties: Readonly<Record<string, string>>): readonly string[] => {
    const problems: string[] = [];
    brokerTls(properties, read, problems);
    return problems;
  };
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ 'security.protocol': 'SASL_SSL', 'producer.security.protocol': 'SASL_SSL' })).toEqual([
    'security.protocol=SASL_SSL: known so far are PLAINTEXT and SSL',
    'producer.security.protocol=SASL_SSL: known so far are PLAINTEXT and SSL',
  ]);
  expect(problemsOf({ 'producer.security.protocol': 'SSL' })).toEqual([
    "producer.security.protocol=SSL: connectors use the worker's connections, whose security.protocol is PLAINTEXT",
  ]);
  expect(problemsOf({ 'security.protocol': 'ssl', 'ssl.truststore.location': 'x.jks' })).toEqual([
    'ssl.truststore.type=JKS cannot be read here: convert the store with keytool or openssl, and set the type to PEM.',
  ]);
});
