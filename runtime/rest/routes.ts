import { connectorRoutes } from './connector-routes.ts';
import { offsetRoutes } from './offset-routes.ts';
import { openApiRoute } from './openapi.ts';
import type { Route } from './route.ts';
import { stateRoutes } from './state-routes.ts';
import { workerRoutes } from './worker-routes.ts';

/** All routes of the API. */
export function makeRoutes({
  hasAdmin,
  healthTimeoutMs,
}: {
  readonly hasAdmin: boolean;
  readonly healthTimeoutMs: number;
}): readonly Route[] {
  const routes = [
    ...connectorRoutes(),
    ...stateRoutes(),
    ...offsetRoutes(),
    ...workerRoutes(healthTimeoutMs),
  ].filter(({ path }) => hasAdmin || !path.startsWith('/admin/'));
  return [...routes, openApiRoute(routes)];
}

/** Kafka Connect's order of methods. */
const methodOrder = ['HEAD', 'DELETE', 'POST', 'GET', 'OPTIONS', 'PUT', 'PATCH'];

/** The methods that a path answers; empty when there is no such path. */
export function allowedMethods(routes: readonly Route[], url: string): string[] {
  const segments = segmentsOf(url.split('?', 1)[0] ?? '');
  const found = routes.filter(({ path }) => isMatch(segmentsOf(path), segments)).map(({ method }) => method);
  if (found.length === 0) return [];
  const methods: string[] = [...found, 'OPTIONS', ...(found.includes('GET') ? ['HEAD'] : [])];
  return methodOrder.filter((method) => methods.includes(method));
}

function isMatch(expected: readonly string[], segments: readonly string[]): boolean {
  return (
    expected.length === segments.length &&
    expected.every((segment, index) => segment.startsWith(':') || segment === segments[index])
  );
}

function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/');
}
