import {
  ErrorCode,
  errorOf,
  findCoordinatorRequest,
  findCoordinatorResponse,
} from '../../../kafka/protocol/index.ts';
import { type Api, api } from '../api.ts';
import type { RequestContext } from '../request-context.ts';

const GROUP = 0;
const KEYS_SINCE = 4;

/** Makes sure that the partition that coordinates `key` exists and is loaded; gives the error code otherwise. */
export type CoordinatorFinder = (groupId: string) => Promise<number>;

interface Coordinator {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** FindCoordinator: the broker that coordinates a group; with one broker, this one. */
export function findCoordinatorApi(nodeId: number, findGroup: CoordinatorFinder): Api {
  return api(findCoordinatorRequest, findCoordinatorResponse, async (request, context) => {
    const find = (key: string) =>
      findCoordinator({ key, keyType: request.keyType }, context, nodeId, findGroup);
    if (context.apiVersion < KEYS_SINCE) return { throttleTimeMs: 0, ...(await find(request.key)) };
    const coordinators = await Promise.all(
      request.coordinatorKeys.map(async (key) => ({ key, ...(await find(key)) })),
    );
    return { throttleTimeMs: 0, coordinators };
  });
}

async function findCoordinator(
  { key, keyType }: { key: string; keyType: number },
  { listener }: RequestContext,
  nodeId: number,
  findGroup: CoordinatorFinder,
): Promise<Coordinator> {
  if (keyType !== GROUP) return unavailable(ErrorCode.INVALID_REQUEST);
  const errorCode = await findGroup(key);
  if (errorCode !== ErrorCode.NONE) return unavailable(errorCode);
  return { errorCode, errorMessage: null, nodeId, ...listener.advertised };
}

function unavailable(errorCode: number): Coordinator {
  return { errorCode, errorMessage: errorOf(errorCode).message, nodeId: -1, host: '', port: -1 };
}
