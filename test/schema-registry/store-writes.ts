import type { MemorySchemaLog, RegistryStore } from '../../schema-registry/index.ts';
import { decideDeleteSubject, decideDeleteVersion } from '../../schema-registry/store/deletion.ts';
import { decideRegister, type RegisterRequest } from '../../schema-registry/store/registration.ts';
import { decideUpdateConfig, decideUpdateMode } from '../../schema-registry/store/setting-change.ts';
import { avro } from './fixture.ts';

export const register = (
  store: RegistryStore,
  subject: string,
  schema: unknown,
  more: Partial<RegisterRequest> = {},
) =>
  store.write('Register', (state, reader) =>
    decideRegister(state, reader, { subject, definition: avro(schema), normalize: false, ...more }),
  );
export const deleteSubject = (store: RegistryStore, subject: string, permanent = false) =>
  store.write('Delete subject', (state) => decideDeleteSubject(state, { subject, permanent }));
export const deleteVersion = (store: RegistryStore, subject: string, version: number, permanent = false) =>
  store.write('Delete', (state) => decideDeleteVersion(state, { subject, permanent, version }));
export const setLevel = (store: RegistryStore, subject: string | null, compatibilityLevel: 'NONE' | 'FULL') =>
  store.write('Update', (state) => decideUpdateConfig(state, subject, { compatibilityLevel }));
export const setMode = (
  store: RegistryStore,
  subject: string | null,
  mode: 'IMPORT' | 'READONLY' | 'READWRITE',
  force = false,
) => store.write('Update', (state) => decideUpdateMode(state, subject, { mode, force }));

export const keys = (log: MemorySchemaLog) => log.records.map(({ key }) => key?.toString());
