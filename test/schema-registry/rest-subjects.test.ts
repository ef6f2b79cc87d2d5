import { describe, expect, test } from 'vitest';
import { body, mediaType, openRest, R, R2 } from './rest-fixture.ts';

const { ask, refused, register } = openRest();

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
