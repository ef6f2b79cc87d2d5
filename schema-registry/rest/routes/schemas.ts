import type { SchemaContent, SchemaVersion } from '../../store/entity.ts';
import { findByGuid, findById, listSubjects } from '../../store/query.ts';
import { rejection } from '../../store/rejection.ts';
import { contextOf, defaultContext } from '../../store/state.ts';
import { schemaAnswer, versionAnswer } from '../answer.ts';
import { formattedText } from '../format.ts';
import { JsonText, type Personality, type Route, type RouteContext, type RouteRequest } from '../route.ts';

/** Everything under `/schemas`. */
export const schemaRoutes: readonly Route[] = [
  { method: 'GET', path: '/schemas', handle: list },
  { method: 'GET', path: '/schemas/types', handle: types },
  { method: 'GET', path: '/schemas/ids/:id', handle: byId },
  { method: 'GET', path: '/schemas/ids/:id/schema', handle: textById },
  { method: 'GET', path: '/schemas/ids/:id/subjects', handle: subjectsById },
  { method: 'GET', path: '/schemas/ids/:id/versions', handle: versionsById },
  { method: 'GET', path: '/schemas/guids/:guid', handle: byGuid },
  { method: 'GET', path: '/schemas/guids/:guid/ids', handle: idsByGuid },
];

/** Most schemas of one answer. */
const pageMax = 1000;

function list(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const deleted = request.flag('deleted');
  const prefix = request.query('subjectPrefix') ?? '';
  const subjects = listSubjects(store.state, prefix, { deleted, deletedOnly: false });
  const latestOnly = request.flag('latestOnly');
  const versions = subjects.flatMap((subject) =>
    store.state.versions(subject, deleted).slice(latestOnly ? -1 : 0),
  );
  return request.page(versions, pageMax).map((version) => versionAnswer(version, personality));
}

function types(_request: RouteRequest, { store }: RouteContext): unknown {
  return store.reader.types;
}

/** Answers that many consumers ask for again and again, as bytes. */
const rendered = new WeakMap<
  SchemaContent,
  { readonly personality: Personality; readonly isDeleted: boolean; readonly answer: JsonText }
>();

function byId(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const content = contentById(request, store);
  const subject = request.query('subject');
  const named = subject ? versionIn(content, subject) : undefined;
  if (named === undefined && request.query('format') === undefined && !request.flag('fetchMaxId')) {
    return renderedAnswer(content, personality);
  }
  const schema = formattedText(request, store, named ?? firstVersion(content));
  const idMax = store.state.contexts.get(defaultContext)?.idMax ?? 0;
  const options = { named, schema, ...(request.flag('fetchMaxId') && { idMax }) };
  return schemaAnswer(content, personality, options);
}

function renderedAnswer(content: SchemaContent, personality: Personality): JsonText {
  const isDeleted = [...content.versions].every((version) => version.isDeleted);
  const known = rendered.get(content);
  if (known?.personality === personality && known.isDeleted === isDeleted) return known.answer;
  const answer = new JsonText(Buffer.from(JSON.stringify(schemaAnswer(content, personality))));
  rendered.set(content, { personality, isDeleted, answer });
  return answer;
}

function textById(request: RouteRequest, { store }: RouteContext): unknown {
  const content = contentById(request, store);
  return new JsonText(Buffer.from(formattedText(request, store, firstVersion(content)) ?? content.schema));
}

function subjectsById(request: RouteRequest, { store }: RouteContext): unknown {
  const names = versionsOf(request, store).map(({ subject }) => subject);
  return request.page([...new Set(names)].sort());
}

function versionsById(request: RouteRequest, { store }: RouteContext): unknown {
  const versions = versionsOf(request, store).map(({ subject, version }) => ({ subject, version }));
  return request.page(versions);
}

function byGuid(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const content = findByGuid(store.state, request.param('guid'));
  if (content === undefined) throw rejection.schemaNotFound(request.param('guid'));
  const schema = formattedText(request, store, firstVersion(content));
  return schemaAnswer(content, personality, { schema });
}

function idsByGuid(request: RouteRequest, { store }: RouteContext): unknown {
  const guid = request.param('guid').toLowerCase();
  return [...store.state.contexts].flatMap(([context, { ids }]) =>
    [...ids.values()].filter((content) => content.guid === guid).map(({ id }) => ({ context, id })),
  );
}

/** The versions on this id that the request wants to see. Throws 40403 when there are none. */
function versionsOf(request: RouteRequest, store: RouteContext['store']): SchemaVersion[] {
  const content = findById(store.state, request.id());
  const subject = request.query('subject');
  const deleted = request.flag('deleted');
  const isShown = (version: SchemaVersion) =>
    (deleted || !version.isDeleted) && (!subject || version.subject === subject);
  const versions = [...(content?.versions ?? [])].filter(isShown);
  if (versions.length === 0) throw rejection.schemaNotFound();
  const order = (left: SchemaVersion, right: SchemaVersion) =>
    left.subject === right.subject ? left.version - right.version : left.subject < right.subject ? -1 : 1;
  return versions.sort(order);
}

function contentById(request: RouteRequest, { state }: RouteContext['store']): SchemaContent {
  const subject = request.query('subject') ?? '';
  const id = request.id();
  const content = state.contexts.get(contextOf(subject))?.ids.get(id) ?? findById(state, id);
  if (content === undefined) throw rejection.schemaNotFound(id);
  return content;
}

function versionIn(content: SchemaContent, subject: string): SchemaVersion | undefined {
  return [...content.versions].find((version) => version.subject === subject);
}

function firstVersion(content: SchemaContent): SchemaVersion | undefined {
  const [first] = content.versions;
  return first;
}
