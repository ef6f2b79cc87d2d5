import { type HttpListener, type LazyHttpServer, listenLazily } from '../platform/lazy-http-server.ts';
import type { Logger } from '../platform/logger.ts';
import { type MetricFamily, PROMETHEUS_CONTENT_TYPE, prometheusText } from '../platform/metrics.ts';
import type { Endpoint } from '../platform/net.ts';
import { processMetrics } from '../platform/process-metrics.ts';
import type { Broker } from './broker.ts';

const PATHS = '/metrics, /health/live and /health/ready';

/** What is answered to one request. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves `/metrics` in Prometheus' format, `/health/live` (the process answers) and `/health/ready` (the broker serves
 * all its data; 503 with the reasons otherwise) over HTTP. `others` are asked for further metrics each time. Rejects when the port is taken.
 */
export function serveMetrics(
  broker: Broker,
  endpoint: Endpoint,
  logger: Logger,
  others: readonly (() => readonly MetricFamily[])[] = [],
): Promise<LazyHttpServer> {
  const listener: HttpListener = (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const answering = isRead ? answer(broker, path, others) : Promise.resolve(refused(405, 'Use GET.'));
    answering.then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => {
        logger.error({ err: error, path }, 'metrics could not be collected');
        response.writeHead(500).end();
      },
    );
  };
  return listenLazily(endpoint, () => Promise.resolve(listener));
}

async function answer(
  broker: Broker,
  path: string,
  others: readonly (() => readonly MetricFamily[])[],
): Promise<Answer> {
  switch (path) {
    case '/metrics': {
      const families = [
        ...(await broker.metrics()),
        ...others.flatMap((each) => each()),
        ...processMetrics(),
      ];
      return { status: 200, type: PROMETHEUS_CONTENT_TYPE, body: prometheusText(families) };
    }
    case '/health/live':
      return json(200, { status: 'live' });
    case '/health/ready': {
      const problems = broker.problems();
      const status = problems.length === 0 ? 'ready' : 'not ready';
      return json(problems.length === 0 ? 200 : 503, { status, problems });
    }
    default:
      return refused(404, `There is nothing at ${path}: there are ${PATHS}.`);
  }
}

function json(status: number, value: object): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

function refused(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}
