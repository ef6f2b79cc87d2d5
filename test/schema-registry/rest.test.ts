import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { MemorySchemaLog, startRegistry } from '../../schema-registry/index.ts';
import { recordOf } from './fixture.ts';
import { body, mediaType, openRest, R } from './rest-fixture.ts';

const { ask, refused, register, restart, url } = openRest();

describe('HTTP', () => {
  test('the root and the metadata answer', async () => {
    expect((await ask('GET', '/')).text).toBe('{}');
    expect((await ask('POST', '/')).text).toBe('{}');
    expect((await ask('GET', '/contexts')).json).toEqual(['.']);
    expect((await ask('GET', '/v1/metadata/id')).json).toEqual({
      id: '',
      scope: { path: [], clusters: { 'kafka-cluster': 'k1', 'schema-registry-cluster': 'schema-registry' } },
    });
    expect((await ask('GET', '/v1/metadata/version')).json).toEqual({
      version: expect.any(String),
      commitId: expect.any(String),
    });
    expect((await ask('GET', '/v1/metadata/deployment')).json).toEqual({ attributes: [] });
  });

  test('the type of answers is negotiated', async () => {
    const type = async (accept: string) => {
      const { status, headers } = await ask('GET', '/subjects', undefined, { accept });
      return `${status} ${headers.get('content-type')}`;
    };
    expect(await type('*/*')).toBe(`200 ${mediaType}`);
    expect(await type('application/json')).toBe('200 application/json');
    expect(await type(`${mediaType}, application/vnd.schemaregistry+json, application/json`)).toBe(
      `200 ${mediaType}`,
    );
    expect(await type(`${mediaType};q=0.1, application/json;q=0.9`)).toBe('200 application/json');
    expect(await type('text/html, application/*;q=0.5')).toBe(`200 ${mediaType}`);
    expect(await type('text/html')).toBe(`406 ${mediaType}`);
    expect((await ask('GET', '/subjects', undefined, { accept: 'text/html' })).json).toEqual({
      error_code: 406,
      message: 'HTTP 406 Not Acceptable',
    });
  });

  test('bodies of the wrong type, of no type and of ours', async () => {
    const post = (type: string) => ask('POST', '/subjects/s/versions', body(R), { 'content-type': type });
    for (const type of [
      mediaType,
      'application/vnd.schemaregistry+json',
      'application/json; charset=utf-8',
      'application/octet-stream',
    ]) {
      expect((await post(type)).status, type).toBe(200);
    }
    const wrong = await post('text/plain');
    expect(wrong.status).toBe(415);
    expect(wrong.json).toEqual({ error_code: 415, message: 'HTTP 415 Unsupported Media Type' });
    const untyped = await fetch(`${url()}/subjects/s/versions`, {
      method: 'POST',
      body: new Blob([JSON.stringify(body(R))]),
    });
    expect(untyped.status).toBe(200);
  });

  test('paths and methods that are not there', async () => {
    await refused('GET', '/nope', undefined, 404, 404, 'HTTP 404 Not Found');
    await refused('GET', '/subjects/a/b/c/d', undefined, 404, 404, 'HTTP 404 Not Found');
    await refused('PUT', '/subjects', {}, 405, 405, 'HTTP 405 Method Not Allowed');
    await refused('PATCH', '/config/s', {}, 405, 405, 'HTTP 405 Method Not Allowed');
    await refused('GET', '/%zz', undefined, 400, 400, 'HTTP 400 Bad Request');
    await refused('GET', '/subjects?limit=x', undefined, 404, 404, 'HTTP 404 Not Found');
  });

  test('headers of every answer', async () => {
    const { headers } = await ask('GET', '/subjects', undefined, { 'x-request-id': 'mine' });
    expect(headers.get('x-request-id')).toBe('mine');
    expect(headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate');
    expect(headers.get('x-xss-protection')).toBe('1; mode=block');
    expect((await ask('GET', '/nope')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("no body, however strange, is the server's fault", async () => {
    const bodies: unknown[] = [
      '',
      '{',
      'null',
      '5',
      '"x"',
      '[]',
      '{"schema":5}',
      '{"schema":"\\"int\\"","schemaType":5}',
      '{"schema":"\\"int\\"","references":5}',
      '{"schema":"\\"int\\"","references":[5]}',
      '{"schema":"\\"int\\"","references":[{}]}',
      '{"schema":"\\"int\\"","metadata":5}',
      '{"schema":"\\"int\\"","metadata":{"properties":{"a":5}}}',
      '{"schema":"\\"int\\"","metadata":{"tags":{"a":"b"}}}',
      '{"schema":"\\"int\\"","version":"x"}',
      '{"schema":"\\"int\\"","version":1e99}',
      '{"schema":"\\"int\\"","id":1.5}',
      '{"compatibility":[]}',
      '{"mode":{}}',
      '\ufeff{}',
      '{"__proto__":{"schema":"x"}}',
      '{"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"R\\",\\"fields\\":[{\\"name\\":\\"a\\",\\"type\\":\\"R\\",\\"default\\":{}}]}"}',
    ];
    for (const [method, path] of [
      ['POST', '/subjects/s/versions'],
      ['POST', '/subjects/s'],
      ['POST', '/compatibility/subjects/s/versions/latest'],
      ['PUT', '/config'],
      ['PUT', '/mode/s'],
    ] as const) {
      for (const sent of bodies) {
        const answer = await ask(method, path, sent);
        expect([200, 400, 404, 409, 422], `${method} ${path} ${String(sent)} ${answer.text}`).toContain(
          answer.status,
        );
        if (answer.status >= 400)
          expect(answer.json).toEqual({ error_code: expect.any(Number), message: expect.any(String) });
      }
    }
  });

  test("several subjects at a time do not get in each other's way", async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => register(`s${index % 10}`, recordOf(`f${index % 3}?`))),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await ask('GET', '/subjects')).json).toHaveLength(10);
  });
});

test('a registry that is started again has everything', async () => {
  const log = new MemorySchemaLog();
  await restart({ log });
  await register('s', R);
  await ask('PUT', '/config/s', { compatibility: 'FULL' });
  const before = await ask('GET', '/schemas');
  await restart({ log });
  expect((await ask('GET', '/schemas')).json).toEqual(before.json);
  expect((await ask('GET', '/config/s')).json).toEqual({ compatibilityLevel: 'FULL' });
});

test('a port that is taken is an error, and the log is closed', async () => {
  const log = new MemorySchemaLog();
  const port = Number(new URL(url()).port);
  const options = { log, host: '127.0.0.1', port, logger: silentLogger, clock: systemClock };
  await expect(startRegistry(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
