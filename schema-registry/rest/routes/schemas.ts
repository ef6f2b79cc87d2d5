import { SizedCache } from '../../sized-cache.ts';
import { rulePhases, type SchemaContent, type SchemaVersion } from '../../store/entity.ts';
import { localSubject } from '../../store/qualified-subject.ts';
import { findByGuid, findById, listSubjects } from '../../store/query.ts';
import { rejection } from '../../store/rejection.ts';
import { withoutAlias } from '../../store/settings.ts';
import type { RegistryState } from '../../store/state.ts';
import { schemaAnswer, versionAnswer } from '../answer.ts';
import { formattedText, foundTags, referenceFormat } from '../format.ts';
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
  const subjects = listSubjects(store.state, request.subjectPrefix(''), { deleted, deletedOnly: false });
  const latestOnly = request.flag('latestOnly');
  const ruleType = request.query('ruleType');
  const versions = subjects
    .flatMap((subject) => store.state.versions(subject, deleted).slice(latestOnly ? -1 : 0))
    .filter(({ content }) => !ruleType || hasRule(content, ruleType));
  const aliases = request.flag('aliases') ? aliasesBySubject(store.state) : undefined;
  return request.page(versions, pageMax).map((version) => ({
    ...versionAnswer(version, personality),
    ...(aliases && { aliases: aliases.get(version.subject) ?? [] }),
  }));
}

function hasRule({ ruleSet }: SchemaContent, type: string): boolean {
  return rulePhases.some((phase) => ruleSet?.[phase]?.some((rule) => rule.type === type) === true);
}

/** The other names of each subject. */
function aliasesBySubject(state: RegistryState): ReadonlyMap<string, string[]> {
  const aliases = new Map<string, string[]>();
  for (const subject of state.configs.keys()) {
    const target = subject === null ? null : withoutAlias(state, subject);
    if (subject === null || target === null || target === subject) continue;
    aliases.set(target, [...(aliases.get(target) ?? []), subject].sort());
  }
  return aliases;
}

function types(_request: RouteRequest, { store }: RouteContext): unknown {
  return store.reader.types;
}

interface Rendered {
  readonly personality: Personality;
  readonly isDeleted: boolean;
  readonly answer: JsonText;
}

/** Answers that many consumers ask for again and again, as bytes: up to 4 MiB. */
const rendered = new SizedCache<SchemaContent, Rendered>(
  4 * 1024 * 1024,
  (_content, { answer }) => answer.bytes.length,
);

function byId(request: RouteRequest, { store, personality }: RouteContext): unknown {
  const content = contentById(request, store);
  const subject = request.subjectQuery(store.state);
  const named = subject === undefined ? undefined : versionIn(content, subject);
  const isPlain = ['format', 'referenceFormat', 'fetchMaxId', 'findTags'].every(
    (name) => request.query(name) === undefined,
  );
  if (named === undefined && isPlain) {
    return renderedAnswer(content, personality);
  }
  const schema = formattedText(request, store, named ?? firstVersion(content));
  const idMax = store.state.context(subject ?? '').idMax;
  const options = {
    named,
    schema,
    ...referenceFormat(request),
    ...foundTags(request, store, named ?? firstVersion(content)),
    ...(request.flag('fetchMaxId') && { idMax }),
  };
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
  const wanted = request.subjectQuery(store.state);
  const content = findById(store.state, request.id(), wanted);
  // A context alone names no subject.
  const subject = wanted === undefined || localSubject(wanted) === '' ? undefined : wanted;
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
  const id = request.id();
  const content = findById(state, id, request.subjectQuery(state));
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
