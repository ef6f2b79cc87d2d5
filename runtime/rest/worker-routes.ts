import { BadRequestError, type Herder } from '../herder/index.ts';
import { configRequest, levelRequest } from './request-body.ts';
import { ok, param, queryFlag, queryText, type Route } from './route.ts';

/** The version of Kafka Connect whose API this is; tools decide by it what they may call. */
const apiVersion = '4.3.0';
const commit = '0000000000000000';

/** `/`, `/health`, `/connector-plugins` and `/admin/loggers`. */
export function workerRoutes(herder: Herder): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      handle: () => ok({ version: apiVersion, commit, kafka_cluster_id: herder.clusterId }),
    },
    {
      method: 'GET',
      path: '/health',
      handle: () =>
        ok({ status: 'healthy', message: 'Worker has completed startup and is ready to handle requests.' }),
    },
    {
      method: 'GET',
      path: '/connector-plugins',
      handle: (request) => ok(herder.plugins(queryFlag(request, 'connectorsOnly', true))),
    },
    {
      method: 'GET',
      path: '/connector-plugins/:plugin/config',
      handle: (request) => ok(herder.pluginConfig(param(request, 'plugin'), queryText(request, 'version'))),
    },
    {
      method: 'PUT',
      path: '/connector-plugins/:plugin/config/validate',
      handle: (request) => {
        const config = configRequest(request.body);
        requireSameType(config['connector.class'], param(request, 'plugin'));
        return ok(herder.validate(config));
      },
    },
    { method: 'GET', path: '/admin/loggers', handle: () => ok(herder.loggers.list()) },
    {
      method: 'GET',
      path: '/admin/loggers/:logger',
      handle: (request) => ok(herder.loggers.get(param(request, 'logger'))),
    },
    {
      method: 'PUT',
      path: '/admin/loggers/:logger',
      handle: (request) => {
        const changed = herder.loggers.set(param(request, 'logger'), levelRequest(request.body));
        return queryText(request, 'scope')?.toLowerCase() === 'cluster' ? { status: 204 } : ok(changed);
      },
    },
  ];
}

function requireSameType(className: string | null | undefined, plugin: string): void {
  if (className === undefined || className === null) return;
  const short = (name: string): string => name.replace(/Connector$/, '');
  if (short(className).endsWith(short(plugin))) return;
  throw new BadRequestError(`Included connector type ${className} does not match request type ${plugin}`);
}
