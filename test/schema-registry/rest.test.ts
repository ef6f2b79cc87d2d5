import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { MemorySchemaLog, type RunningRegistry, startRegistry } from '../../schema-registry/index.ts';
import { recordOf } from './fixture.ts';

const mediaType = 'application/vnd.schemaregistry.v1+json';
let registry: RunningRegistry;

function start(
  more: { readonly personality?: 7 | 8; readonly log?: MemorySchemaLog } = {},
): Promise<RunningRegistry> {
  const { log = new MemorySchemaLog(), ...rest } = more;
  return startRegistry({
    log,
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    clock: systemClock,
    clusterId: 'k1',
    ...rest,
  });
}

beforeEach(async () => {
  registry = await start();
});

afterEach(() => registry.close());

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(registry.url + path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': mediaType }), ...headers },
    ...(body !== undefined && { body: text }),
  });
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    json: answer === '' ? undefined : (JSON.parse(answer) as unknown),
  };
}

const body = (schema: unknown, more: object = {}) => ({ schema: JSON.stringify(schema), ...more });
const register = (subject: string, schema: unknown, more: object = {}) =>
  ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, body(schema, more));

/** Asks and expects one of the errors of the table. */
async function refused(
  method: string,
  path: string,
  sent: unknown,
  status: number,
  code: number,
  message: unknown,
) {
  const answer = await ask(method, path, sent);
  expect({ status: answer.status, body: answer.json }).toEqual({
    status,
    body: { error_code: code, message },
  });
}

const R = recordOf('a');
const R2 = recordOf('a', 'b?');
const broken = recordOf('a', 'b');

