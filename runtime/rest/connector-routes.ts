import type { ConnectorInfo, Herder } from '../herder/index.ts';
import { HerderError, NotFoundError } from '../herder/index.ts';
import { configRequest, createRequest, offsetsRequest } from './request-body.ts';
import {
  ok,
  param,
  queryFlag,
  queryList,
  type Route,
  type RouteRequest,
  type RouteResponse,
} from './route.ts';

/** `/connectors` and below. */
export function connectorRoutes(herder: Herder): readonly Route[] {
  const name = (request: RouteRequest): string => param(request, 'connector');
  const connector = '/connectors/:connector';
  return [
    {
      method: 'GET',
      path: '/connectors',
      handle: (request) => ok(listed(herder, queryList(request, 'expand'))),
    },
    {
      method: 'POST',
      path: '/connectors',
      handle: async (request) => {
        const { name, config, target } = createRequest(request.body);
        return created(request, await herder.createConnector(name, config, target));
      },
    },
    { method: 'GET', path: connector, handle: (request) => ok(herder.connectorInfo(name(request))) },
    {
      method: 'DELETE',
      path: connector,
      handle: async (request) => {
        await herder.deleteConnector(name(request));
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${connector}/config`,
      handle: (request) => ok(herder.connectorConfig(name(request))),
    },
    {
      method: 'PUT',
      path: `${connector}/config`,
      handle: async (request) => {
        const { isCreated, info } = await herder.putConnectorConfig(
          name(request),
          configRequest(request.body),
        );
        return isCreated ? created(request, info) : ok(info);
      },
    },
    {
      method: 'PATCH',
      path: `${connector}/config`,
      handle: async (request) =>
        ok(await herder.patchConnectorConfig(name(request), configRequest(request.body))),
    },
    {
      method: 'GET',
      path: `${connector}/status`,
      handle: (request) => ok(herder.connectorStatus(name(request))),
    },
    { method: 'GET', path: `${connector}/tasks`, handle: (request) => ok(herder.taskConfigs(name(request))) },
    {
      method: 'GET',
      path: `${connector}/tasks/:task/status`,
      handle: (request) => ok(herder.taskStatus(name(request), taskId(request))),
    },
    {
      method: 'POST',
      path: `${connector}/tasks/:task/restart`,
      handle: (request) => {
        herder.restartTask(name(request), taskId(request));
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: `${connector}/restart`,
      handle: (request) => restarted(herder, name(request), request),
    },
    {
      method: 'PUT',
      path: `${connector}/pause`,
      handle: async (request) => {
        await herder.pauseConnector(name(request));
        return { status: 202 };
      },
    },
    {
      method: 'PUT',
      path: `${connector}/resume`,
      handle: async (request) => {
        await herder.resumeConnector(name(request));
        return { status: 202 };
      },
    },
    {
      method: 'PUT',
      path: `${connector}/stop`,
      handle: async (request) => {
        await herder.stopConnector(name(request));
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${connector}/topics`,
      handle: (request) => ok({ [name(request)]: { topics: herder.connectorTopics(name(request)) } }),
    },
    {
      method: 'PUT',
      path: `${connector}/topics/reset`,
      handle: (request) => {
        herder.resetConnectorTopics(name(request));
        return { status: 202 };
      },
    },
    {
      method: 'GET',
      path: `${connector}/offsets`,
      handle: async (request) => ok({ offsets: await herder.connectorOffsets(name(request)) }),
    },
    {
      method: 'PATCH',
      path: `${connector}/offsets`,
      handle: async (request) => {
        const offsets = offsetsRequest(request.body);
        return ok({ message: await herder.alterConnectorOffsets(name(request), offsets) });
      },
    },
    {
      method: 'DELETE',
      path: `${connector}/offsets`,
      handle: async (request) => ok({ message: await herder.resetConnectorOffsets(name(request)) }),
    },
  ];
}

/** Names, or with `expand` what was asked for about each; a connector whose state is not known is left out. */
function listed(herder: Herder, expand: readonly string[]): unknown {
  const names = herder.connectors();
  if (expand.length === 0) return names;
  const entries = names.flatMap((name) => {
    try {
      const status = expand.includes('status') ? { status: herder.connectorStatus(name) } : {};
      const info = expand.includes('info') ? { info: herder.connectorInfo(name) } : {};
      return [[name, { ...status, ...info }] as const];
    } catch (error) {
      if (error instanceof NotFoundError) return [];
      throw error;
    }
  });
  return Object.fromEntries(entries);
}

function created({ origin }: RouteRequest, info: ConnectorInfo): RouteResponse {
  return { status: 201, body: info, location: `${origin}/connectors/${encodeURIComponent(info.name)}` };
}

function restarted(herder: Herder, name: string, request: RouteRequest): RouteResponse {
  const includeTasks = queryFlag(request, 'includeTasks');
  const onlyFailed = queryFlag(request, 'onlyFailed');
  const state = herder.restartConnector(name, { includeTasks, onlyFailed });
  return includeTasks || onlyFailed ? { status: 202, body: state } : { status: 204 };
}

function taskId(request: RouteRequest): number {
  const text = param(request, 'task');
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new HerderError('CONNECT_NOT_FOUND', 404, 'HTTP 404 Not Found');
}
