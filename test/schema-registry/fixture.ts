import { silentLogger } from '../../platform/logger.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { avroLanguage } from '../../schema-registry/avro/language.ts';
import {
  MemorySchemaLog,
  RegistryStore,
  type SchemaDefinition,
  type SchemaLog,
} from '../../schema-registry/index.ts';
import { jsonLanguage } from '../../schema-registry/json/language.ts';
import { protobufLanguage } from '../../schema-registry/protobuf/language.ts';
import type { RegistryState } from '../../schema-registry/store/state.ts';

/** A store over a log, open. */
export async function openStore(
  log: SchemaLog = new MemorySchemaLog(),
  clock = new ManualClock(),
): Promise<RegistryStore> {
  const store = new RegistryStore({
    log,
    languages: [avroLanguage, jsonLanguage, protobufLanguage],
    clock,
    logger: silentLogger,
  });
  await store.open();
  return store;
}

export function avro(schema: unknown, more: Partial<SchemaDefinition> = {}): SchemaDefinition {
  return { schemaType: 'AVRO', schema: JSON.stringify(schema), references: [], ...more };
}

/** A record with int fields; a name that ends in `?` has a default. */
export function recordOf(...fields: readonly string[]): object {
  const field = (name: string) =>
    name.endsWith('?') ? { name: name.slice(0, -1), type: 'int', default: 0 } : { name, type: 'int' };
  return { type: 'record', name: 'R', fields: fields.map(field) };
}

/** Everything a state says, as data that can be compared. */
export function snapshot(state: RegistryState): object {
  const versions = [...state.subjects.values()].flatMap((each) => [...each.values()]);
  return {
    versions: versions
      .map(
        ({ subject, version, isDeleted, content }) =>
          `${subject}:${version} ${content.id} ${content.guid} ${isDeleted}`,
      )
      .sort(),
    contexts: [...state.contexts].map(([name, { ids, guids, idMax }]) => ({
      name,
      ids: [...ids.keys()].sort(),
      guids: [...guids].map(([guid, { id }]) => `${guid} ${id}`).sort(),
      idMax,
    })),
    configs: [...state.configs].sort(),
    modes: [...state.modes].sort(),
    referrers: [...state.referrers].map(([key, set]) => `${key} ${set.size}`).sort(),
  };
}
