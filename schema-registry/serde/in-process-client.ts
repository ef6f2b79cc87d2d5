import type { SchemaVersion } from '../store/entity.ts';
import { findByGuid, findById, findByMetadata, findVersion, listVersions, lookUp } from '../store/query.ts';
import { decideRegister } from '../store/registration.ts';
import type { RegistryStore } from '../store/registry-store.ts';
import { rejection } from '../store/rejection.ts';
import type { RegistryClient, SubjectVersion } from './registry-client.ts';

/** A client of the registry in this process: no HTTP in between. */
export function inProcessClient(store: RegistryStore): Required<RegistryClient> {
  return {
    async register(subject, definition, { normalize }) {
      const { version } = await store.write('Register', (state, reader) =>
        decideRegister(state, reader, { subject, definition, normalize }),
      );
      return subjectVersion(findVersion(store.state, subject, version, true));
    },
    async lookUp(subject, definition, { normalize, deleted = false }) {
      const found = lookUp(store.state, store.reader, subject, definition, { normalize, deleted });
      if (found !== undefined) return subjectVersion(found);
      listVersions(store.state, subject, { deleted, deletedOnly: false });
      throw rejection.schemaNotFound();
    },
    async latest(subject) {
      return subjectVersion(findVersion(store.state, subject, 'latest', false));
    },
    async latestWithMetadata(subject, properties) {
      return subjectVersion(findByMetadata(store.state, subject, new Map(Object.entries(properties)), false));
    },
    async version(subject, version) {
      return subjectVersion(findVersion(store.state, subject, version, true));
    },
    async byId(id, subject) {
      const content = findById(store.state, id, subject);
      if (content === undefined) throw rejection.schemaNotFound(id);
      return content;
    },
    async byGuid(guid) {
      const content = findByGuid(store.state, guid);
      if (content === undefined) throw rejection.schemaNotFound(guid);
      return content;
    },
    // There are no associations here.
    associatedSubjects: async () => [],
  };
}

function subjectVersion({ version, content }: SchemaVersion): SubjectVersion {
  return { id: content.id, guid: content.guid, version, definition: content };
}
