import { ErrorCode, findCoordinatorRequest, findCoordinatorResponse } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { KafkaError } from '../errors.ts';
import type { MetadataCache } from './metadata-cache.ts';

/** What is coordinated, by Kafka's number. */
const KEY_TYPES = { group: 0, transaction: 1 } as const;

type KeyType = keyof typeof KEY_TYPES;

const FIRST_BATCHED_VERSION = 4;

type CallAny = <T>(call: (connection: BrokerConnection) => Promise<T>) => Promise<T>;

interface Answer {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Which broker coordinates which group, or which transactional id, as far as it was asked. */
export class Coordinators {
  readonly #type: KeyType;
  readonly #metadata: MetadataCache;
  readonly #callAny: CallAny;
  readonly #nodeIds = new Map<string, Promise<number>>();

  constructor(type: KeyType, metadata: MetadataCache, callAny: CallAny) {
    this.#type = type;
    this.#metadata = metadata;
    this.#callAny = callAny;
  }

  /** Node id of the coordinator. Asks once however often it is called. Rejects with KafkaError or connection errors. */
  find(key: string): Promise<number> {
    let nodeId = this.#nodeIds.get(key);
    if (nodeId === undefined) {
      nodeId = this.#lookUp(key);
      this.#nodeIds.set(key, nodeId);
      nodeId.catch(() => this.#nodeIds.delete(key));
    }
    return nodeId;
  }

  /** The coordinator has moved, or cannot be reached. */
  forget(key: string): void {
    this.#nodeIds.delete(key);
  }

  async #lookUp(key: string): Promise<number> {
    const answer = await this.#callAny((connection) => ask(connection, KEY_TYPES[this.#type], key));
    if (answer.errorCode !== ErrorCode.NONE) {
      throw new KafkaError(
        answer.errorCode,
        `finding the coordinator of ${this.#type} ${key}`,
        answer.errorMessage,
      );
    }
    this.#metadata.learnBroker(answer.nodeId, answer.host, answer.port);
    return answer.nodeId;
  }
}

async function ask(connection: BrokerConnection, keyType: number, key: string): Promise<Answer> {
  const isBatched = connection.versionOf(findCoordinatorRequest) >= FIRST_BATCHED_VERSION;
  const body = isBatched
    ? { key: '', coordinatorKeys: [key], keyType }
    : { key, coordinatorKeys: [], keyType };
  const response = await connection.send(findCoordinatorRequest, findCoordinatorResponse, body);
  return isBatched
    ? (response.coordinators[0] ?? { ...response, errorCode: ErrorCode.UNKNOWN_SERVER_ERROR })
    : response;
}
