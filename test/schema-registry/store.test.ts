import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { MemorySchemaLog, RegistryError, type RegistryStore } from '../../schema-registry/index.ts';
import { schemaGuid } from '../../schema-registry/store/guid.ts';
import { findById } from '../../schema-registry/store/query.ts';
import { decideUpdateConfig } from '../../schema-registry/store/setting-change.ts';
import { avro, openStore, recordOf } from './fixture.ts';
import { deleteSubject, deleteVersion, register, setMode } from './store-writes.ts';

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

  test('registrations that have nothing to do with each other do not wait for each other, all else does', async () => {
    const log = new MemorySchemaLog();
    const replayed: (() => void)[] = [];
    const store = await openStore({
      append: (key, value) => log.append(key, value),
      readToEnd: () => log.readToEnd(),
      read: (onRecord) => log.read((record) => replayed.push(() => onRecord(record))),
      close: () => log.close(),
    });
    const records = (subject: string, ...fields: string[]) => register(store, subject, recordOf(...fields));
    const together = [records('a', 'x'), records('b', 'y'), records('c', 'z')];
    await expect.poll(() => log.records.length).toBe(3);
    const later = [records('d', 'x'), records('a', 'x', 'v?'), deleteSubject(store, 'a')];
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.records.length, 'the same schema waits for its id').toBe(3);
    const reply = setInterval(() => replayed.shift()?.(), 1);
    const ids = (await Promise.all(together)).map(({ id }) => id);
    expect(ids).toEqual([1, 2, 3]);
    expect(await Promise.all(later)).toMatchObject([{ id: 1 }, { id: 4, version: 2 }, [1, 2]]);
    clearInterval(reply);
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
