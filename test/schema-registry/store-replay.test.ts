import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemorySchemaLog, RegistryError, type RegistryStore } from '../../schema-registry/index.ts';
import { openStore, recordOf, snapshot } from './fixture.ts';
import { deleteSubject, deleteVersion, register, setLevel, setMode } from './store-writes.ts';

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
