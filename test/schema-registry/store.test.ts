import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { MemorySchemaLog, RegistryError, type RegistryStore } from '../../schema-registry/index.ts';
import { decideDeleteSubject, decideDeleteVersion } from '../../schema-registry/store/deletion.ts';
import { schemaGuid } from '../../schema-registry/store/guid.ts';
import { findById } from '../../schema-registry/store/query.ts';
import { decideRegister, type RegisterRequest } from '../../schema-registry/store/registration.ts';
import { replay } from '../../schema-registry/store/replay.ts';
import { decideUpdateConfig, decideUpdateMode } from '../../schema-registry/store/setting-change.ts';
import { RegistryState } from '../../schema-registry/store/state.ts';
import { avro, openStore, recordOf, snapshot } from './fixture.ts';

const register = (
  store: RegistryStore,
  subject: string,
  schema: unknown,
  more: Partial<RegisterRequest> = {},
) =>
  store.write('Register', (state, reader) =>
    decideRegister(state, reader, { subject, definition: avro(schema), normalize: false, ...more }),
  );
const deleteSubject = (store: RegistryStore, subject: string, permanent = false) =>
  store.write('Delete subject', (state) => decideDeleteSubject(state, { subject, permanent }));
const deleteVersion = (store: RegistryStore, subject: string, version: number, permanent = false) =>
  store.write('Delete', (state) => decideDeleteVersion(state, { subject, permanent, version }));
const setLevel = (store: RegistryStore, subject: string | null, compatibilityLevel: 'NONE' | 'FULL') =>
  store.write('Update', (state) => decideUpdateConfig(state, subject, { compatibilityLevel }));
const setMode = (
  store: RegistryStore,
  subject: string | null,
  mode: 'IMPORT' | 'READONLY' | 'READWRITE',
  force = false,
) => store.write('Update', (state) => decideUpdateMode(state, subject, { mode, force }));

const keys = (log: MemorySchemaLog) => log.records.map(({ key }) => key?.toString());

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

describe('ids', () => {
  test('the same schema has one id in all subjects, and one version per subject however often it is registered', async () => {
    const store = await openStore();
    const first = await register(store, 'a', recordOf('x'));
    expect(await register(store, 'a', recordOf('x'))).toEqual(first);
    expect(await register(store, 'b', recordOf('x'))).toEqual({ ...first, subject: 'b' });
    expect((await register(store, 'a', recordOf('x', 'y?'))).id).toBe(2);
  });

  test('an id does not come back after its schema is gone, not even after compaction and a restart', async () => {
    const log = new MemorySchemaLog();
    const store = await openStore(log);
    await register(store, 'a', 'int');
    await register(store, 'b', 'long');
    await deleteSubject(store, 'b');
    await deleteSubject(store, 'b', true);
    expect(findById(store.state, 2)).toBeUndefined();
    const again = await openStore(log.compacted());
    expect(await register(again, 'b', 'string')).toMatchObject({ id: 3, version: 1 });
  });

  test('an id that was in a record that may or may not have been written is not given again', async () => {
    const log = new MemorySchemaLog();
    let isBroken = false;
    const store = await openStore({
      append: (key, value) => (isBroken ? Promise.reject(new Error('disk full')) : log.append(key, value)),
      readToEnd: () => log.readToEnd(),
      read: (onRecord) => log.read(onRecord),
      close: () => log.close(),
    });
    await register(store, 'a', 'int');
    isBroken = true;
    await expect(register(store, 'a', 'long')).rejects.toMatchObject({ status: 500, errorCode: 50001 });
    isBroken = false;
    expect(await register(store, 'a', 'long')).toMatchObject({ id: 3, version: 2 });
  });

  test('a soft-deleted schema that is registered again gets its id and a new version', async () => {
    const log = new MemorySchemaLog();
    const store = await openStore(log);
    await register(store, 'a', 'int');
    await deleteSubject(store, 'a');
    expect(await register(store, 'a', 'int')).toMatchObject({ id: 1, version: 2 });
    expect(store.state.versions('a', true).map(({ version }) => version)).toEqual([2]);
  });
});

