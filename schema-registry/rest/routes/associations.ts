import type { Route } from '../route.ts';

/**
 * Which subjects belong to which topics, by association: there are none here. Clients ask before they name a subject
 * after its topic, so the answer has to be an empty list and not an error.
 */
export const associationRoutes: readonly Route[] = [
  '/associations/subjects/:subject',
  '/associations/resources/:resource',
  '/associations/resources/:namespace/:name',
].map((path) => ({ method: 'GET', path, handle: () => [] }));
