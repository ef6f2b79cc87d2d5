// What any registry of this interface has to answer. Runs against ours in both personalities, or against the registry at
// REGISTRY_URL (and REGISTRY_COMPAT_LEVEL, 7 or 8). It uses subjects and contexts of its own and removes them.
import { describe, expect, test } from 'vitest';
import { contractLevels, enc, openContract, record } from './contract-fixture.ts';

describe.each(contractLevels)('endpoints of a registry that answers like release %i', (level) => {
  const { mark, used, newTest, next, subject, ask, get, refused, register, twoVersions } = openContract(
    level,
    'e',
  );

  test('GET /subjects', async () => {
    const { name } = await twoVersions();
    expect(await get('/subjects')).toContain(name);
    expect(await get(`/subjects?subjectPrefix=${mark}`)).toEqual([name]);
    expect(await get(`/subjects?subjectPrefix=${mark}&offset=1`)).toEqual([]);
  });

  test('GET /subjects with deleted and deletedOnly', async () => {
    const { name, path } = await twoVersions();
    await ask('DELETE', path);
    expect(await get(`/subjects?subjectPrefix=${mark}`)).toEqual([]);
    expect(await get(`/subjects?subjectPrefix=${mark}&deleted=true`)).toEqual([name]);
    expect(await get(`/subjects?subjectPrefix=${mark}&deletedOnly=true`)).toEqual([name]);
  });

  test('POST /subjects/{s}', async () => {
    const { name, path, ids } = await twoVersions();
    const { status, json } = await ask('POST', path, { schema: record('a') });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { subject: name, version: 1, id: ids[0], schema: record('a') },
    });
  });

  test('DELETE /subjects/{s}, soft and then permanent', async () => {
    const { path } = await twoVersions();
    expect((await ask('DELETE', path)).json).toEqual([1, 2]);
    expect((await ask('DELETE', `${path}?permanent=true`)).json).toEqual([1, 2]);
  });

  test('GET /subjects/{s}/metadata', async () => {
    const name = subject();
    await register(name, record('a'), { metadata: { properties: { k: '1' } } });
    await register(name, record('a', 'b?'), { metadata: { properties: { k: '2' } } });
    expect(await get(`/subjects/${enc(name)}/metadata?key=k&value=1`)).toMatchObject({ version: 1 });
  });

  test('GET /subjects/{s}/versions', async () => {
    const { path } = await twoVersions();
    await ask('DELETE', `${path}/versions/1`);
    expect(await get(`${path}/versions`)).toEqual([2]);
    expect(await get(`${path}/versions?deleted=true`)).toEqual([1, 2]);
    expect(await get(`${path}/versions?deletedOnly=true`)).toEqual([1]);
    expect(await get(`${path}/versions?deletedAsNegative=true`)).toEqual([-1, 2]);
  });

  test('POST /subjects/{s}/versions/{v}/tags, and findTags', async () => {
    const name = subject();
    const path = `/subjects/${enc(name)}/versions`;
    await register(name, record('a'));
    const tag = { schemaEntity: { entityPath: 'R.a', entityType: 'sr_field' }, tags: ['PII'] };
    const { status, json } = await ask('POST', `${path}/1/tags`, { newVersion: 2, tagsToAdd: [tag] });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { version: 2, schema: expect.stringContaining('"confluent:tags":["PII"]') },
    });
    expect(await get(`${path}/2?findTags=PII`)).toMatchObject({ schemaTags: [tag] });
    await ask('POST', `${path}/2/tags`, { tagsToRemove: [tag] });
    expect(await get(`${path}/latest?findTags=*`)).not.toHaveProperty('schemaTags');
  });

  test('POST /subjects/{s}/versions', async () => {
    const name = subject();
    const answer = await register(name, record('a'));
    if (level === 7) expect(answer).toEqual({ id: answer.id });
    else {
      expect(answer).toMatchObject({
        version: 1,
        guid: expect.any(String),
        schemaType: 'AVRO',
        schema: record('a'),
      });
    }
    expect(await register(name, record('a'))).toMatchObject({ id: answer.id });
  });

  test('POST /subjects/{s}/versions?normalize=true', async () => {
    const name = subject();
    const spelled = (p: string) => `{"type":"record","name":"R","fields":[],"doc":"","p":${p}}`;
    const path = `/subjects/${enc(name)}/versions?normalize=true`;
    const first = await ask('POST', path, { schema: spelled('{"b":1,"a":2}') });
    expect((await ask('POST', path, { schema: spelled('{"a":2,"b":1}') })).json).toEqual(first.json);
  });

  test.each(['1', '2', 'latest', '-1'])('GET /subjects/{s}/versions/%s', async (version) => {
    const { name, path, ids } = await twoVersions();
    const number = version === '1' ? 1 : 2;
    const answer = await get(`${path}/versions/${version}`);
    expect(answer).toMatchObject({ subject: name, version: number, id: ids[number - 1] });
    expect(Object.hasOwn(answer as object, 'schemaType')).toBe(level !== 7);
  });

  test('GET /subjects/{s}/versions/{v}/schema', async () => {
    const { path } = await twoVersions();
    expect(await get(`${path}/versions/1/schema`)).toEqual(JSON.parse(record('a')));
  });

  test('GET /subjects/{s}/versions/{v}/referencedby', async () => {
    const { name, path } = await twoVersions();
    const user = subject();
    const references = [{ name: 'R', subject: name, version: 1 }];
    const { id } = await register(user, '{"type":"record","name":"U","fields":[{"name":"r","type":"R"}]}', {
      references,
    });
    expect(await get(`${path}/versions/1/referencedby`)).toEqual([id]);
    expect(await get(`${path}/versions/2/referencedby`)).toEqual([]);
  });

  test('a reference to version -1 is stored as the latest one', async () => {
    const { name } = await twoVersions();
    const user = subject();
    const references = [{ name: 'R', subject: name, version: -1 }];
    await register(user, '{"type":"array","items":"R"}', { references });
    expect(await get(`/subjects/${enc(user)}/versions/1`)).toMatchObject({
      references: [{ name: 'R', subject: name, version: 2 }],
    });
  });

  test('DELETE /subjects/{s}/versions/{v}', async () => {
    const { path } = await twoVersions();
    expect((await ask('DELETE', `${path}/versions/latest`)).json).toBe(2);
    expect((await ask('DELETE', `${path}/versions/2?permanent=true`)).json).toBe(2);
    expect(await get(`${path}/versions?deleted=true`)).toEqual([1]);
  });

  test('GET /schemas', async () => {
    const { name } = await twoVersions();
    const list = (query: string) => get(`/schemas?subjectPrefix=${mark}${query}`);
    expect(await list('')).toMatchObject([
      { subject: name, version: 1 },
      { subject: name, version: 2 },
    ]);
    expect(await list('&latestOnly=true')).toMatchObject([{ version: 2 }]);
    expect(await list('&offset=1&limit=1')).toMatchObject([{ version: 2 }]);
  });

  test('GET /schemas/ids/{id} and what hangs below', async () => {
    const { name, ids } = await twoVersions();
    const path = `/schemas/ids/${ids[0]}`;
    expect(await get(path)).toMatchObject({ schema: record('a') });
    expect(await get(`${path}?subject=${enc(name)}`)).toMatchObject({ subject: name, version: 1 });
    expect(await get(`${path}?fetchMaxId=true`)).toMatchObject({ maxId: expect.any(Number) });
    expect(await get(`${path}/schema`)).toEqual(JSON.parse(record('a')));
    expect(await get(`${path}/subjects`)).toContain(name);
    expect(await get(`${path}/versions`)).toContainEqual({ subject: name, version: 1 });
  });

  newTest('GET /schemas/guids/{guid} and /ids', async () => {
    const name = subject();
    const { guid, id } = await register(name, record('a', 'g?'));
    expect(await get(`/schemas/guids/${guid}`)).toMatchObject({ schema: record('a', 'g?') });
    expect(await get(`/schemas/guids/${guid}/ids`)).toContainEqual({ context: '.', id });
    expect(await get('/schemas/guids/00000000-0000-0000-0000-000000000000/ids')).toEqual([]);
  });

  test('GET /schemas/types', async () => {
    expect(new Set((await get('/schemas/types')) as string[])).toEqual(new Set(['AVRO', 'JSON', 'PROTOBUF']));
  });

  test('POST /compatibility/subjects/{s}/versions/{v}', async () => {
    const { path } = await twoVersions();
    const check = async (version: string, schema: string) =>
      (await ask('POST', `/compatibility${path}/versions${version}`, { schema })).json;
    expect(await check('/latest', record('a'))).toEqual({ is_compatible: true });
    expect(await check('/1', record('a', 'x'))).toEqual({ is_compatible: false });
    expect(await check('', record('a', 'x'))).toEqual({ is_compatible: false });
    expect(await check('/1?verbose=true', record('a', 'x'))).toMatchObject({
      messages: expect.arrayContaining([expect.stringContaining('READER_FIELD_MISSING_DEFAULT_VALUE')]),
    });
  });

  test('a check against nothing is passed', async () => {
    const path = `/compatibility/subjects/${enc(subject())}/versions`;
    expect((await ask('POST', `${path}/latest`, { schema: record('a') })).json).toEqual({
      is_compatible: true,
    });
    expect((await ask('POST', path, { schema: record('a') })).json).toEqual({ is_compatible: true });
  });

  test('GET, PUT and DELETE /config/{s}', async () => {
    const path = `/config/${enc(subject())}`;
    expect((await ask('PUT', path, { compatibility: 'full' })).json).toEqual({ compatibility: 'FULL' });
    expect(await get(path)).toMatchObject({ compatibilityLevel: 'FULL' });
    expect((await ask('PUT', path, { normalize: true })).json).toEqual({
      compatibility: 'FULL',
      normalize: true,
    });
    expect((await ask('PUT', path, { compatibility: null })).json).toEqual({ normalize: true });
    expect((await ask('PUT', path, {})).json).toEqual({ normalize: true });
    expect((await ask('DELETE', path)).json).toMatchObject({ normalize: true });
    expect(await get(`${path}?defaultToGlobal=true`)).toMatchObject({
      compatibilityLevel: expect.any(String),
    });
    expect(await get('/config')).toMatchObject({ compatibilityLevel: expect.any(String) });
  });

  test('GET, PUT and DELETE /mode/{s}', async () => {
    const path = `/mode/${enc(subject())}`;
    expect((await ask('PUT', path, { mode: 'READONLY' })).json).toEqual({ mode: 'READONLY' });
    expect(await get(path)).toEqual({ mode: 'READONLY' });
    expect((await ask('DELETE', path)).json).toEqual({ mode: 'READONLY' });
    expect(await get(`${path}?defaultToGlobal=true`)).toEqual({ mode: expect.any(String) });
  });

  test('IMPORT mode keeps ids and versions', async () => {
    const name = subject();
    const id = 1_000_000 + next();
    await ask('PUT', `/mode/${enc(name)}`, { mode: 'IMPORT' });
    await register(name, record('a', `i${id}?`), { id, version: 7 });
    expect(await get(`/subjects/${enc(name)}/versions/7`)).toMatchObject({ id });
  });

  test('contexts keep subjects and ids apart', async () => {
    const context = `.${mark}`;
    const local = `in-${next()}`;
    const name = `:${context}:${local}`;
    used.add(name);
    const answer = await ask('POST', `/contexts/${context}/subjects/${local}/versions`, {
      schema: record('a', 'c?'),
    });
    expect(answer).toMatchObject({ status: 200, json: { id: 1 } });
    expect(await get('/contexts')).toEqual(expect.arrayContaining(['.', context]));
    expect(await get(`/contexts/${context}/subjects`)).toEqual([name]);
    expect(await get(`/subjects?subjectPrefix=${enc(`:${context}:`)}`)).toEqual([name]);
    expect(await get(`/subjects?subjectPrefix=${enc(':*:in-')}`)).toContain(name);
    expect(await get(`/subjects/${enc(name)}/versions/1`)).toMatchObject({ subject: name, id: 1 });
    expect(await get(`/contexts/${context}/subjects/${local}/versions/latest`)).toMatchObject({
      subject: name,
    });
    expect(await get(`/contexts/${context}/schemas/ids/1`)).toMatchObject({ schema: record('a', 'c?') });
    expect(await get(`/schemas/ids/1?subject=${enc(`:${context}:`)}`)).toMatchObject({
      schema: record('a', 'c?'),
    });
    expect(await get(`/contexts/${context}/schemas`)).toMatchObject([{ subject: name }]);
    await refused(
      422,
      42211,
      `The specified context '${context}' is not empty.`,
      'DELETE',
      `/contexts/${context}`,
    );
  });

  test('settings of a context hold for its subjects', async () => {
    const context = `.${mark}s`;
    const name = subject(context);
    await ask('PUT', `/contexts/${context}/config`, { compatibility: 'NONE' });
    expect(await get(`/config/${enc(`:${context}:`)}`)).toMatchObject({ compatibilityLevel: 'NONE' });
    expect(await get(`/config/${enc(name)}?defaultToGlobal=true`)).toMatchObject({
      compatibilityLevel: 'NONE',
    });
    await ask('DELETE', `/contexts/${context}/config`);
    await refused(404, 40408, expect.stringContaining(name), 'GET', `/config/${enc(name)}`);
  });

  test('DELETE /contexts/{c}', async () => {
    const context = `.${mark}d`;
    const name = subject(context);
    await register(name, record('a'));
    await ask('DELETE', `/subjects/${enc(name)}`);
    await ask('DELETE', `/subjects/${enc(name)}?permanent=true`);
    expect(await ask('DELETE', `/contexts/${context}`)).toEqual({ status: 204, json: undefined });
    expect(await get('/contexts')).not.toContain(context);
  });

  test('an alias is another name of a subject', async () => {
    const { name } = await twoVersions();
    const alias = subject();
    await ask('PUT', `/config/${enc(alias)}`, { alias: name });
    expect(await get(`/subjects/${enc(alias)}/versions/latest`)).toMatchObject({
      subject: name,
      version: 2,
    });
    expect(await get(`/schemas?subjectPrefix=${mark}&latestOnly=true&aliases=true`)).toMatchObject([
      { aliases: [alias] },
    ]);
  });

  test('metadata and rules: defaults, what is given, overrides, and what the latest version had', async () => {
    const name = subject();
    const rule = (each: string) => ({
      name: each,
      kind: 'CONDITION',
      mode: 'WRITE',
      type: 'CEL',
      expr: 'true',
      disabled: false,
    });
    await ask('PUT', `/config/${enc(name)}`, {
      defaultMetadata: { properties: { a: 'default', b: 'default', c: 'default' } },
      overrideMetadata: { properties: { c: 'override' } },
      defaultRuleSet: { domainRules: [rule('d')] },
    });
    await register(name, record('a'), {
      metadata: { properties: { b: 'given', c: 'given' } },
      ruleSet: { domainRules: [rule('g')] },
    });
    const expected = {
      metadata: { properties: { a: 'default', b: 'given', c: 'override' } },
      ruleSet: { domainRules: [rule('d'), rule('g')] },
    };
    expect(await get(`/subjects/${enc(name)}/versions/1`)).toMatchObject(expected);
    await register(name, record('a', 'b?'));
    expect(await get(`/subjects/${enc(name)}/versions/2`)).toMatchObject(expected);
    expect(await get(`/schemas?subjectPrefix=${mark}&ruleType=CEL&latestOnly=true`)).toMatchObject([
      { version: 2 },
    ]);
    expect(await get(`/schemas?subjectPrefix=${mark}&ruleType=OTHER`)).toEqual([]);
  });

  test('compatibility groups are compared on their own', async () => {
    const name = subject();
    await ask('PUT', `/config/${enc(name)}`, { compatibilityGroup: 'major' });
    await register(name, record('a'), { metadata: { properties: { major: '1' } } });
    await register(name, record('a', 'x'), { metadata: { properties: { major: '2' } } });
    const broken = { schema: record('a', 'x', 'y'), metadata: { properties: { major: '2' } } };
    expect((await ask('POST', `/subjects/${enc(name)}/versions`, broken)).status).toBe(409);
  });

  test('Protobuf is stored in canonical form, taken as a descriptor, and given as one', async () => {
    const name = subject();
    const schema = 'syntax = "proto3"; package p; message M { int32 a = 1; }';
    const stored = 'syntax = "proto3";\npackage p;\n\nmessage M {\n  int32 a = 1;\n}\n';
    const { id } = await register(name, schema, { schemaType: 'PROTOBUF' });
    expect(await get(`/schemas/ids/${id}`)).toMatchObject({ schemaType: 'PROTOBUF', schema: stored });
    const { schema: serialized } = (await get(`/schemas/ids/${id}?format=serialized`)) as {
      schema: string;
    };
    expect(serialized).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const found = await ask('POST', `/subjects/${enc(name)}`, {
      schema: serialized,
      schemaType: 'PROTOBUF',
    });
    expect(found).toMatchObject({ status: 200, json: { id } });
  });

  test.each([
    ['/', {}],
    ['/v1/metadata/id', { scope: { path: [] } }],
    ['/v1/metadata/version', { version: expect.any(String), commitId: expect.any(String) }],
    ['/v1/metadata/deployment', { attributes: [] }],
  ])('GET %s', async (path, expected) => {
    expect(await get(path)).toMatchObject(expected);
  });

  test('the probe for associations is answered in JSON', async () => {
    const { status, json } = await ask(
      'GET',
      '/associations/resources/-/topic?resourceType=topic&associationType=value&offset=0&limit=-1',
    );
    if (status === 200) expect(json).toEqual([]);
    else
      expect({ status, json }).toMatchObject({
        status: 404,
        json: { error_code: expect.any(Number), message: expect.any(String) },
      });
  });
});