describe('writes', () => {
  test('nothing comes between a check and the change that depends on it', async () => {
    const store = await openStore();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        register(store, `s${index % 4}`, recordOf(`f${index % 5}`)).catch((error: unknown) => error),
      ),
    );
    const errors = all.filter((each) => each instanceof RegistryError);
    expect(errors.every(({ errorCode }) => errorCode === 40901)).toBe(true);
    const guids = [...store.state.contexts.values()].flatMap(({ ids }) =>
      [...ids.values()].map(({ guid }) => guid),
    );
    expect(new Set(guids).size).toBe(guids.length);
  });

  test('an answer is given only when the change can be read', async () => {
    const pending: (() => void)[] = [];
    const log = new MemorySchemaLog();
    const store = await openStore({
      append: (key, value) => log.append(key, value),
      readToEnd: () => log.readToEnd(),
      read: (onRecord) => log.read((record) => pending.push(() => onRecord(record))),
      close: () => log.close(),
    });
    let isDone = false;
    const registering = register(store, 'a', 'int').then(() => {
      isDone = true;
    });
    await expect.poll(() => pending.length).toBe(1);
    expect(isDone).toBe(false);
    pending[0]?.();
    await registering;
    expect(store.state.version('a', 1)).toBeDefined();
  });

  test('a log that does not answer is a timeout, later writers wait for it, and trying again is safe', async () => {
    const clock = new ManualClock();
    const log = new MemorySchemaLog();
    const release: (() => void)[] = [];
    const slow = {
      async append(key: Buffer, value: Buffer | null) {
        await new Promise<void>((resolve) => {
          release.push(resolve);
        });
        return log.append(key, value);
      },
      readToEnd: () => log.readToEnd(),
      read: log.read.bind(log),
      close: () => log.close(),
    };
    const store = await openStore(slow, clock);
    const first = register(store, 'a', 'int');
    const second = register(store, 'a', 'int');
    await expect.poll(() => release.length).toBe(1);
    clock.advance(10_000);
    await expect(first).rejects.toMatchObject({ errorCode: 50002 });
    await expect(second).rejects.toMatchObject({ errorCode: 50002 });
    release[0]?.();
    expect(await register(store, 'a', 'int')).toMatchObject({ id: 1, version: 1 });
    expect(log.records).toHaveLength(1);
  });
});

describe('references', () => {
  const point = { type: 'record', name: 'Point', fields: [] };
  const reference = { name: 'Point', subject: 'point', version: 1 };
  const line = (version = 1) =>
    avro({ type: 'array', items: 'Point' }, { references: [{ ...reference, version }] });

  async function withLine(): Promise<RegistryStore> {
    const store = await openStore();
    await register(store, 'point', point);
    await register(store, 'line', null, { definition: line(-1) });
    return store;
  }

  test('a reference to the latest version is stored with its number', async () => {
    const store = await withLine();
    expect(store.state.version('line', 1)?.content.references).toEqual([reference]);
  });

  test('a reference to nothing is an invalid schema', async () => {
    const store = await openStore();
    await expect(register(store, 'line', null, { definition: line() })).rejects.toMatchObject({
      errorCode: 42201,
      message: expect.stringContaining('No schema reference found for subject "point" and version 1'),
    });
  });

  test('what is referred to cannot be deleted until nothing refers to it', async () => {
    const store = await withLine();
    const refusal = {
      errorCode: 42206,
      message: 'One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=point,version=1}.',
    };
    await expect(deleteSubject(store, 'point')).rejects.toMatchObject(refusal);
    await expect(deleteVersion(store, 'point', 1)).rejects.toMatchObject(refusal);
    await deleteSubject(store, 'line');
    await deleteSubject(store, 'point');
    await expect(deleteSubject(store, 'point', true)).rejects.toMatchObject(refusal);
    await deleteSubject(store, 'line', true);
    expect(await deleteSubject(store, 'point', true)).toEqual([1]);
  });
});

describe('import', () => {
  test('ids and versions can be chosen in IMPORT mode, and only there', async () => {
    const store = await openStore();
    await expect(register(store, 's', 'int', { id: 9 })).rejects.toMatchObject({
      errorCode: 42205,
      message: 'Subject s in context . is not in import mode',
    });
    await setMode(store, 's', 'IMPORT');
    expect(await register(store, 's', 'int', { id: 9, version: 4 })).toMatchObject({ id: 9, version: 4 });
    await expect(register(store, 's', 'long')).rejects.toMatchObject({ errorCode: 42205 });
    await expect(register(store, 's', 'long', { id: 9, version: 5 })).rejects.toMatchObject({
      message: 'Overwrite new schema with id 9 in context . is not permitted.',
    });
    await expect(register(store, 's', 'long', { id: 10, version: 4 })).rejects.toMatchObject({
      errorCode: 42207,
    });
    await setMode(store, 's', 'READWRITE');
    expect(await register(store, 's', 'long')).toMatchObject({ id: 10, version: 5 });
  });

  test('there must be nothing to overwrite, unless it is forced; what was soft-deleted goes', async () => {
    const store = await openStore();
    await register(store, 's', 'int');
    await expect(setMode(store, null, 'IMPORT')).rejects.toMatchObject({
      message: 'Cannot import since found existing subjects',
    });
    await setMode(store, 'other', 'IMPORT', true);
    await deleteSubject(store, 's');
    await setMode(store, null, 'IMPORT');
    expect(store.state.subjects.size).toBe(0);
  });

  test('the last id is given out and then no more', async () => {
    const store = await openStore();
    await setMode(store, 's', 'IMPORT');
    await register(store, 's', 'int', { id: 2 ** 31 - 1 });
    await expect(register(store, 't', 'long')).rejects.toMatchObject({ errorCode: 42205 });
  });
});

