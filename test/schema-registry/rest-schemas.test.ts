import { describe, expect, test } from 'vitest';
import { body, broken, openRest, R, R2 } from './rest-fixture.ts';

const { ask, refused, register } = openRest();

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
