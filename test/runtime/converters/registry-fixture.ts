// A registry in memory, and converters that use it.
import { silentLogger } from '../../../platform/logger.ts';
import { ManualClock } from '../../../platform/simulation/manual-clock.ts';
import { openConverter, registryConverters } from '../../../runtime/converters/index.ts';
import type { RawConfig } from '../../../runtime/plugin/index.ts';
import {
  avroLanguage,
  inProcessClient,
  jsonLanguage,
  MemorySchemaLog,
  protobufLanguage,
  type RegistryClient,
  RegistryStore,
} from '../../../schema-registry/index.ts';

/** A client of a new registry that counts how often it is asked. */
export async function countingRegistry(): Promise<RegistryClient & { calls: number }> {
  const store = new RegistryStore({
    log: new MemorySchemaLog(),
    languages: [avroLanguage, jsonLanguage, protobufLanguage],
    clock: new ManualClock(),
    logger: silentLogger,
  });
  await store.open();
  const client = inProcessClient(store);
  const counted =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      counting.calls++;
      return call(...args);
    };
  const counting = {
    calls: 0,
    register: counted(client.register),
    lookUp: counted(client.lookUp),
    latest: counted(client.latest),
    version: counted(client.version),
    byId: counted(client.byId),
    byGuid: client.byGuid,
    latestWithMetadata: client.latestWithMetadata,
  };
  return counting;
}

/** Opens the converter named `avro`, `json-schema` or `protobuf`. */
export function openWith(client: RegistryClient, name: string, raw: RawConfig = {}, isKey = false) {
  const plugin = registryConverters(() => client).find((converter) => converter.name === name);
  if (plugin?.kind !== 'converter') throw new Error(`no converter ${name}`);
  const config = { 'schema.registry.url': 'http://registry:8081', ...raw };
  return openConverter(plugin, config, { isKey, signal: new AbortController().signal });
}
