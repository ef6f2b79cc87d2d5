// What any registry of this interface has to answer. Runs against ours in both personalities, or against the registry at
// REGISTRY_URL (and REGISTRY_COMPAT_LEVEL, 7 or 8). It uses subjects and contexts of its own and removes them.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { MemorySchemaLog, type RunningRegistry, startRegistry } from '../../schema-registry/index.ts';

const foreignUrl = process.env['REGISTRY_URL'];

/** The releases whose answers are checked. */
export const contractLevels: readonly number[] =
  foreignUrl === undefined ? [8, 7] : [Number(process.env['REGISTRY_COMPAT_LEVEL'] ?? 8)];

export const enc = encodeURIComponent;

/** An Avro record with int fields; a name that ends in `?` has a default. */
export function record(...fields: string[]): string {
  return JSON.stringify({
    type: 'record',
    name: 'R',
    fields: fields.map((name) => ({
      name: name.replace('?', ''),
      type: 'int',
      ...(name.endsWith('?') && { default: 0 }),
    })),
  });
}

/** To be called inside of a `describe`: starts a registry when there is none, and cleans up after each test. */
export function openContract(level: number, name: string) {
  let registry: RunningRegistry | undefined;
  let url = foreignUrl?.replace(/\/+$/, '') ?? '';
  const mark = `${name}${process.pid}-${level}`;
  const used = new Set<string>();
  /** For what the older releases did not have. */
  const newTest = level === 7 ? (_name: string, _run: () => Promise<void>) => undefined : test;
  let count = 0;
  /** A number that grows with every subject. */
  const next = () => count;

  beforeAll(async () => {
    if (foreignUrl !== undefined) return;
    registry = await startRegistry({
      log: new MemorySchemaLog(),
      host: '127.0.0.1',
      port: 0,
      logger: silentLogger,
      clock: systemClock,
      personality: level === 7 ? 7 : 8,
    });
    url = registry.url;
  });

  afterEach(async () => {
    for (const subject of [...used].reverse()) {
      const path = encodeURIComponent(subject);
      for (const clean of [
        `/mode/${path}`,
        `/config/${path}`,
        `/subjects/${path}`,
        `/subjects/${path}?permanent=true`,
      ]) {
        await ask('DELETE', clean);
      }
    }
    used.clear();
  });

  afterAll(() => registry?.close());

  /** A subject that nobody else has. */
  function subject(context?: string): string {
    count += 1;
    const name = context === undefined ? `${mark}-${count}` : `:${context}:${mark}-${count}`;
    used.add(name);
    return name;
  }

  async function ask(method: string, path: string, body?: unknown) {
    const response = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  async function get(path: string) {
    const answer = await ask('GET', path);
    expect(answer, path).toMatchObject({ status: 200 });
    return answer.json;
  }

  async function refused(
    status: number,
    code: number,
    message: unknown,
    method: string,
    path: string,
    body?: unknown,
  ) {
    expect(await ask(method, path, body), `${method} ${path}`).toEqual({
      status,
      json: { error_code: code, message },
    });
  }

  async function register(name: string, schema: string, more: object = {}) {
    const answer = await ask('POST', `/subjects/${enc(name)}/versions`, { schema, ...more });
    expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: 200 });
    return answer.json as { id: number; version?: number; guid?: string };
  }

  async function twoVersions() {
    const name = subject();
    const first = await register(name, record('a'));
    const second = await register(name, record('a', 'b?'));
    return { name, path: `/subjects/${enc(name)}`, ids: [first.id, second.id] };
  }

  return { mark, used, newTest, next, subject, ask, get, refused, register, twoVersions };
}