test('an explicit version must be the next one', async () => {
  const store = await openStore();
  expect(await register(store, 's', 'int', { version: 1 })).toMatchObject({ version: 1 });
  await expect(register(store, 's', 'long', { version: 5 })).rejects.toMatchObject({
    errorCode: 42201,
    message: 'Version is not one more than previous version',
  });
});

test('an empty schema stands for the latest one, with other metadata', async () => {
  const store = await openStore();
  const empty = (properties: Record<string, string>) => ({
    definition: { ...avro(null), schema: '', metadata: { properties } },
  });
  await expect(register(store, 's', null, empty({ a: '1' }))).rejects.toMatchObject({
    message: 'Empty schema',
  });
  await register(store, 's', 'int');
  expect(await register(store, 's', null, empty({ a: '1' }))).toMatchObject({ id: 2, version: 2 });
  expect(store.state.version('s', 2)?.content).toMatchObject({
    schema: '"int"',
    metadata: { properties: { a: '1' } },
  });
});

test('only versions of the same compatibility group are compared', async () => {
  const store = await openStore();
  await store.write('Update', (state) => decideUpdateConfig(state, 's', { compatibilityGroup: 'major' }));
  const inGroup = (schema: unknown, major: string) => ({
    definition: avro(schema, { metadata: { properties: { major } } }),
  });
  await register(store, 's', null, inGroup('int', '1'));
  await expect(register(store, 's', null, inGroup('string', '1'))).rejects.toMatchObject({ status: 409 });
  expect(await register(store, 's', null, inGroup('string', '2'))).toMatchObject({ version: 2 });
});

describe('the GUID', () => {
  test('is the MD5 of text, references, metadata and rules in a fixed order', () => {
    expect(schemaGuid(avro('int'))).toBe('ef524ea1-b91e-7317-3d93-8ade36c1db32');
    const reference = { name: 'n', subject: 's', version: 1 };
    const base = avro('int', { references: [reference] });
    const variants = [
      avro('int'),
      base,
      { ...base, references: [{ ...reference, version: 2 }] },
      { ...base, metadata: {} },
      { ...base, metadata: { properties: { a: 'b' } } },
      { ...base, metadata: { tags: { a: ['b', 'c'] } } },
      { ...base, ruleSet: { domainRules: [{ name: 'r', type: 'CEL' }] } },
    ];
    expect(new Set(variants.map(schemaGuid)).size).toBe(variants.length);
    const ordered = { ...base, metadata: { properties: { b: '2', a: '1' } } };
    expect(schemaGuid(ordered)).toBe(schemaGuid({ ...base, metadata: { properties: { a: '1', b: '2' } } }));
  });
});

type Step = (store: RegistryStore) => Promise<unknown>;

const subject = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(subject, fc.subarray(['x?', 'y?', 'z', 'w'], { minLength: 1 })).map(
      ([name, fields]): Step =>
        (store) =>
          register(store, name, recordOf(...fields)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(subject, fc.boolean()).map(
      ([name, permanent]): Step =>
        (store) =>
          deleteSubject(store, name, permanent),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(subject, fc.integer({ min: 1, max: 4 }), fc.boolean()).map(
      ([name, version, permanent]): Step =>
        (store) =>
          deleteVersion(store, name, version, permanent),
    ),
  },
  fc.tuple(fc.option(subject), fc.constantFrom('NONE', 'FULL')).map(
    ([name, level]): Step =>
      (store) =>
        setLevel(store, name, level),
  ),
  fc.tuple(fc.option(subject), fc.constantFrom('READONLY', 'READWRITE', 'IMPORT')).map(
    ([name, mode]): Step =>
      (store) =>
        setMode(store, name, mode),
  ),
);

test('whatever happens, replay and compaction give the live state, and ids stay unique and rise', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const log = new MemorySchemaLog();
      const store = await openStore(log);
      const schemas = new Map<number, string>();
      let idMax = 0;
      for (const run of steps) {
        await run(store).catch((error: unknown) => expect(error).toBeInstanceOf(RegistryError));
        for (const { ids } of store.state.contexts.values()) {
          for (const [id, { guid }] of ids) {
            // An id means one schema for ever, and a new schema has a higher id than any before.
            if (!schemas.has(id)) expect(id).toBeGreaterThan(idMax);
            expect(schemas.get(id) ?? guid).toBe(guid);
            schemas.set(id, guid);
            idMax = Math.max(idMax, id);
          }
        }
      }
      const live = snapshot(store.state);
      expect(snapshot((await openStore(new MemorySchemaLog(log.records))).state)).toEqual(live);
      expect(snapshot((await openStore(log.compacted())).state)).toEqual(live);
    }),
    { numRuns: 150 },
  );
});
