import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemorySchemaLog } from '../../schema-registry/index.ts';
import { findById } from '../../schema-registry/store/query.ts';
import { replay } from '../../schema-registry/store/replay.ts';
import { RegistryState } from '../../schema-registry/store/state.ts';
import { openStore } from './fixture.ts';
import { deleteSubject, keys, register, setLevel, setMode } from './store-writes.ts';

describe('the log', () => {
  test('keys and values are byte for byte those of Confluent', async () => {
    const log = new MemorySchemaLog();
    const store = await openStore(log);
    await setLevel(store, null, 'NONE');
    await setLevel(store, 's', 'FULL');
    await setMode(store, 's', 'READWRITE');
    await register(store, 's', 'int');
    await deleteSubject(store, 's');
    await deleteSubject(store, 's', true);
    expect(keys(log)).toEqual([
      '{"keytype":"CONFIG","magic":0}',
      '{"keytype":"CONFIG","subject":"s","magic":0}',
      '{"keytype":"MODE","subject":"s","magic":0}',
      '{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}',
      '{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}',
      '{"keytype":"NOOP","magic":0}',
      '{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}',
      '{"keytype":"MODE","subject":"s","magic":0}',
      '{"keytype":"CONFIG","subject":"s","magic":0}',
    ]);
    expect(log.records.slice(0, 5).map(({ value }) => value?.toString())).toEqual([
      '{"compatibilityLevel":"NONE"}',
      '{"subject":"s","compatibilityLevel":"FULL"}',
      '{"subject":"s","mode":"READWRITE"}',
      '{"subject":"s","version":1,"id":1,"md5":"71JOobkecxc9k4reNsHbMg==","schemaType":"AVRO","schema":"\\"int\\"","deleted":false}',
      '{"subject":"s","version":1}',
    ]);
  });

  test('the first schema of an id and of a version stays; a deletion counts however the schema is spelled', () => {
    const state = new RegistryState();
    const put = (subject: string, version: number, id: number, schema: string, deleted = false) =>
      replay(state, {
        key: Buffer.from(JSON.stringify({ keytype: 'SCHEMA', subject, version, magic: 1 })),
        value: Buffer.from(JSON.stringify({ subject, version, id, schema, deleted })),
        timestampMs: 0,
      });
    expect(put('s', 1, 1, '"int"')).toEqual({ skipped: undefined });
    expect(put('t', 1, 1, '"long"')).toEqual({
      skipped: 'the id has another schema',
      repair: { subject: 't', version: 1 },
    });
    expect(put('s', 1, 2, '"long"')).toEqual({
      skipped: 'the version has another schema',
      repair: { subject: 's', version: 1 },
    });
    expect(state.version('s', 1)).toMatchObject({ isDeleted: false, content: { id: 1, schema: '"int"' } });
    expect(put('s', 1, 1, ' "int"', true)).toEqual({ skipped: undefined });
    expect(state.version('s', 1)).toMatchObject({ isDeleted: true, content: { schema: '"int"' } });
  });

  test('records of Confluent and Karapace in older spellings are read', () => {
    const state = new RegistryState();
    const put = (key: object, value: object | null) =>
      replay(state, {
        key: Buffer.from(JSON.stringify(key)),
        value: value && Buffer.from(JSON.stringify(value)),
        timestampMs: 0,
      });
    put(
      { subject: 's', version: 1, magic: 1, keytype: 'SCHEMA' },
      { subject: 's', version: 1, id: 7, schema: '"int"', deleted: false },
    );
    put({ keytype: 'CONFIG', subject: null, magic: 0 }, { compatibilityLevel: 'FULL' });
    put({ keytype: 'SCHEMA', subject: ':.c:s', version: 1, magic: 1 }, { id: 7, schema: '"long"' });
    expect(state.version('s', 1)?.content).toMatchObject({ id: 7, schemaType: 'AVRO' });
    expect(state.configs.get(null)).toEqual({ compatibilityLevel: 'FULL' });
    expect(state.version(':.c:s', 1)?.content.schema).toBe('"long"');
    expect(findById(state, 7)?.schema).toBe('"int"');
  });

  test('a key in another spelling is removed when its meaning changes, so that it cannot come back', async () => {
    const karapaceKey = Buffer.from('{"keytype":"CONFIG","subject":null,"magic":0}');
    const value = Buffer.from('{"compatibilityLevel":"FULL"}');
    const log = new MemorySchemaLog([{ offset: 0, timestampMs: 0, key: karapaceKey, value }]);
    const store = await openStore(log);
    await setLevel(store, null, 'NONE');
    expect(log.records[1]).toMatchObject({ key: karapaceKey, value: null });
    expect(keys(log).at(-1)).toBe('{"keytype":"CONFIG","magic":0}');
    const again = await openStore(log.compacted());
    expect(again.state.configs.get(null)).toEqual({ compatibilityLevel: 'NONE' });
  });

  test('an id that has a schema keeps it, whatever comes later', () => {
    const state = new RegistryState();
    const put = (version: number, schema: string) =>
      replay(state, {
        key: Buffer.from(`{"keytype":"SCHEMA","subject":"s","version":${version},"magic":1}`),
        value: Buffer.from(JSON.stringify({ id: 1, schema })),
        timestampMs: 0,
      });
    put(1, '"int"');
    expect(put(2, '"long"').skipped).toBe('the id has another schema');
    expect(findById(state, 1)?.schema).toBe('"int"');
    expect(state.version('s', 2)).toBeUndefined();
  });

  test('DELETE_SUBJECT passes over versions that compaction has taken', () => {
    const state = new RegistryState();
    const key = Buffer.from('{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}');
    expect(
      replay(state, { key, value: Buffer.from('{"subject":"s","version":3}'), timestampMs: 0 }).skipped,
    ).toBeUndefined();
    expect(state.subjects.size).toBe(0);
  });

  test('garbage never throws and changes nothing', () => {
    const keytype = fc.constantFrom(
      'SCHEMA',
      'CONFIG',
      'MODE',
      'DELETE_SUBJECT',
      'CLEAR_SUBJECT',
      'NOOP',
      'CONTEXT',
      'ASSOC',
      'X',
    );
    const anyKey = fc.record({
      keytype,
      subject: fc.anything(),
      version: fc.anything(),
      magic: fc.constantFrom(0, 1, 2, '0'),
    });
    const bytes = fc.oneof(
      fc.uint8Array().map((array) => Buffer.from(array)),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
      anyKey.map((value) =>
        Buffer.from(
          JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? 1 : part)) ?? '',
        ),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.option(bytes), fc.option(bytes))), (records) => {
        const state = new RegistryState();
        for (const [key, value] of records) replay(state, { key, value, timestampMs: 0 });
      }),
      { numRuns: 300 },
    );
  });

  test('SCHEMA values of any shape never throw', () => {
    const value = fc.record(
      {
        id: fc.oneof(fc.integer(), fc.anything()),
        schema: fc.oneof(fc.string(), fc.anything()),
        schemaType: fc.anything(),
        references: fc.oneof(
          fc.array(fc.record({ name: fc.string(), subject: fc.string(), version: fc.integer() })),
          fc.anything(),
        ),
        metadata: fc.oneof(fc.record({ properties: fc.dictionary(fc.string(), fc.string()) }), fc.object()),
        ruleSet: fc.object(),
        deleted: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), value)), (records) => {
        const state = new RegistryState();
        for (const [version, fields] of records) {
          const key = Buffer.from(JSON.stringify({ keytype: 'SCHEMA', subject: 's', version, magic: 1 }));
          const text = JSON.stringify(fields, (_key, part: unknown) => (typeof part === 'bigint' ? 1 : part));
          replay(state, { key, value: Buffer.from(text), timestampMs: 0 });
        }
      }),
      { numRuns: 300 },
    );
  });
});
