import {
  decode,
  decodeResponseHeader,
  ErrorCode,
  encodeRequestFrame,
  fetchRequest,
  fetchResponse,
  produceRequest,
  produceResponse,
} from '../kafka/protocol/index.ts';
import { BatchBuilder } from '../kafka/records/index.ts';

const CLIENT = { correlationId: 1, clientId: 'bench' } as const;
const PRODUCE_VERSION = 9;
const FETCH_VERSION = 11;

/** The records of a Produce request: the same batch for every partition from `first` (0) on, one unless `partitions` says more. */
interface ProducedRecords {
  readonly count: number;
  readonly bytes: number;
  readonly partitions?: number;
  readonly first?: number;
}

/** One Produce request, acknowledged by all. */
export function produceFrame(topic: string, records: ProducedRecords): Buffer {
  const { first = 0, partitions = 1 } = records;
  const builder = new BatchBuilder({ initialBytes: records.count * (records.bytes + 64) });
  const value = Buffer.alloc(records.bytes, 'x');
  for (let i = 0; i < records.count; i++) builder.append(Date.now(), null, value);
  const batch = builder.build();
  const partitionData = Array.from({ length: partitions }, (_, i) => ({ index: first + i, records: batch }));
  const body = {
    transactionalId: null,
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: topic, partitionData }],
  };
  return Buffer.concat(encodeRequestFrame(produceRequest, { apiVersion: PRODUCE_VERSION, ...CLIENT }, body));
}

/** Throws unless the records were appended. */
export function checkProduced(answer: Buffer): void {
  const { bodyOffset } = decodeResponseHeader(produceResponse, PRODUCE_VERSION, answer);
  const { responses } = decode(produceResponse, PRODUCE_VERSION, answer, bodyOffset);
  const results = responses.flatMap(({ partitionResponses }) => partitionResponses);
  const errorCode = results.find((each) => each.errorCode !== ErrorCode.NONE)?.errorCode;
  if (errorCode !== undefined) throw new Error(`the broker refuses the records with error code ${errorCode}`);
}

/** A Fetch request for up to 1 MiB from an offset of partition 0. */
export function fetchFrame(topic: string, fetchOffset: number): Buffer {
  const partition = { partition: 0, fetchOffset, partitionMaxBytes: 1 << 20 };
  const body = {
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 1 << 26,
    topics: [{ topic, partitions: [partition] }],
  };
  return Buffer.concat(
    encodeRequestFrame(fetchRequest, { apiVersion: FETCH_VERSION, ...CLIENT }, { ...body, replicaId: -1 }),
  );
}

/** Throws unless there are records in the answer. */
export function checkFetched(answer: Buffer): void {
  const { bodyOffset } = decodeResponseHeader(fetchResponse, FETCH_VERSION, answer);
  const { responses } = decode(fetchResponse, FETCH_VERSION, answer, bodyOffset);
  const partition = responses[0]?.partitions[0];
  if (partition?.errorCode !== ErrorCode.NONE || (partition.records?.length ?? 0) === 0) {
    throw new Error(`a fetch brought nothing (error code ${partition?.errorCode})`);
  }
}
