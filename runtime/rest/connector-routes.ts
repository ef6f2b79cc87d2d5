import type { ConnectorInfo, Herder } from '../herder/index.ts';
import { NotFoundError } from '../herder/index.ts';
import { configRequest, createRequest } from './request-body.ts';
import { ok, param, queryList, type Route, type RouteRequest, type RouteResponse } from './route.ts';

/** `/connectors` and the config of each. */
export function connectorRoutes(): readonly Route[] {
  const name = (request: RouteRequest): string => param(request, 'connector');
  const connector = '/connectors/:connector';
  const refused = { 400: 'ErrorMessage', 409: 'ErrorMessage' } as const;
  return [
    {
      method: 'GET',
      path: '/connectors',
      summary: 'The names of all connectors, or what expand asks for about each',
      query: [
        {
          name: 'expand',
          type: 'string',
          values: ['status', 'info'],
          isRepeated: true,
          description: 'What to tell about each connector.',
        },
      ],
      answers: { 200: 'ConnectorNames' },
      handle: (request, herder) => ok(listed(herder, queryList(request, 'expand'))),
    },
    {
      method: 'POST',
      path: '/connectors',
      summary: 'Creates a connector',
      accepts: 'CreateConnectorRequest',
      answers: { 201: 'ConnectorInfo', ...refused },
      handle: async (request, herder) => {
        const { name, config, target } = createRequest(request.body);
        return created(request, await herder.createConnector(name, config, target));
      },
    },
    {
      method: 'GET',
      path: connector,
      summary: 'A connector',
      answers: { 200: 'ConnectorInfo', 404: 'ErrorMessage' },
      handle: (request, herder) => ok(herder.connectorInfo(name(request))),
    },
    {
      method: 'DELETE',
      path: connector,
      summary: 'Deletes a connector; its offsets stay',
      answers: { 204: 'empty', 404: 'ErrorMessage', 409: 'ErrorMessage' },
      handle: async (request, herder) => {
        await herder.deleteConnector(name(request));
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${connector}/config`,
      summary: "A connector's config as it was sent",
      answers: { 200: 'ConnectorConfig', 404: 'ErrorMessage' },
      handle: (request, herder) => ok(herder.connectorConfig(name(request))),
    },
    {
      method: 'PUT',
      path: `${connector}/config`,
      summary: 'Creates a connector or replaces its config',
      accepts: 'Config',
      answers: { 200: 'ConnectorInfo', 201: 'ConnectorInfo', ...refused },
      handle: async (request, herder) => {
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
      summary: "Changes some keys of a connector's config; null removes one",
      accepts: 'Config',
      answers: { 200: 'ConnectorInfo', 404: 'ErrorMessage', ...refused },
      handle: async (request, herder) =>
        ok(await herder.patchConnectorConfig(name(request), configRequest(request.body))),
    },
  ];
}

/**
 * Names, or with `expand` what was asked for about each, in the order it was asked for; a connector whose state is not
 * known is left out.
 */
function listed(herder: Herder, expand: readonly string[]): unknown {
  const names = herder.connectors();
  if (expand.length === 0) return names;
  const entries = names.flatMap((name) => {
    try {
      const asked = expand.flatMap((each): (readonly [string, unknown])[] => {
        if (each === 'status') return [[each, herder.connectorStatus(name)]];
        return each === 'info' ? [[each, herder.connectorInfo(name)]] : [];
      });
      return [[name, Object.fromEntries(asked)] as const];
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
