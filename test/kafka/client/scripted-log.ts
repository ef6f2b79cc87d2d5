import {
  ErrorCode,
  fetchRequest,
  fetchResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  type ProduceRequest,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import { batchHeader, readRecords } from '../../../kafka/records/index.ts';
import { sleep } from '../../../platform/clock.ts';
import type { ScriptedBroker } from './scripted-broker.ts';

const OUTPUT_BYTES_MAX = 1 << 24;

/** A batch that was produced. */
export interface ProducedBatch {
  readonly partition: number;
  readonly bytes: Buffer;
  readonly values: readonly (string | undefined)[];
}

/** What a script says to a batch: the error code of the answer, or what else becomes of the request. */
export type Verdict = number | 'close' | 'silence';

/** The batches of a Produce request, whatever their topic. */
function batchesOf(request: ProduceRequest): ProducedBatch[] {
  return request.topicData.flatMap(({ partitionData }) =>
    partitionData.map(({ index, records }) => {
      const bytes = records ?? Buffer.alloc(0);
      const values = readRecords(bytes, 0, OUTPUT_BYTES_MAX).map(({ value }) => value?.toString());
      return { partition: index, bytes, values };
    }),
  );
}

/**
 * Makes the broker take what is produced, into one list per partition. `judge` is asked about each batch before; what is
 * refused is not kept.
 */
export function serveProduce(
  broker: ScriptedBroker,
  judge: (batch: ProducedBatch) => Promise<Verdict> | Verdict = () => ErrorCode.NONE,
): ProducedBatch[] {
  const log: ProducedBatch[] = [];
  let lastProducerId = 0;
  broker.on(initProducerIdRequest, initProducerIdResponse, () => {
    lastProducerId += 1;
    return { errorCode: ErrorCode.NONE, producerId: lastProducerId, producerEpoch: 0 };
  });
  broker.on(produceRequest, produceResponse, async (request) => {
    const codes = new Map<number, number>();
    const offsets = new Map<number, number>();
    for (const batch of batchesOf(request)) {
      const verdict = await judge(batch);
      if (typeof verdict === 'string') return verdict;
      codes.set(batch.partition, verdict);
      const before = log.filter(({ partition }) => partition === batch.partition);
      offsets.set(
        batch.partition,
        before.reduce((sum, { values }) => sum + values.length, 0),
      );
      if (verdict === ErrorCode.NONE) log.push({ ...batch, bytes: Buffer.from(batch.bytes) });
    }
    const responses = request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => ({
        index,
        errorCode: codes.get(index) ?? ErrorCode.NONE,
        baseOffset: codes.get(index) === ErrorCode.NONE ? (offsets.get(index) ?? 0) : -1,
      })),
    }));
    return { responses };
  });
  return log;
}

/** Makes the broker serve one log for every partition, without partition limits and with long polls; `judge` may refuse a fetch with an error code. */
export function serveFetch(
  broker: ScriptedBroker,
  log: { readonly startOffset?: number; readonly batches: readonly Buffer[] },
  judge: (offset: number, partition: number) => number = () => ErrorCode.NONE,
): void {
  const endOf = (batch: Buffer) => batchHeader.lastOffset(batch, 0) + 1;
  const highWatermark = () => log.batches.reduce((end, batch) => Math.max(end, endOf(batch)), 0);
  broker.on(fetchRequest, fetchResponse, async ({ topics, maxWaitMs }) => {
    const responses = topics.map(({ topic, topicId, partitions }) => ({
      topic,
      topicId,
      partitions: partitions.map(({ partition, fetchOffset }) => ({
        partitionIndex: partition,
        errorCode: judge(fetchOffset, partition),
        highWatermark: highWatermark(),
        lastStableOffset: highWatermark(),
        abortedTransactions: [],
        records: Buffer.concat(log.batches.filter((batch) => endOf(batch) > fetchOffset)),
      })),
    }));
    const all = responses.flatMap(({ partitions }) => partitions);
    const isIdle = all.every(
      ({ errorCode, records }) => errorCode === ErrorCode.NONE && records.length === 0,
    );
    if (isIdle) await sleep(broker.clock, maxWaitMs);
    return { responses };
  });
  broker.on(listOffsetsRequest, listOffsetsResponse, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        errorCode: ErrorCode.NONE,
        offset: timestamp === -1 ? highWatermark() : (log.startOffset ?? 0),
        leaderEpoch: 0,
      })),
    })),
  }));
}
