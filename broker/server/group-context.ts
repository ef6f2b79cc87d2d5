import type { RequestContext as GroupRequestContext } from '../groups/index.ts';
import type { RequestContext } from './request-context.ts';

/** The context as the group coordinator wants it: the client's host with the slash that Kafka shows and records. */
export function groupContext({ apiVersion, clientId, clientHost }: RequestContext): GroupRequestContext {
  return { apiVersion, clientId, clientHost: `/${clientHost}` };
}
