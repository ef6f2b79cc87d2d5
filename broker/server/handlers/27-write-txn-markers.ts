import {
  type Element,
  type WriteTxnMarkersRequest,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '../../../kafka/protocol/index.ts';
import type { TransactionMarkers } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

type Marker = Element<WriteTxnMarkersRequest['markers']>;

/** WriteTxnMarkers: how transactions ended, from their coordinator or from `kafka-transactions abort`. */
export function writeTxnMarkersApi(markers: TransactionMarkers): Api {
  return api(writeTxnMarkersRequest, writeTxnMarkersResponse, async (request) => ({
    markers: await Promise.all(request.markers.map((marker) => writeMarker(markers, marker))),
  }));
}

async function writeMarker(markers: TransactionMarkers, marker: Marker) {
  const { producerId, topics } = marker;
  const results = topics.map(async ({ name, partitionIndexes }) => ({
    name,
    partitions: await Promise.all(
      partitionIndexes.map(async (partitionIndex) => ({
        partitionIndex,
        errorCode: await writeTo(markers, { topic: name, partition: partitionIndex }, marker),
      })),
    ),
  }));
  return { producerId, topics: await Promise.all(results) };
}

function writeTo(
  markers: TransactionMarkers,
  target: Parameters<TransactionMarkers['write']>[0],
  { producerId, producerEpoch, coordinatorEpoch, transactionVersion, transactionResult }: Marker,
): Promise<number> {
  const result = transactionResult ? 'commit' : 'abort';
  const marker = { producerId, producerEpoch, coordinatorEpoch, transactionVersion, result } as const;
  return new Promise((resolve) => markers.write(target, marker, resolve));
}
