import type { Herder } from '../herder/index.ts';
import { BadRequestError, ForbiddenError, HerderError } from '../herder/index.ts';
import {
  ok,
  param,
  type QueryParameter,
  queryFlag,
  type Route,
  type RouteRequest,
  type RouteResponse,
} from './route.ts';

/** What a connector and its tasks do, and what tells them to do something else. */
export function stateRoutes(): readonly Route[] {
  const name = (request: RouteRequest): string => param(request, 'connector');
  const connector = '/connectors/:connector';
  const missing = { 404: 'ErrorMessage' } as const;
  const missingOrBusy = { ...missing, 409: 'ErrorMessage' } as const;
  return [
    {
      method: 'GET',
      path: `${connector}/status`,
      summary: 'What a connector and its tasks do',
      answers: { 200: 'ConnectorStateInfo', ...missing },
      handle: (request, herder) => ok(herder.connectorStatus(name(request))),
    },
    {
      method: 'GET',
      path: `${connector}/tasks`,
      summary: "The configs of a connector's tasks",
      answers: { 200: 'TaskInfos', ...missing },
      handle: (request, herder) => ok(herder.taskConfigs(name(request))),
    },
    {
      method: 'POST',
      path: `${connector}/tasks`,
      summary: 'For workers of one group: sets the task configs',
      accepts: 'TaskConfigs',
      answers: { 204: 'empty', 400: 'ErrorMessage', 403: 'ErrorMessage' },
      handle: refuseInternal,
    },
    {
      method: 'PUT',
      path: `${connector}/fence`,
      summary: 'For workers of one group: fences older tasks of an exactly-once source',
      answers: { 204: 'empty', 400: 'ErrorMessage', 403: 'ErrorMessage' },
      handle: refuseInternal,
    },
    {
      method: 'GET',
      path: `${connector}/tasks/:task/status`,
      summary: 'What a task does',
      answers: { 200: 'TaskState', ...missing },
      handle: (request, herder) => ok(herder.taskStatus(name(request), taskId(request))),
    },
    {
      method: 'POST',
      path: `${connector}/tasks/:task/restart`,
      summary: 'Restarts a task',
      answers: { 204: 'empty', ...missingOrBusy },
      handle: (request, herder) => {
        herder.restartTask(name(request), taskId(request));
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: `${connector}/restart`,
      summary: 'Restarts a connector, and its tasks if that is asked for',
      query: restartParameters,
      answers: { 202: 'ConnectorStateInfo', 204: 'empty', ...missingOrBusy },
      handle: (request, herder) => restarted(herder, name(request), request),
    },
    {
      method: 'PUT',
      path: `${connector}/pause`,
      summary: 'Pauses a connector and its tasks',
      answers: { 202: 'empty', ...missing },
      handle: async (request, herder) => {
        await herder.pauseConnector(name(request));
        return { status: 202 };
      },
    },
    {
      method: 'PUT',
      path: `${connector}/resume`,
      summary: 'Lets a paused or stopped connector go on',
      answers: { 202: 'empty', ...missing },
      handle: async (request, herder) => {
        await herder.resumeConnector(name(request));
        return { status: 202 };
      },
    },
    {
      method: 'PUT',
      path: `${connector}/stop`,
      summary: 'Stops a connector and takes its tasks away; its config stays',
      answers: { 204: 'empty', ...missingOrBusy },
      handle: async (request, herder) => {
        await herder.stopConnector(name(request));
        return { status: 204 };
      },
    },
  ];
}

const restartParameters: readonly QueryParameter[] = [
  { name: 'includeTasks', type: 'boolean', description: 'Whether tasks are restarted too. Default: false.' },
  { name: 'onlyFailed', type: 'boolean', description: 'Whether only what has failed is. Default: false.' },
];

function restarted(herder: Herder, name: string, request: RouteRequest): RouteResponse {
  const includeTasks = queryFlag(request, 'includeTasks');
  const onlyFailed = queryFlag(request, 'onlyFailed');
  const state = herder.restartConnector(name, { includeTasks, onlyFailed });
  return includeTasks || onlyFailed ? { status: 202, body: state } : { status: 204 };
}

/** A Java `int`; a task that cannot be is one that is not known. */
function taskId(request: RouteRequest): number {
  const text = param(request, 'task');
  const id = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (id >= -(2 ** 31) && id < 2 ** 31) return id;
  throw new HerderError('CONNECT_NOT_FOUND', 404, 'HTTP 404 Not Found');
}

/** A worker without a group has given nobody a key to sign with, so no signature is right. */
function refuseInternal({ headers }: RouteRequest): never {
  const isSigned =
    headers['x-connect-authorization'] !== undefined &&
    headers['x-connect-request-signature-algorithm'] !== undefined;
  if (isSigned) throw new ForbiddenError('Internal request contained invalid signature.');
  throw new BadRequestError('Internal request missing required signature');
}
