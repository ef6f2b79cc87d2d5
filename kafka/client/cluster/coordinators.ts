import { ErrorCode, findCoordinatorRequest, findCoordinatorResponse } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { KafkaError } from '../errors.ts';
import type { MetadataCache } from './metadata-cache.ts';

const GROUP_KEY_TYPE = 0;
const FIRST_BATCHED_VERSION = 4;

type CallAny = <T>(call: (connection: BrokerConnection) => Promise<T>) => Promise<T>;

interface Answer {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Which broker coordinates which group, as far as it was asked. */
export class Coordinators {
  readonly #metadata: MetadataCache;
  readonly #callAny: CallAny;
  readonly #nodeIds = new Map<string, Promise<number>>();

  constructor(metadata: MetadataCache, callAny: CallAny) {
    this.#metadata = metadata;
    this.#callAny = callAny;
  }

  /** Node id of the coordinator. Asks once however often it is called. Rejects with KafkaError or connection errors. */
  find(groupId: string): Promise<number> {
    let nodeId = this.#nodeIds.get(groupId);
    if (nodeId === undefined) {
      nodeId = this.#lookUp(groupId);
      this.#nodeIds.set(groupId, nodeId);
      nodeId.catch(() => this.#nodeIds.delete(groupId));
    }
    return nodeId;
  }

  /** The coordinator has moved, or cannot be reached. */
  forget(groupId: string): void {
    this.#nodeIds.delete(groupId);
  }

  async #lookUp(groupId: string): Promise<number> {
    const answer = await this.#callAny((connection) => ask(connection, groupId));
    if (answer.errorCode !== ErrorCode.NONE) {
      throw new KafkaError(
        answer.errorCode,
        `finding the coordinator of group ${groupId}`,
        answer.errorMessage,
      );
    }
    this.#metadata.learnBroker(answer.nodeId, answer.host, answer.port);
    return answer.nodeId;
  }
}

async function ask(connection: BrokerConnection, groupId: string): Promise<Answer> {
  const isBatched = connection.versionOf(findCoordinatorRequest) >= FIRST_BATCHED_VERSION;
  const key = isBatched ? { coordinatorKeys: [groupId] } : { key: groupId };
  const body = { key: '', coordinatorKeys: [], keyType: GROUP_KEY_TYPE, ...key };
  const response = await connection.send(findCoordinatorRequest, findCoordinatorResponse, body);
  return isBatched
    ? (response.coordinators[0] ?? { ...response, errorCode: ErrorCode.UNKNOWN_SERVER_ERROR })
    : response;
}
