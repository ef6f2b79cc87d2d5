// What any registry of this interface has to answer. Runs against ours in both personalities, or against the registry at
// REGISTRY_URL (and REGISTRY_COMPAT_LEVEL, 7 or 8). It uses subjects and contexts of its own and removes them.
import { describe, expect, test } from 'vitest';
import { contractLevels, enc, openContract, record } from './contract-fixture.ts';

describe.each(contractLevels)('refusals of a registry that answers like release %i', (level) => {
  const { mark, newTest, next, subject, ask, refused, register, twoVersions } = openContract(level, 'r');

  test('40401 of every path with a subject', async () => {
    const name = subject();
    const message = `Subject '${name}' not found.`;
    const path = `/subjects/${enc(name)}`;
    await refused(404, 40401, message, 'GET', `${path}/versions`);
    await refused(404, 40401, message, 'GET', `${path}/versions/1`);
    await refused(404, 40401, message, 'GET', `${path}/versions/latest`);
    await refused(404, 40401, message, 'POST', path, { schema: record('a') });
    await refused(404, 40401, message, 'DELETE', path);
    await refused(404, 40401, message, 'DELETE', `${path}/versions/1`);
    await refused(404, 40401, message, 'DELETE', `/config/${enc(name)}`);
    await refused(404, 40401, message, 'DELETE', `/mode/${enc(name)}`);
  });

  test('40402', async () => {
    const { path } = await twoVersions();
    await refused(404, 40402, 'Version 3 not found.', 'GET', `${path}/versions/3`);
    await refused(404, 40402, 'Version 3 not found.', 'POST', `/compatibility${path}/versions/3`, {
      schema: record('a'),
    });
    await refused(
      404,
      40402,
      'Version 1 not found.',
      'POST',
      `/compatibility/subjects/${mark}-none/versions/1`,
      { schema: record('a') },
    );
  });

  test('40403', async () => {
    const { path } = await twoVersions();
    await refused(404, 40403, 'Schema not found', 'POST', path, { schema: record('z') });
    await refused(404, 40403, 'Schema 2147483647 not found', 'GET', '/schemas/ids/2147483647');
    await refused(404, 40403, 'Schema not found', 'GET', '/schemas/ids/2147483647/subjects');
    await refused(404, 40403, 'Schema not found', 'GET', '/schemas/ids/2147483647/versions');
  });

  test('40404, 40405, 40406 and 40407', async () => {
    const { name, path } = await twoVersions();
    await refused(
      404,
      40405,
      `Subject '${name}' was not deleted first before being permanently deleted`,
      'DELETE',
      `${path}?permanent=true`,
    );
    await refused(
      404,
      40407,
      `Subject '${name}' Version 1 was not deleted first before being permanently deleted`,
      'DELETE',
      `${path}/versions/1?permanent=true`,
    );
    await ask('DELETE', `${path}/versions/1`);
    await refused(
      404,
      40406,
      `Subject '${name}' Version 1 was soft deleted.Set permanent=true to delete permanently`,
      'DELETE',
      `${path}/versions/1`,
    );
    await ask('DELETE', path);
    await refused(
      404,
      40404,
      `Subject '${name}' was soft deleted.Set permanent=true to delete permanently`,
      'DELETE',
      path,
    );
  });

  test('40408 and 40409', async () => {
    const name = subject();
    await refused(
      404,
      40408,
      `Subject '${name}' does not have subject-level compatibility configured`,
      'GET',
      `/config/${enc(name)}`,
    );
    await refused(
      404,
      40409,
      `Subject '${name}' does not have subject-level mode configured`,
      'GET',
      `/mode/${enc(name)}`,
    );
  });

  test('409', async () => {
    const { name, path } = await twoVersions();
    const message = expect.stringMatching(
      new RegExp(
        `^Schema being registered is incompatible with an earlier schema for subject "${name}", details: \\[\\{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE'.*\\{oldSchemaVersion: 2\\}, \\{oldSchema: '.*'\\}, \\{validateFields: 'false', compatibility: 'BACKWARD'\\}\\]$`,
      ),
    );
    await refused(409, level === 7 ? 409 : 40901, message, 'POST', `${path}/versions`, {
      schema: record('a', 'x'),
    });
  });

  test('42201', async () => {
    const path = `/subjects/${enc(subject())}/versions`;
    await refused(
      422,
      42201,
      expect.stringContaining('Invalid schema of type AVRO, details: '),
      'POST',
      path,
      { schema: '{"type":"str"}' },
    );
    await refused(
      422,
      42201,
      expect.stringContaining('Invalid schema of type JSON, details: '),
      'POST',
      path,
      { schema: '{', schemaType: 'JSON' },
    );
    await refused(
      422,
      42201,
      expect.stringContaining('Invalid schema of type PROTOBUF, details: '),
      'POST',
      path,
      { schema: 'message', schemaType: 'PROTOBUF' },
    );
    await refused(422, 42201, 'Invalid schema type THRIFT', 'POST', path, {
      schema: '{}',
      schemaType: 'THRIFT',
    });
    await refused(422, 42201, 'Empty schema', 'POST', path, { schema: '' });
    const references = [{ name: 'R', subject: `${mark}-none`, version: 1 }];
    await refused(
      422,
      42201,
      expect.stringContaining(`No schema reference found for subject "${mark}-none" and version 1`),
      'POST',
      path,
      { schema: '"R"', references },
    );
    await refused(422, 42201, 'Version is not one more than previous version', 'POST', path, {
      schema: record('a'),
      version: 5,
    });
  });

  test.each(['0', '-2', 'abc', '2147483648'])('42202 for version %s', async (version) => {
    const message = expect.stringContaining(
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    );
    await refused(422, 42202, message, 'GET', `/subjects/${mark}-none/versions/${version}`);
    await refused(422, 42202, message, 'DELETE', `/subjects/${mark}-none/versions/${version}`);
  });

  test('42203', async () => {
    const message =
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive';
    await refused(422, 42203, message, 'PUT', `/config/${enc(subject())}`, { compatibility: 'SOME' });
  });

  test('42204', async () => {
    const values =
      level === 7 ? 'READWRITE, READONLY, and IMPORT' : 'READWRITE, READONLY, IMPORT and FORWARD';
    await refused(422, 42204, `Invalid mode. Valid values are ${values}.`, 'PUT', `/mode/${enc(subject())}`, {
      mode: 'SOME',
    });
  });

  newTest('42204 for FORWARD of a subject', async () => {
    await refused(
      422,
      42204,
      'Forward mode only supported on global level',
      'PUT',
      `/mode/${enc(subject())}`,
      { mode: 'FORWARD' },
    );
  });

  test('42205', async () => {
    const { name, path } = await twoVersions();
    const where = level === 7 ? '' : ' in context .';
    await refused(422, 42205, `Subject ${name}${where} is not in import mode`, 'POST', `${path}/versions`, {
      schema: record('z?'),
      id: 99,
    });
    await refused(422, 42205, 'Cannot import since found existing subjects', 'PUT', `/mode/${enc(name)}`, {
      mode: 'IMPORT',
    });
    await ask('PUT', `/mode/${enc(name)}`, { mode: 'READONLY' });
    const message = `Subject ${name}${where} is in read-only mode`;
    await refused(422, 42205, message, 'POST', `${path}/versions`, { schema: record('z?') });
    await refused(422, 42205, message, 'DELETE', path);
    await refused(422, 42205, message, 'DELETE', `${path}/versions/1`);
    await refused(422, 42205, message, 'PUT', `/config/${enc(name)}`, { compatibility: 'NONE' });
    expect((await ask('POST', `${path}/versions`, { schema: record('a') })).status).toBe(200);
  });

  test('42206', async () => {
    const { name, path } = await twoVersions();
    const references = [{ name: 'R', subject: name, version: 1 }];
    await register(subject(), '{"type":"map","values":"R"}', { references });
    const message = `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${name},version=1}.`;
    await refused(422, 42206, message, 'DELETE', path);
    await refused(422, 42206, message, 'DELETE', `${path}/versions/1`);
  });

  test('42207', async () => {
    const name = subject();
    const id = 2_000_000 + next();
    await ask('PUT', `/mode/${enc(name)}`, { mode: 'IMPORT' });
    await register(name, record('a', `j${id}?`), { id, version: 1 });
    const again = { schema: record('a', `j${id}?`), id: id + 1, version: 1 };
    await refused(
      422,
      42207,
      'The ID of an imported schema does not match the existing ID',
      'POST',
      `/subjects/${enc(name)}/versions`,
      again,
    );
  });

  test.each(['__GLOBAL', '__EMPTY', 'a\u0001'])('42208 for %o', async (name) => {
    await refused(
      422,
      42208,
      `The specified subject '${name}' is not a valid.`,
      'POST',
      `/subjects/${enc(name)}/versions`,
      { schema: '"int"' },
    );
    await refused(
      422,
      42208,
      `The specified subject '${name}' is not a valid.`,
      'PUT',
      `/config/${enc(name)}`,
      { compatibility: 'NONE' },
    );
  });

  test('42209', async () => {
    const schema = JSON.stringify({ type: 'int', doc: 'x'.repeat(1024 * 1024) });
    await refused(
      422,
      42209,
      'Register operation failed because schema is too large',
      'POST',
      `/subjects/${enc(subject())}/versions`,
      { schema },
    );
  });

  test('42210', async () => {
    const rule = { name: 'x', type: 'CEL', mode: 'READ' };
    const ruleSet = { domainRules: [rule, rule] };
    await refused(
      422,
      42210,
      "Found rule with duplicate name 'x'",
      'POST',
      `/subjects/${enc(subject())}/versions`,
      { schema: '"int"', ruleSet },
    );
  });

  test('400, 404, 405 and 422 of HTTP itself', async () => {
    await refused(404, 404, 'HTTP 404 Not Found', 'GET', '/nothing/here');
    await refused(404, 404, 'HTTP 404 Not Found', 'GET', '/schemas/ids/abc');
    await refused(405, 405, 'HTTP 405 Method Not Allowed', 'PUT', '/subjects', {});
    await refused(400, 400, expect.any(String), 'POST', `/subjects/${enc(subject())}/versions`, '{');
  });
});