describe('subjects', () => {
  test('begin empty, and are listed in order, by page and prefix', async () => {
    expect((await ask('GET', '/subjects')).text).toBe('[]');
    for (const subject of ['b', 'a', 'B', 'ab']) await register(subject, R);
    expect((await ask('GET', '/subjects')).json).toEqual(['B', 'a', 'ab', 'b']);
    expect((await ask('GET', '/subjects?offset=1&limit=2')).json).toEqual(['a', 'ab']);
    expect((await ask('GET', '/subjects?limit=-1')).json).toHaveLength(4);
    expect((await ask('GET', '/subjects?subjectPrefix=a')).json).toEqual(['a', 'ab']);
    await ask('DELETE', '/subjects/a');
    expect((await ask('GET', '/subjects')).json).toEqual(['B', 'ab', 'b']);
    expect((await ask('GET', '/subjects?deleted=true')).json).toHaveLength(4);
    expect((await ask('GET', '/subjects?deletedOnly=true&deleted=true')).json).toEqual(['a']);
  });

  test('may have any name that a path can carry', async () => {
    for (const subject of [
      'a/b',
      'a:b',
      'a b',
      '%',
      '\u00e9\u4e2d',
      'x'.repeat(2000),
      'latest',
      '..x',
      'a?b#c',
      '__proto__',
    ]) {
      expect((await register(subject, R)).status, subject).toBe(200);
      const answer = await ask('GET', `/subjects/${encodeURIComponent(subject)}/versions/1`);
      expect(answer.json).toMatchObject({ subject, version: 1, id: 1 });
    }
  });

  test('a schema is registered once and found again', async () => {
    const first = await register('s', R);
    expect(first.json).toEqual({
      id: 1,
      version: 1,
      guid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      schemaType: 'AVRO',
      schema: JSON.stringify(R),
      ts: expect.any(Number),
      deleted: false,
    });
    const again = await ask('POST', '/subjects/s/versions', { schema: JSON.stringify(R, null, 2) });
    expect(again.json).toEqual(first.json);
    const found = await ask('POST', '/subjects/s', body(R));
    expect(found.json).toEqual({ subject: 's', ...(first.json as object) });
    await refused('POST', '/subjects/none', body(R), 404, 40401, "Subject 'none' not found.");
    await refused('POST', '/subjects/s', body(R2), 404, 40403, 'Schema not found');
  });

  test('look-up and registration can normalize', async () => {
    const spelled = (x: object) => ({ type: 'record', name: 'R', fields: [], ...x });
    await register('s', spelled({ p: { b: 1, a: 2 }, doc: '' }), {});
    const other = body(spelled({ p: { a: 2, b: 1 } }));
    expect((await ask('POST', '/subjects/s', other)).status).toBe(404);
    const first = await ask(
      'POST',
      '/subjects/s/versions?normalize=true',
      body(spelled({ p: { b: 1, a: 2 } })),
    );
    const second = await ask('POST', '/subjects/s/versions?normalize=true', other);
    expect(second.json).toEqual(first.json);
    expect((await ask('POST', '/subjects/s?normalize=true', other)).status).toBe(200);
    await ask('PUT', '/config', { normalize: true });
    expect((await ask('POST', '/subjects/s/versions', other)).json).toEqual(first.json);
  });

  test('versions are listed and shown, by number and as the latest', async () => {
    await register('s', R);
    await register('s', R2);
    expect((await ask('GET', '/subjects/s/versions')).json).toEqual([1, 2]);
    expect((await ask('GET', '/subjects/s/versions?offset=1')).json).toEqual([2]);
    for (const version of ['2', 'latest', '-1', 'LATEST', '%20latest%20']) {
      expect((await ask('GET', `/subjects/s/versions/${version}`)).json).toMatchObject({ version: 2 });
    }
    const text = await ask('GET', '/subjects/s/versions/1/schema');
    expect(text.text).toBe(JSON.stringify(R));
    expect(text.headers.get('content-type')).toBe(mediaType);
    await refused('GET', '/subjects/none/versions', undefined, 404, 40401, "Subject 'none' not found.");
    await refused('GET', '/subjects/none/versions/1', undefined, 404, 40401, "Subject 'none' not found.");
    await refused('GET', '/subjects/s/versions/3', undefined, 404, 40402, 'Version 3 not found.');
    for (const version of ['0', '-2', 'abc', '2147483648', '1.5']) {
      await refused(
        'GET',
        `/subjects/none/versions/${version}`,
        undefined,
        422,
        42202,
        expect.stringContaining(
          `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
        ),
      );
    }
  });

  test('a soft delete hides, a permanent one must follow', async () => {
    await register('s', R);
    await register('s', R2);
    await refused(
      'DELETE',
      '/subjects/s?permanent=true',
      undefined,
      404,
      40405,
      "Subject 's' was not deleted first before being permanently deleted",
    );
    await refused(
      'DELETE',
      '/subjects/s/versions/1?permanent=true',
      undefined,
      404,
      40407,
      "Subject 's' Version 1 was not deleted first before being permanently deleted",
    );
    expect((await ask('DELETE', '/subjects/s/versions/1')).text).toBe('1');
    await refused(
      'DELETE',
      '/subjects/s/versions/1',
      undefined,
      404,
      40406,
      "Subject 's' Version 1 was soft deleted.Set permanent=true to delete permanently",
    );
    expect((await ask('GET', '/subjects/s/versions')).json).toEqual([2]);
    expect((await ask('GET', '/subjects/s/versions?deleted=true')).json).toEqual([1, 2]);
    expect((await ask('GET', '/subjects/s/versions?deletedOnly=true')).json).toEqual([1]);
    expect((await ask('GET', '/subjects/s/versions?deletedAsNegative=true')).json).toEqual([-1, 2]);
    await refused('GET', '/subjects/s/versions/1', undefined, 404, 40402, 'Version 1 not found.');
    expect((await ask('GET', '/subjects/s/versions/1?deleted=true')).json).toMatchObject({
      version: 1,
      deleted: true,
    });
    expect((await ask('GET', '/schemas/ids/1')).json).toMatchObject({ deleted: true });
    expect((await ask('DELETE', '/subjects/s/versions/latest')).text).toBe('2');
    await refused(
      'DELETE',
      '/subjects/s',
      undefined,
      404,
      40404,
      "Subject 's' was soft deleted.Set permanent=true to delete permanently",
    );
    expect((await ask('DELETE', '/subjects/s?permanent=true')).json).toEqual([1, 2]);
    await refused('DELETE', '/subjects/s', undefined, 404, 40401, "Subject 's' not found.");
    await refused('DELETE', '/subjects/s/versions/1', undefined, 404, 40401, "Subject 's' not found.");
    await refused('GET', '/schemas/ids/1', undefined, 404, 40403, 'Schema 1 not found');
  });

  test('metadata is kept, is part of the schema, and finds it', async () => {
    const metadata = { properties: { owner: 'me', stage: '1' }, tags: { a: ['PII'] } };
    await register('s', R, { metadata });
    await register('s', R2);
    expect((await ask('GET', '/subjects/s/versions/1')).json).toMatchObject({ metadata });
    expect((await ask('GET', '/subjects/s/metadata?key=owner&value=me')).json).toMatchObject({ version: 2 });
    await refused(
      'GET',
      '/subjects/s/metadata?key=owner&value=you',
      undefined,
      404,
      40403,
      'Schema not found',
    );
    await refused(
      'GET',
      '/subjects/none/metadata?key=a&value=b',
      undefined,
      404,
      40401,
      "Subject 'none' not found.",
    );
  });

  test('references are shown, followed and counted', async () => {
    const point = { type: 'record', name: 'Point', fields: [{ name: 'x', type: 'int' }] };
    await register('point', point);
    const references = [{ name: 'Point', subject: 'point', version: 1 }];
    const line = { type: 'record', name: 'Line', fields: [{ name: 'from', type: 'Point' }] };
    await register('line', line, { references });
    expect((await ask('GET', '/subjects/line/versions/1')).json).toMatchObject({
      references,
      schema: JSON.stringify(line),
    });
    expect((await ask('GET', '/subjects/point/versions/1/referencedby')).json).toEqual([2]);
    expect((await ask('GET', '/schemas/ids/2?format=resolved')).json).toMatchObject({
      schema: JSON.stringify({ ...line, fields: [{ name: 'from', type: point }] }),
    });
    await refused(
      'DELETE',
      '/subjects/point',
      undefined,
      422,
      42206,
      expect.stringContaining('{magic=1,keytype=SCHEMA,subject=point,version=1}'),
    );
    await ask('DELETE', '/subjects/line');
    expect((await ask('GET', '/subjects/point/versions/1/referencedby')).json).toEqual([]);
    expect((await ask('GET', '/subjects/point/versions/1/referencedby?deleted=true')).json).toEqual([2]);
  });
});

describe('registration refuses', () => {
  test('what is no schema, with the reason', async () => {
    const cases: [object, unknown][] = [
      [
        { schema: '{"type":"str"}' },
        'Invalid schema of type AVRO, details: Invalid schema {subject=s,schema={"type":"str"}} with refs [] of type AVRO, details: the type "str" is not defined',
      ],
      [{ schema: '' }, 'Empty schema'],
      [{}, 'Empty schema'],
      [{ schema: '"int"', schemaType: 'THRIFT' }, 'Invalid schema type THRIFT'],
      [{ schema: 'message', schemaType: 'PROTOBUF' }, expect.stringContaining('at line 1, column 8')],
      [{ schema: '5', schemaType: 'JSON' }, expect.stringContaining('Invalid schema of type JSON')],
      [
        { schema: '"P"', references: [{ name: 'P', subject: 'p', version: 1 }] },
        expect.stringContaining(
          "with refs [{name='P', subject='p', version=1}] of type AVRO, details: No schema reference found for subject \"p\" and version 1",
        ),
      ],
    ];
    for (const [sent, message] of cases) {
      await refused('POST', '/subjects/s/versions', sent, 422, 42201, message);
    }
    await refused('POST', '/subjects/s', { schema: '{' }, 422, 42201, expect.stringContaining('at line 1'));
    await refused(
      'POST',
      '/subjects/s/versions',
      body(R, { version: 3 }),
      422,
      42201,
      'Version is not one more than previous version',
    );
  });

  test('what breaks those who read', async () => {
    await register('s', R);
    await refused(
      'POST',
      '/subjects/s/versions',
      body(broken),
      409,
      40901,
      expect.stringMatching(
        /^Schema being registered is incompatible with an earlier schema for subject "s", details: \[\{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE'.*\{oldSchemaVersion: 1\}, \{oldSchema: '\{"type":"record".*\}'\}, \{validateFields: 'false', compatibility: 'BACKWARD'\}\]$/,
      ),
    );
    await refused(
      'POST',
      '/subjects/s/versions',
      body(true, { schemaType: 'JSON' }),
      409,
      40901,
      expect.stringContaining('Incompatible because of different schema type'),
    );
  });

  test('subjects that cannot be, rule sets, and schemas that are too large', async () => {
    for (const subject of ['__GLOBAL', '__EMPTY', 'a\u0001', ':.ctx:__EMPTY', ':.__GLOBAL:s']) {
      await refused(
        'POST',
        `/subjects/${encodeURIComponent(subject)}/versions`,
        body(R),
        422,
        42208,
        `The specified subject '${subject}' is not a valid.`,
      );
    }
    await refused(
      'POST',
      '/subjects/s/versions',
      body(R, {
        ruleSet: { domainRules: [{ name: 'x', type: 'CEL' }], encodingRules: [{ name: 'x', type: 'CEL' }] },
      }),
      422,
      42210,
      "Found rule with duplicate name 'x'",
    );
    await refused(
      'POST',
      '/subjects/s/versions',
      { schema: JSON.stringify({ type: 'int', doc: 'x'.repeat(1024 * 1024) }) },
      422,
      42209,
      'Register operation failed because schema is too large',
    );
    await refused(
      'POST',
      '/subjects/s/versions',
      'x'.repeat(9 * 1024 * 1024),
      413,
      413,
      expect.stringContaining('HTTP 413'),
    );
  });

  test('ids outside of IMPORT mode', async () => {
    await refused(
      'POST',
      '/subjects/s/versions',
      body(R, { id: 5 }),
      422,
      42205,
      'Subject s in context . is not in import mode',
    );
  });
});

describe('schemas', () => {
  test('are found by id and GUID, with all who use them', async () => {
    const { guid } = (await register('a', R)).json as { guid: string };
    await register('b', R);
    const schema = {
      guid,
      schemaType: 'AVRO',
      schema: JSON.stringify(R),
      ts: expect.any(Number),
      deleted: false,
    };
    for (const path of ['/schemas/ids/1', `/schemas/guids/${guid}`, '/schemas/ids/1?subject=none']) {
      expect((await ask('GET', path)).json).toEqual(schema);
    }
    expect((await ask('GET', '/schemas/ids/1?subject=b')).json).toEqual({
      subject: 'b',
      version: 1,
      ...schema,
    });
    expect((await ask('GET', '/schemas/ids/1?fetchMaxId=true')).json).toMatchObject({ maxId: 1 });
    expect((await ask('GET', '/schemas/ids/1/schema')).text).toBe(JSON.stringify(R));
    expect((await ask('GET', '/schemas/ids/1/subjects')).json).toEqual(['a', 'b']);
    expect((await ask('GET', '/schemas/ids/1/versions')).json).toEqual([
      { subject: 'a', version: 1 },
      { subject: 'b', version: 1 },
    ]);
    expect((await ask('GET', '/schemas/ids/1/versions?subject=b')).json).toEqual([
      { subject: 'b', version: 1 },
    ]);
    expect((await ask('GET', `/schemas/guids/${guid}/ids`)).json).toEqual([{ context: '.', id: 1 }]);
    await ask('DELETE', '/subjects/a');
    expect((await ask('GET', '/schemas/ids/1/subjects')).json).toEqual(['b']);
    expect((await ask('GET', '/schemas/ids/1/subjects?deleted=true')).json).toEqual(['a', 'b']);
  });

  test('that are not there', async () => {
    await refused('GET', '/schemas/ids/9', undefined, 404, 40403, 'Schema 9 not found');
    await refused('GET', '/schemas/ids/9/schema', undefined, 404, 40403, 'Schema 9 not found');
    await refused('GET', '/schemas/ids/9/subjects', undefined, 404, 40403, 'Schema not found');
    await refused('GET', '/schemas/ids/9/versions', undefined, 404, 40403, 'Schema not found');
    await refused('GET', '/schemas/guids/x', undefined, 404, 40403, 'Schema x not found');
    expect((await ask('GET', '/schemas/guids/x/ids')).json).toEqual([]);
    for (const id of ['x', '1.5', '99999999999'])
      await refused('GET', `/schemas/ids/${id}`, undefined, 404, 404, 'HTTP 404 Not Found');
  });

  test('are listed, all or the latest', async () => {
    await register('b', R);
    await register('a', R);
    await register('a', R2);
    const listed = async (query: string) =>
      ((await ask('GET', `/schemas${query}`)).json as { subject: string; version: number }[]).map(
        ({ subject, version }) => `${subject}${version}`,
      );
    expect(await listed('')).toEqual(['a1', 'a2', 'b1']);
    expect(await listed('?latestOnly=true')).toEqual(['a2', 'b1']);
    expect(await listed('?subjectPrefix=a&offset=1&limit=1')).toEqual(['a2']);
    await ask('DELETE', '/subjects/a/versions/2');
    expect(await listed('?latestOnly=true')).toEqual(['a1', 'b1']);
    expect(await listed('?deleted=true')).toEqual(['a1', 'a2', 'b1']);
  });

  test('have types', async () => {
    expect(new Set((await ask('GET', '/schemas/types')).json as string[])).toEqual(
      new Set(['AVRO', 'JSON', 'PROTOBUF']),
    );
  });

  test('JSON Schema is registered, checked and returned as it was written', async () => {
    const schema = '{"type":"object","properties":{"a":{"type":"number","maximum":1.0}}}';
    const sent = { schemaType: 'JSON', schema: ` ${schema} ` };
    expect((await ask('POST', '/subjects/j/versions', sent)).json).toMatchObject({
      schemaType: 'JSON',
      schema,
    });
    const narrower = { schemaType: 'JSON', schema: schema.replace('1.0', '0.5') };
    await refused(
      'POST',
      '/subjects/j/versions',
      narrower,
      409,
      40901,
      expect.stringContaining('MAXIMUM_DECREASED'),
    );
  });
});

describe('settings', () => {
  test("the level is the registry's, a subject's, or the default", async () => {
    expect((await ask('GET', '/config')).json).toEqual({ compatibilityLevel: 'BACKWARD' });
    await refused(
      'GET',
      '/config/s',
      undefined,
      404,
      40408,
      "Subject 's' does not have subject-level compatibility configured",
    );
    expect((await ask('GET', '/config/s?defaultToGlobal=true')).json).toEqual({
      compatibilityLevel: 'BACKWARD',
    });
    expect((await ask('PUT', '/config', { compatibility: 'full_transitive' })).json).toEqual({
      compatibility: 'FULL_TRANSITIVE',
    });
    expect((await ask('PUT', '/config/s', { compatibility: 'NONE' })).json).toEqual({
      compatibility: 'NONE',
    });
    expect((await ask('GET', '/config/s')).json).toEqual({ compatibilityLevel: 'NONE' });
    expect((await ask('PUT', '/config/s', { normalize: true })).json).toEqual({
      compatibility: 'NONE',
      normalize: true,
    });
    expect((await ask('PUT', '/config/s', { compatibility: null })).json).toEqual({ normalize: true });
    expect((await ask('GET', '/config/s?defaultToGlobal=true')).json).toEqual({
      compatibilityLevel: 'FULL_TRANSITIVE',
      normalize: true,
    });
    expect((await ask('DELETE', '/config/s')).json).toEqual({ normalize: true });
    await refused('DELETE', '/config/s', undefined, 404, 40401, "Subject 's' not found.");
    expect((await ask('DELETE', '/config')).json).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
    expect((await ask('GET', '/config')).json).toEqual({ compatibilityLevel: 'BACKWARD' });
  });

  test('what is no level, or not supported, is refused', async () => {
    const message =
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive';
    await refused('PUT', '/config', { compatibility: 'some' }, 422, 42203, message);
    await refused('PUT', '/config', { compatibility: 5 }, 422, 42203, message);
    await refused(
      'PUT',
      '/config',
      { defaultRuleSet: { domainRules: [{ name: '1' }] } },
      422,
      42210,
      expect.any(String),
    );
    await refused(
      'PUT',
      '/config',
      { overrideMetadata: { properties: { a: 1 } } },
      400,
      400,
      expect.any(String),
    );
    await refused('PUT', '/config', { normalize: 'yes' }, 400, 400, expect.any(String));
    await refused('PUT', '/config', undefined, 422, 422, expect.any(String));
    await refused('PUT', '/config/__GLOBAL', { compatibility: 'NONE' }, 422, 42208, expect.any(String));
  });

  test('each level lets through what it should', async () => {
    const accepted: Record<string, [grow: boolean, shrink: boolean]> = {
      NONE: [true, true],
      BACKWARD: [false, true],
      FORWARD: [true, false],
      FULL: [false, false],
      BACKWARD_TRANSITIVE: [false, true],
      FORWARD_TRANSITIVE: [true, false],
      FULL_TRANSITIVE: [false, false],
    };
    for (const [level, [grow, shrink]] of Object.entries(accepted)) {
      await ask('PUT', '/config', { compatibility: level });
      await register(`grow-${level}`, recordOf('a'));
      expect((await register(`grow-${level}`, recordOf('a', 'b'))).status === 200, level).toBe(grow);
      await register(`shrink-${level}`, recordOf('a', 'b'));
      expect((await register(`shrink-${level}`, recordOf('a'))).status === 200, level).toBe(shrink);
      await register(`both-${level}`, recordOf('a'));
      expect((await register(`both-${level}`, recordOf('a', 'b?'))).status, level).toBe(200);
    }
  });

  test('a lenient policy lets properties come and go', async () => {
    const open = (properties: object) => ({
      schemaType: 'JSON',
      schema: JSON.stringify({ type: 'object', properties }),
    });
    await ask('POST', '/subjects/j/versions', open({ a: { type: 'string' } }));
    const more = open({ a: { type: 'string' }, b: { type: 'string' } });
    expect((await ask('POST', '/subjects/j/versions', more)).status).toBe(409);
    await ask('PUT', '/config/j', { compatibilityPolicy: 'lenient' });
    expect((await ask('POST', '/subjects/j/versions', more)).status).toBe(200);
  });

  test('the mode decides who may write', async () => {
    await register('s', R);
    expect((await ask('GET', '/mode')).json).toEqual({ mode: 'READWRITE' });
    await refused(
      'GET',
      '/mode/s',
      undefined,
      404,
      40409,
      "Subject 's' does not have subject-level mode configured",
    );
    expect((await ask('GET', '/mode/s?defaultToGlobal=true')).json).toEqual({ mode: 'READWRITE' });
    expect((await ask('PUT', '/mode/s', { mode: 'readonly' })).json).toEqual({ mode: 'READONLY' });
    const message = 'Subject s in context . is in read-only mode';
    await refused('POST', '/subjects/s/versions', body(R2), 422, 42205, message);
    await refused('DELETE', '/subjects/s', undefined, 422, 42205, message);
    await refused('DELETE', '/subjects/s/versions/1', undefined, 422, 42205, message);
    await refused('PUT', '/config/s', { compatibility: 'NONE' }, 422, 42205, message);
    expect((await register('s', R)).json).toMatchObject({ id: 1 });
    expect((await ask('DELETE', '/mode/s')).json).toEqual({ mode: 'READONLY' });
    await refused('DELETE', '/mode/s', undefined, 404, 40401, "Subject 's' not found.");
    await refused(
      'PUT',
      '/mode',
      { mode: 'SOME' },
      422,
      42204,
      'Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.',
    );
    await refused(
      'PUT',
      '/mode',
      { mode: 'IMPORT' },
      422,
      42205,
      'Cannot import since found existing subjects',
    );
    expect((await ask('PUT', '/mode?force=true', { mode: 'IMPORT' })).json).toEqual({ mode: 'IMPORT' });
    expect((await ask('PUT', '/mode', { mode: null })).json).toEqual({});
    expect((await ask('DELETE', '/mode')).json).toEqual({ mode: 'READWRITE' });
  });
});

describe('compatibility checks', () => {
  test('are made against one version, or all the level asks for', async () => {
    await register('s', R);
    await register('s', R2);
    const check = async (path: string, schema: unknown) =>
      (await ask('POST', `/compatibility/subjects/${path}`, body(schema))).json;
    expect(await check('s/versions/latest', R)).toEqual({ is_compatible: true });
    expect(await check('s/versions/1', broken)).toEqual({ is_compatible: false });
    expect(await check('s/versions/2', broken)).toEqual({ is_compatible: true });
    expect(await check('s/versions', broken)).toEqual({ is_compatible: true });
    await ask('PUT', '/config/s', { compatibility: 'BACKWARD_TRANSITIVE' });
    expect(await check('s/versions', broken)).toEqual({ is_compatible: false });
    await ask('PUT', '/config/s', { compatibility: 'NONE' });
    expect(await check('s/versions/1', broken)).toEqual({ is_compatible: true });
  });

  test('say why when asked', async () => {
    await register('s', R);
    const answer = await ask('POST', '/compatibility/subjects/s/versions/1?verbose=true', body(broken));
    expect(answer.json).toEqual({
      is_compatible: false,
      messages: expect.arrayContaining([expect.stringContaining('READER_FIELD_MISSING_DEFAULT_VALUE')]),
    });
    expect((await ask('POST', '/compatibility/subjects/s/versions/1?verbose=true', body(R))).json).toEqual({
      is_compatible: true,
      messages: [],
    });
  });

  test('of nothing, or against nothing', async () => {
    expect((await ask('POST', '/compatibility/subjects/none/versions/latest', body(R))).json).toEqual({
      is_compatible: true,
    });
    expect((await ask('POST', '/compatibility/subjects/none/versions', body(R))).json).toEqual({
      is_compatible: true,
    });
    await refused(
      'POST',
      '/compatibility/subjects/none/versions/1',
      body(R),
      404,
      40402,
      'Version 1 not found.',
    );
    await refused('POST', '/compatibility/subjects/none/versions/x', body(R), 422, 42202, expect.any(String));
    await refused(
      'POST',
      '/compatibility/subjects/none/versions/latest',
      { schema: '{' },
      422,
      42201,
      expect.any(String),
    );
    const verbose = await ask('POST', '/compatibility/subjects/none/versions/latest?verbose=true', {
      schema: '{',
    });
    expect(verbose.json).toEqual({
      is_compatible: false,
      messages: [expect.stringContaining('Invalid schema')],
    });
  });
});

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
    const untyped = await fetch(`${registry.url}/subjects/s/versions`, {
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

describe("as version 7 of Confluent's registry", () => {
  test('answers are short, Avro is taken for granted, and 409 has no longer code', async () => {
    await registry.close();
    registry = await start({ personality: 7 });
    expect((await register('s', R)).json).toEqual({ id: 1 });
    expect((await ask('GET', '/schemas/ids/1')).json).toEqual({ schema: JSON.stringify(R) });
    expect((await ask('GET', '/subjects/s/versions/1')).json).toEqual({
      subject: 's',
      version: 1,
      id: 1,
      schema: JSON.stringify(R),
    });
    await refused('POST', '/subjects/s/versions', body(broken), 409, 409, expect.any(String));
    await register('j', true, { schemaType: 'JSON' });
    expect((await ask('GET', '/schemas/ids/2')).json).toEqual({ schemaType: 'JSON', schema: 'true' });
  });
});

test('a registry that is started again has everything', async () => {
  const log = new MemorySchemaLog();
  await registry.close();
  registry = await start({ log });
  await register('s', R);
  await ask('PUT', '/config/s', { compatibility: 'FULL' });
  const before = await ask('GET', '/schemas');
  await registry.close();
  registry = await start({ log });
  expect((await ask('GET', '/schemas')).json).toEqual(before.json);
  expect((await ask('GET', '/config/s')).json).toEqual({ compatibilityLevel: 'FULL' });
});

test('a port that is taken is an error, and the log is closed', async () => {
  const log = new MemorySchemaLog();
  const port = Number(new URL(registry.url).port);
  const options = { log, host: '127.0.0.1', port, logger: silentLogger, clock: systemClock };
  await expect(startRegistry(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
