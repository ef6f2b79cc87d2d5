import { withGuid } from '../../store/definition.ts';
import { decideDeleteSubject, decideDeleteVersion } from '../../store/deletion.ts';
import type { SchemaDefinition, SchemaVersion } from '../../store/entity.ts';
import {
  findByMetadata,
  findVersion,
  listSubjects,
  listVersions,
  lookUp,
  parseVersion,
  referencingIds,
} from '../../store/query.ts';
import { decideRegister, findRegistered } from '../../store/registration.ts';
import { rejection } from '../../store/rejection.ts';
import { decideTag } from '../../store/tag-version.ts';
import { registeredAnswer, versionAnswer } from '../answer.ts';
import { formattedText, foundTags, referenceFormat } from '../format.ts';
import { type RegisterBody, registerBody, tagBody } from '../request-body.ts';
import { JsonText, type Route, type RouteContext, type RouteRequest } from '../route.ts';

/** Everything under `/subjects`. */
export const subjectRoutes: readonly Route[] = [
  { method: 'GET', path: '/subjects', handle: subjects },
  { method: 'POST', path: '/subjects/:subject', handle: lookup },
  { method: 'DELETE', path: '/subjects/:subject', handle: deleteSubject, writes: true },
  { method: 'GET', path: '/subjects/:subject/metadata', handle: withMetadata },
  { method: 'GET', path: '/subjects/:subject/versions', handle: versions },
  {
    method: 'POST',
    path: '/subjects/:subject/versions',
    handle: register,
    writes: true,
    answerLocally: registeredAlready,
  },
  { method: 'GET', path: '/subjects/:subject/versions/:version', handle: version },
  { method: 'GET', path: '/subjects/:subject/versions/:version/schema', handle: versionSchema },
  { method: 'GET', path: '/subjects/:subject/versions/:version/referencedby', handle: referencedBy },
  { method: 'POST', path: '/subjects/:subject/versions/:version/tags', handle: tag, writes: true },
  { method: 'DELETE', path: '/subjects/:subject/versions/:version', handle: deleteVersion, writes: true },
];

function subjects(request: RouteRequest, { store }: RouteContext): unknown {
  const names = listSubjects(store.state, request.subjectPrefix(':*:'), deletedFilter(request));
  return request.page(names);
}

function lookup(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const subject = store.state.inAnyContext(request.subject(store.state));
  const { definition } = registerBody(request.body);
  const options = { normalize: request.flag('normalize'), deleted: request.flag('deleted') };
  const found = lookUp(store.state, store.reader, subject, definition, options);
  if (found !== undefined)
    return versionAnswer(found, personality, { schema: formattedText(request, store, found) });
  listVersions(store.state, subject, { deleted: options.deleted, deletedOnly: false });
  throw rejection.schemaNotFound();
}

/** What is there already is an answer on every registry, also when there is no primary. */
function registeredAlready(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const asked = { ...registerBody(request.body), subject: request.subject(store.state) };
  const found = findRegistered(store.state, store.reader, { ...asked, normalize: request.flag('normalize') });
  const schema = found && formattedText(request, store, found);
  return found && registeredAnswer(found, personality, { schema, isChanged: false });
}

async function register(request: RouteRequest, { store, personality }: RouteContext): Promise<unknown> {
  const subject = request.subject(store.state);
  const asked = registerBody(request.body);
  const flags = { normalize: request.flag('normalize'), force: request.flag('force') };
  const body = { ...asked, ...flags, subject };
  const added = await store.write('Register', (state, reader) => decideRegister(state, reader, body));
  const version = findVersion(store.state, subject, added.version, true);
  const schema = formattedText(request, store, version);
  return registeredAnswer(version, personality, { schema, isChanged: isChanged(asked, version.content) });
}

/** Whether the registry put tags, metadata or rules in, or was told which version or id it must become. */
function isChanged({ definition, tags, id, version }: RegisterBody, stored: SchemaDefinition): boolean {
  if (tags !== undefined || (id !== undefined && Boolean(version))) return true;
  const sorted = withGuid(definition);
  const facts = ({ metadata, ruleSet }: SchemaDefinition) => JSON.stringify([metadata, ruleSet]);
  return facts(sorted) !== facts(stored);
}

/** The next version: an earlier one with other tags. */
async function tag(request: RouteRequest, { store, personality }: RouteContext): Promise<unknown> {
  const subject = request.subject(store.state);
  const version = parseVersion(request.param('version'));
  const asked = { ...tagBody(request.body), subject, version };
  const added = await store.write('Register', (state, reader) => decideTag(state, reader, asked));
  const made = findVersion(store.state, subject, added.version, true);
  return registeredAnswer(made, personality, {
    schema: formattedText(request, store, made),
    isChanged: true,
  });
}

function deleteSubject(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const target = { subject: request.subject(store.state), permanent: request.flag('permanent') };
  return store.write('Delete subject', (state) => decideDeleteSubject(state, target));
}

function deleteVersion(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const target = {
    subject: request.subject(store.state),
    permanent: request.flag('permanent'),
    version: parseVersion(request.param('version')),
  };
  return store.write('Delete schema version', (state) => decideDeleteVersion(state, target));
}

function withMetadata(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const values = request.queries('value');
  const properties = new Map(request.queries('key').map((key, index) => [key, values[index] ?? '']));
  const deleted = request.flag('deleted');
  const found = findByMetadata(store.state, request.subject(store.state), properties, deleted);
  return versionAnswer(found, personality, { schema: formattedText(request, store, found) });
}

/** With `deletedAsNegative` the soft-deleted ones are shown too, below zero. */
function versions(request: RouteRequest, { store }: RouteContext): unknown {
  const asNegative = request.flag('deletedAsNegative');
  const filter = asNegative ? { deleted: true, deletedOnly: false } : deletedFilter(request);
  const found = listVersions(store.state, request.subject(store.state), filter);
  return request.page(found.map((each) => (asNegative && each.isDeleted ? -each.version : each.version)));
}

function version(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const found = versionOf(request, store);
  const options = { schema: formattedText(request, store, found), ...referenceFormat(request) };
  return versionAnswer(found, personality, { ...options, ...foundTags(request, store, found) });
}

function versionSchema(request: RouteRequest, { store }: RouteContext): unknown {
  const found = versionOf(request, store);
  return new JsonText(Buffer.from(formattedText(request, store, found) ?? found.content.schema));
}

function referencedBy(request: RouteRequest, { store }: RouteContext): unknown {
  const number = parseVersion(request.param('version'));
  const target = findVersion(store.state, request.subject(store.state), number, true);
  return request.page(referencingIds(store.state, target, request.flag('deleted')));
}

function versionOf(request: RouteRequest, store: RouteContext['store']): SchemaVersion {
  const number = parseVersion(request.param('version'));
  const subject = store.state.inAnyContext(request.subject(store.state));
  return findVersion(store.state, subject, number, request.flag('deleted'));
}

function deletedFilter(request: RouteRequest): { readonly deleted: boolean; readonly deletedOnly: boolean } {
  return { deleted: request.flag('deleted'), deletedOnly: request.flag('deletedOnly') };
}
