import { decideDeleteContext } from '../../store/deletion.ts';
import { defaultContext } from '../../store/qualified-subject.ts';
import { noContent, type Route, type RouteContext, type RouteRequest } from '../route.ts';

/** What the server tells about itself. */
export const infoRoutes: readonly Route[] = [
  { method: 'GET', path: '/', handle: () => ({}) },
  { method: 'POST', path: '/', handle: () => ({}) },
  { method: 'GET', path: '/contexts', handle: contexts },
  { method: 'DELETE', path: '/contexts/:context', handle: deleteContext, writes: true },
  { method: 'GET', path: '/v1/metadata/id', handle: clusterIds },
  { method: 'GET', path: '/v1/metadata/version', handle: version },
  { method: 'GET', path: '/v1/metadata/deployment', handle: () => ({ attributes: [] }) },
];

function contexts(request: RouteRequest, { store: { state } }: RouteContext): unknown {
  const used = [...state.contexts].filter(([, { ids }]) => ids.size > 0).map(([name]) => name);
  const prefix = request.query('contextPrefix') ?? '';
  const names = [...new Set([defaultContext, ...state.contextRecords, ...used])];
  return request.page(names.filter((name) => name.startsWith(prefix)).sort());
}

async function deleteContext(request: RouteRequest, { store }: RouteContext): Promise<unknown> {
  const { context } = request;
  await store.write('Delete context', (state) => decideDeleteContext(state, context));
  return noContent;
}

function clusterIds(_request: RouteRequest, { clusterId }: RouteContext): unknown {
  const clusters = { 'kafka-cluster': clusterId, 'schema-registry-cluster': 'schema-registry' };
  return { id: '', scope: { path: [], clusters } };
}

/** The release whose interface this is, for clients that look before they ask. */
function version(_request: RouteRequest, { personality }: RouteContext): unknown {
  return { version: personality === 7 ? '7.9.0' : '8.2.0', commitId: 'millrace' };
}
