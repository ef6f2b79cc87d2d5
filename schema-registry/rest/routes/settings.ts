import { rejection } from '../../store/rejection.ts';
import {
  decideDeleteConfig,
  decideDeleteMode,
  decideUpdateConfig,
  decideUpdateMode,
} from '../../store/setting-change.ts';
import { checkSettingSubject, configInScope, modeInScope } from '../../store/settings.ts';
import { configAnswer, configEcho } from '../answer.ts';
import { configBody, modeBody } from '../request-body.ts';
import type { Route, RouteContext, RouteRequest } from '../route.ts';

/** `/config` and `/mode`, of the registry and of subjects. */
export const settingRoutes: readonly Route[] = ['', '/:subject'].flatMap((subject): Route[] => [
  { method: 'GET', path: `/config${subject}`, handle: config },
  { method: 'PUT', path: `/config${subject}`, handle: updateConfig, writes: true },
  { method: 'DELETE', path: `/config${subject}`, handle: deleteConfig, writes: true },
  { method: 'GET', path: `/mode${subject}`, handle: mode },
  { method: 'PUT', path: `/mode${subject}`, handle: updateMode, writes: true },
  { method: 'DELETE', path: `/mode${subject}`, handle: deleteMode, writes: true },
]);

function config(request: RouteRequest, { store: { state } }: RouteContext): unknown {
  const subject = subjectOf(request);
  const own = subject === null ? undefined : state.configs.get(subject);
  if (subject === null || request.flag('defaultToGlobal')) return configAnswer(configInScope(state, subject));
  if (own === undefined) throw rejection.compatibilityNotConfigured(subject);
  return configAnswer(own);
}

async function updateConfig(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const change = configBody(request.body);
  const subject = subjectOf(request);
  const changed = await store.write('Update config', (state) => decideUpdateConfig(state, subject, change));
  return configEcho(changed);
}

async function deleteConfig(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const subject = subjectOf(request);
  const old = await store.write('Delete config', (state) => decideDeleteConfig(state, subject));
  return configAnswer(old);
}

function mode(request: RouteRequest, { store: { state } }: RouteContext): unknown {
  const subject = subjectOf(request);
  if (subject !== null && !request.flag('defaultToGlobal') && !state.modes.has(subject)) {
    throw rejection.modeNotConfigured(subject);
  }
  return { mode: modeInScope(state, subject) };
}

async function updateMode(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const change = { mode: modeBody(request.body), force: request.flag('force') };
  const subject = subjectOf(request);
  const set = await store.write('Update mode', (state) => decideUpdateMode(state, subject, change));
  return set === null ? {} : { mode: set };
}

async function deleteMode(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const subject = subjectOf(request);
  const recursive = request.flag('recursive');
  const old = await store.write('Delete mode', (state) => decideDeleteMode(state, subject, recursive));
  return { mode: old };
}

/** The subject of the path, null for the registry. Throws 42208. */
function subjectOf(request: RouteRequest): string | null {
  const subject = request.settingSubject();
  if (subject !== null) checkSettingSubject(subject);
  return subject;
}
