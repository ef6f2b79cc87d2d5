import { describe, expect, test } from 'vitest';
import { body, broken, openRest, R } from './rest-fixture.ts';

const { ask, refused, register, restart } = openRest();

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

describe("as version 7 of Confluent's registry", () => {
  test('answers are short, Avro is taken for granted, and 409 has no longer code', async () => {
    await restart({ personality: 7 });
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

  test('a Protobuf field may move into a oneof that is there; of version 8 it may not', async () => {
    const proto = (members: string) => ({
      schemaType: 'PROTOBUF',
      schema: `syntax = "proto3"; message M { ${members} }`,
    });
    const answers = async () => {
      const first = await ask('POST', '/subjects/p/versions', proto('int32 a = 1; oneof o { int32 b = 2; }'));
      const moved = proto('oneof o { int32 a = 1; int32 b = 2; }');
      const together = proto('oneof o { int32 a = 1; int32 b = 2; int32 c = 3; }');
      const path = '/compatibility/subjects/p/versions/latest?verbose=true';
      await ask('POST', '/subjects/t/versions', proto('int32 a = 1; int32 b = 2; oneof o { int32 c = 3; }'));
      const both = await ask('POST', path.replace('/p/', '/t/'), together);
      expect(JSON.stringify(both.json)).toContain('MULTIPLE_FIELDS_MOVED_TO_ONEOF');
      return [first.status, (await ask('POST', path, moved)).json];
    };
    expect(await answers()).toEqual([
      200,
      {
        is_compatible: false,
        messages: expect.arrayContaining([expect.stringContaining('FIELD_MOVED_TO_EXISTING_ONEOF')]),
      },
    ]);
    await restart({ personality: 7 });
    expect(await answers()).toEqual([200, { is_compatible: true, messages: [] }]);
  });
});
