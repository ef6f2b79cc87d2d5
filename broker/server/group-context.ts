import { type RequestContext as GroupRequestContext, IN_PROCESS_HOST } from '../groups/index.ts';
import { IN_PROCESS_LISTENER, type RequestContext } from './request-context.ts';

/** The context as the group coordinator wants it: the client's host with the slash that Kafka shows and records. */
export function groupContext({
  apiVersion,
  clientId,
  clientHost,
  listener,
}: RequestContext): GroupRequestContext {
  const isInProcess = listener.name === IN_PROCESS_LISTENER;
  return { apiVersion, clientId, clientHost: isInProcess ? IN_PROCESS_HOST : `/${clientHost}` };
}
