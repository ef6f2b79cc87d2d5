import { BadRequestError, type Health, HerderError } from '../herder/index.ts';
import { apiVersion } from './api-version.ts';
import { configRequest, levelRequest } from './request-body.ts';
import { ok, param, queryFlag, queryText, type Route, type RouteResponse } from './route.ts';

/** Sixteen hex digits, which the build puts in; zeros when run from source. */
const commit = process.env['MILLRACE_COMMIT'] || '0'.repeat(16);

/** `/`, `/health`, `/connector-plugins` and `/admin/loggers`. */
export function workerRoutes(healthTimeoutMs: number): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      summary: 'Versions, and the id of the Kafka cluster',
      answers: { 200: 'ServerInfo' },
      handle: (_request, herder) => ok({ version: apiVersion, commit, kafka_cluster_id: herder.clusterId }),
    },
    {
      method: 'GET',
      path: '/health',
      summary: 'Whether the worker works (KIP-1017)',
      answers: { 200: 'WorkerStatus', 500: 'WorkerStatus', 503: 'WorkerStatus' },
      handle: async (_request, herder) => healthAnswer(await herder.health(healthTimeoutMs)),
      starting: {
        timeoutMs: healthTimeoutMs,
        answer: { status: 503, body: { status: 'starting', message: 'Worker is still starting up.' } },
      },
    },
    ...pluginRoutes(),
    ...loggerRoutes(),
  ];
}

function healthAnswer(health: Health): RouteResponse {
  if (health.isHealthy)
    return ok({
      status: 'healthy',
      message: 'Worker has completed startup and is ready to handle requests.',
    });
  const began = new Date(health.since).toISOString();
  const message =
    'Worker was unable to handle this request and may be unable to handle other requests. ' +
    `The worker is currently ${health.waitingFor}, which began at ${began}.`;
  return { status: 500, body: { status: 'unhealthy', message } };
}

function pluginRoutes(): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/connector-plugins',
      summary: 'The plugins there are',
      query: [
        {
          name: 'connectorsOnly',
          type: 'boolean',
          description: 'Whether only connectors are listed. Default: true.',
        },
      ],
      answers: { 200: 'PluginInfos' },
      handle: (request, herder) => ok(herder.plugins(queryFlag(request, 'connectorsOnly', true))),
    },
    {
      method: 'GET',
      path: '/connector-plugins/:plugin/config',
      summary: "A plugin's keys",
      query: [{ name: 'version', type: 'string', description: 'Version of the plugin. Default: latest.' }],
      answers: { 200: 'ConfigKeyInfos', 400: 'ErrorMessage', 404: 'ErrorMessage' },
      handle: (request, herder) =>
        ok(herder.pluginConfig(param(request, 'plugin'), queryText(request, 'version'))),
    },
    {
      method: 'PUT',
      path: '/connector-plugins/:plugin/config/validate',
      summary: "Checks a connector's config; 200 also when it is wrong",
      accepts: 'Config',
      answers: { 200: 'ConfigInfos', 400: 'ErrorMessage' },
      handle: (request, herder) => {
        const config = configRequest(request.body);
        requireSameType(config['connector.class'], param(request, 'plugin'));
        return ok(wrapped(() => herder.validate(config)));
      },
    },
  ];
}

function loggerRoutes(): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/admin/loggers',
      summary: 'The levels of all loggers',
      answers: { 200: 'LoggerLevels' },
      handle: (_request, { loggers }) => ok(loggers.list()),
    },
    {
      method: 'GET',
      path: '/admin/loggers/:logger',
      summary: 'The level of a logger',
      answers: { 200: 'LoggerLevel', 404: 'ErrorMessage' },
      handle: (request, { loggers }) => ok(loggers.get(param(request, 'logger'))),
    },
    {
      method: 'PUT',
      path: '/admin/loggers/:logger',
      summary: 'Sets the level of a logger and all below it',
      query: [
        {
          name: 'scope',
          type: 'string',
          values: ['worker', 'cluster'],
          description: 'Whether all workers of the group do it (KIP-976). Default: worker.',
        },
      ],
      accepts: 'LevelRequest',
      answers: { 200: 'LoggerNames', 204: 'empty', 400: 'ErrorMessage', 404: 'ErrorMessage' },
      handle: (request, { loggers }) => {
        const changed = loggers.set(param(request, 'logger'), levelRequest(request.body));
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

/** What the herder refuses here is an internal error in Kafka Connect, which puts the Java class before the message. */
function wrapped<T>(validate: () => T): T {
  try {
    return validate();
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error;
    const message = `org.apache.kafka.connect.runtime.rest.errors.BadRequestException: ${error.message}`;
    throw new HerderError('CONNECT_VALIDATION', 500, message, { cause: error });
  }
}
