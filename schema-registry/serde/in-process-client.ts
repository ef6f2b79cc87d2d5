import type { SchemaVersion } from '../store/entity.ts';
import { findById, findVersion, listVersions, lookUp } from '../store/query.ts';
import { decideRegister } from '../store/registration.ts';
import type { RegistryStore } from '../store/registry-store.ts';
import { rejection } from '../store/rejection.ts';
import type { RegistryClient, SubjectVersion } from './registry-client.ts';

/** A client of the registry in this process: no HTTP in between. */
export function inProcessClient(store: RegistryStore): RegistryClient {
  return {
    register: (subject, definition, { normalize }) =>
      store.write('Register', (state, reader) =>
        decideRegister(state, reader, { subject, definition, normalize }),
      ),
    async lookUp(subject, definition, { normalize }) {
      const found = lookUp(store.state, store.reader, subject, definition, { normalize, deleted: false });
      if (found !== undefined) return { id: found.content.id };
      listVersions(store.state, subject, { deleted: false, deletedOnly: false });
      throw rejection.schemaNotFound();
    },
    async latest(subject) {
      return subjectVersion(findVersion(store.state, subject, 'latest', false));
    },
    async version(subject, version) {
      return subjectVersion(findVersion(store.state, subject, version, true));
    },
    async byId(id) {
      const content = findById(store.state, id);
      if (content === undefined) throw rejection.schemaNotFound(id);
      return content;
    },
  };
}

function subjectVersion({ version, content }: SchemaVersion): SubjectVersion {
  return { id: content.id, version, definition: content };
}
