import { offsetsRequest } from './request-body.ts';
import { ok, param, type Route, type RouteRequest } from './route.ts';

/** How far a connector is, and which topics it uses. */
export function offsetRoutes(): readonly Route[] {
  const name = (request: RouteRequest): string => param(request, 'connector');
  const connector = '/connectors/:connector';
  const refused = { 400: 'ErrorMessage', 404: 'ErrorMessage', 409: 'ErrorMessage' } as const;
  return [
    {
      method: 'GET',
      path: `${connector}/offsets`,
      summary: "A connector's offsets (KIP-875)",
      answers: { 200: 'ConnectorOffsets', 404: 'ErrorMessage' },
      handle: async (request, herder) => ok({ offsets: await herder.connectorOffsets(name(request)) }),
    },
    {
      method: 'PATCH',
      path: `${connector}/offsets`,
      summary: "Changes a stopped connector's offsets; null forgets one",
      accepts: 'ConnectorOffsets',
      answers: { 200: 'Message', ...refused },
      handle: async (request, herder) => {
        const offsets = offsetsRequest(request.body);
        return ok({ message: await herder.alterConnectorOffsets(name(request), offsets) });
      },
    },
    {
      method: 'DELETE',
      path: `${connector}/offsets`,
      summary: "Forgets a stopped connector's offsets",
      answers: { 200: 'Message', ...refused },
      handle: async (request, herder) => ok({ message: await herder.resetConnectorOffsets(name(request)) }),
    },
    {
      method: 'GET',
      path: `${connector}/topics`,
      summary: 'The topics that a connector has used since it was created or they were reset',
      answers: { 200: 'ActiveTopics', 403: 'ErrorMessage' },
      handle: (request, herder) => ok({ [name(request)]: { topics: herder.connectorTopics(name(request)) } }),
    },
    {
      method: 'PUT',
      path: `${connector}/topics/reset`,
      summary: 'Forgets which topics a connector has used',
      answers: { 202: 'empty', 403: 'ErrorMessage' },
      handle: (request, herder) => {
        herder.resetConnectorTopics(name(request));
        return { status: 202 };
      },
    },
  ];
}
