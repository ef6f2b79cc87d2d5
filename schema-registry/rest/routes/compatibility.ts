import { checkCompatibility } from '../../compatibility.ts';
import { RegistryError } from '../../errors.ts';
import { canonicalDefinition } from '../../store/definition.ts';
import type { SchemaVersion } from '../../store/entity.ts';
import { comparedVersions, ruleInScope } from '../../store/history-check.ts';
import { findVersion, parseVersion } from '../../store/query.ts';
import { rejection } from '../../store/rejection.ts';
import { configInScope } from '../../store/settings.ts';
import { registerBody } from '../request-body.ts';
import type { Route, RouteContext, RouteRequest } from '../route.ts';

/** The checks that change nothing. */
export const compatibilityRoutes: readonly Route[] = [
  { method: 'POST', path: '/compatibility/subjects/:subject/versions', handle: withAll },
  { method: 'POST', path: '/compatibility/subjects/:subject/versions/:version', handle: withOne },
];

function withAll(request: RouteRequest, context: RouteContext): unknown {
  const subject = request.subject(context.store.state);
  const { definition } = registerBody(request.body);
  return check(request, context, comparedVersions(context.store.state, subject, definition));
}

function withOne(request: RouteRequest, context: RouteContext): unknown {
  const version = parseVersion(request.param('version'));
  return check(request, context, versionToCompare(context, request.subject(context.store.state), version));
}

/** Nothing is compatible with everything: a subject without versions has no latest one to break. */
function versionToCompare(
  { store: { state } }: RouteContext,
  subject: string,
  version: number | 'latest',
): SchemaVersion[] {
  if (version === 'latest') return state.versions(subject, false).slice(-1);
  if (state.versions(subject, false).length === 0) throw rejection.versionNotFound(version);
  return [findVersion(state, subject, version, false)];
}

function check(request: RouteRequest, { store }: RouteContext, versions: readonly SchemaVersion[]): unknown {
  const { state, reader } = store;
  const subject = request.subject(state);
  const verbose = request.flag('verbose');
  const { definition } = registerBody(request.body);
  try {
    const { normalize, validateNewSchemas } = configInScope(state, subject);
    const options = {
      normalize: request.flag('normalize') || normalize === true,
      strict: validateNewSchemas !== false,
    };
    const canonical = canonicalDefinition(state, reader, subject, definition, options);
    const candidate = reader.parse(state, canonical, { subject, strict: false });
    const language = reader.language(definition.schemaType);
    const rule = ruleInScope(state, subject, canonical);
    const messages = checkCompatibility(language, candidate, reader.history(state, versions), rule);
    return { is_compatible: messages.length === 0, ...(verbose && { messages }) };
  } catch (error) {
    if (!verbose || !(error instanceof RegistryError) || error.errorCode !== 42201) throw error;
    return { is_compatible: false, messages: [error.message] };
  }
}
