import {
  ErrorCode,
  errorOf,
  findCoordinatorRequest,
  findCoordinatorResponse,
} from '../../../kafka/protocol/index.ts';
import { type Api, api } from '../api.ts';

const GROUP = 0;
const TRANSACTION = 1;
const SHARE = 2;
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
  /** Kafka tells it up to v3, also of what went well, and later only of a key type that does not exist. */
  readonly errorMessage: string;
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
  return api(findCoordinatorRequest, findCoordinatorResponse, async (request, { apiVersion, listener }) => {
    const finder = finderOf.get(request.keyType);
    const isUnknown = finder === undefined && request.keyType !== SHARE;
    const find = async (key: string): Promise<Coordinator> => {
      const errorCode = finder === undefined ? ErrorCode.INVALID_REQUEST : await finder(key);
      const isTold = isUnknown || apiVersion < KEYS_SINCE;
      if (errorCode === ErrorCode.NONE)
        return { errorCode, errorMessage: isTold ? 'NONE' : '', nodeId, ...listener.advertised };
      const errorMessage = isTold ? errorOf(errorCode).message : '';
      return { errorCode, errorMessage, nodeId: -1, host: '', port: -1 };
    };
    if (apiVersion < KEYS_SINCE) return { throttleTimeMs: 0, ...(await find(request.key)) };
    const coordinators = await Promise.all(
      request.coordinatorKeys.map(async (key) => ({ key, ...(await find(key)) })),
    );
    return { throttleTimeMs: 0, coordinators };
  });
}
