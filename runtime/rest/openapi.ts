import { apiVersion } from './api-version.ts';
import { ok, type Route } from './route.ts';
import { type JsonSchema, schemas } from './schemas.ts';

/** `GET /openapi.json`: the API described from the very routes that serve it. */
export function openApiRoute(routes: readonly Route[]): Route {
  const route: Route = {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description of the API, in OpenAPI 3.1',
    answers: { 200: 'Description' },
    handle: () => ok(description([...routes, route])),
  };
  return route;
}

function description(routes: readonly Route[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Kafka Connect REST API', version: apiVersion },
    paths,
    components: { schemas },
  };
}

function operation({ path, method, summary, query = [], accepts, answers }: Route): unknown {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: name === 'task' ? 'integer' : 'string' },
  }));
  const inQuery = query.map(({ name, type, values, isRepeated, description: what }) => {
    const one = { type, ...(values !== undefined && { enum: values }) };
    const schema = isRepeated === true ? { type: 'array', items: one } : one;
    return { name, in: 'query', description: what, schema };
  });
  const parameters = [...inPath, ...inQuery];
  return {
    operationId: operationId(method, path),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(accepts !== undefined && { requestBody: { required: true, content: json(accepts) } }),
    responses: responses({ ...answers, ...(accepts !== undefined && { 415: 'ErrorMessage' }) }),
  };
}

function responses(answers: Route['answers']): unknown {
  const all = { ...answers, 500: answers[500] ?? 'ErrorMessage' } as Route['answers'];
  return Object.fromEntries(
    Object.entries(all).map(([status, schema]) => [
      status,
      {
        description: phrases[status] ?? '',
        ...(schema !== 'empty' && { content: json(schema) }),
        ...(status === '201' && {
          headers: { Location: { description: "The connector's URL", schema: { type: 'string' } } },
        }),
      },
    ]),
  );
}

function json(name: string): JsonSchema {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => (word[0] ?? '').toUpperCase() + word.slice(1)).join('');
}

const phrases: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted: it happens soon',
  204: 'Done',
  400: 'The request is wrong',
  403: 'The worker does not allow it',
  404: 'There is no such thing',
  409: 'It exists, or something is in the way at present',
  415: 'The body is not JSON',
  500: 'The request is malformed, or something failed',
  503: 'The worker is starting',
};
