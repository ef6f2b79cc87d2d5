import {
  ErrorCode,
  errorOf,
  findCoordinatorRequest,
  findCoordinatorResponse,
} from '../../../kafka/protocol/index.ts';
import { type Api, api } from '../api.ts';
import type { RequestContext } from '../request-context.ts';

const GROUP = 0;
const TRANSACTION = 1;
const KEYS_SINCE = 4;

/** Makes sure that the partition that coordinates `key` exists and is loaded; gives the error code otherwise. */
type CoordinatorFinder = (key: string) => Promise<number>;

/** The coordinators that can be looked for. */
export interface CoordinatorFinders {
  readonly group: CoordinatorFinder;
  readonly transaction: CoordinatorFinder;
}

interface Coordinator {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** FindCoordinator: the broker that coordinates a group or a transactional id; with one broker, this one. */
export function findCoordinatorApi(nodeId: number, finders: CoordinatorFinders): Api {
  const finderOf = new Map([
    [GROUP, finders.group],
    [TRANSACTION, finders.transaction],
  ]);
  return api(findCoordinatorRequest, findCoordinatorResponse, async (request, context) => {
    const finder = finderOf.get(request.keyType);
    const find = (key: string) => findCoordinator(key, context, nodeId, finder);
    if (context.apiVersion < KEYS_SINCE) return { throttleTimeMs: 0, ...(await find(request.key)) };
    const coordinators = await Promise.all(
      request.coordinatorKeys.map(async (key) => ({ key, ...(await find(key)) })),
    );
    return { throttleTimeMs: 0, coordinators };
  });
}

async function findCoordinator(
  key: string,
  { listener }: RequestContext,
  nodeId: number,
  find: CoordinatorFinder | undefined,
): Promise<Coordinator> {
  if (find === undefined) return unavailable(ErrorCode.INVALID_REQUEST);
  const errorCode = await find(key);
  if (errorCode !== ErrorCode.NONE) return unavailable(errorCode);
  return { errorCode, errorMessage: null, nodeId, ...listener.advertised };
}

function unavailable(errorCode: number): Coordinator {
  return { errorCode, errorMessage: errorOf(errorCode).message, nodeId: -1, host: '', port: -1 };
}
