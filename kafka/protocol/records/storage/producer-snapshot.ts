import { array, data, int16, int32, int64, type MessageOf, uint32 } from '../../schema/index.ts';

/** The body of a .snapshot file: the producers that a partition knows. */
export const producerSnapshot = data({
  name: 'ProducerSnapshot',
  versions: '1',
  flexible: 'none',
  fields: {
    crc: uint32(),
    producerEntries: array({
      producerId: int64(),
      epoch: int16(),
      lastSequence: int32(),
      lastOffset: int64(),
      offsetDelta: int32(),
      timestamp: int64(),
      coordinatorEpoch: int32(),
      currentTxnFirstOffset: int64(),
    }),
  },
});

/** {@link producerSnapshot}, decoded. */
export type ProducerSnapshot = MessageOf<typeof producerSnapshot>;
