import type { MetadataDelta } from './delta.ts';
import type { ImageState } from './image.ts';
import type { ValueOfRecord } from './record.ts';

/** Values of `fenced` in BrokerRegistrationChangeRecord; 0 changes nothing. */
export const fencedChange = { FENCE: 1, UNFENCE: -1, NONE: 0 } as const;

export function replayRegistration(
  state: ImageState,
  record: ValueOfRecord<'RegisterBrokerRecord'>,
  delta: MetadataDelta,
): void {
  state.brokers.set(record.brokerId, {
    id: record.brokerId,
    epoch: record.brokerEpoch,
    incarnationId: record.incarnationId,
    endpoints: record.endPoints,
    features: record.features,
    rack: record.rack,
    isFenced: record.fenced,
    isInControlledShutdown: record.inControlledShutdown,
    logDirs: record.logDirs,
    cordonedLogDirs: record.cordonedLogDirs,
  });
  delta.noteBrokerChanged(record.brokerId);
}

export function replayUnregistration(
  state: ImageState,
  { brokerId, brokerEpoch }: ValueOfRecord<'UnregisterBrokerRecord'>,
  delta: MetadataDelta,
): void {
  if (state.brokers.get(brokerId)?.epoch !== brokerEpoch) {
    state.ignoredRecords++;
    return;
  }
  state.brokers.delete(brokerId);
  delta.noteBrokerChanged(brokerId);
}

export function replayFence(
  state: ImageState,
  { id, epoch, isFenced }: ValueOfRecord<'FenceBrokerRecord'> & { readonly isFenced: boolean },
  delta: MetadataDelta,
): void {
  const broker = state.brokers.get(id);
  if (broker?.epoch !== epoch) {
    state.ignoredRecords++;
    return;
  }
  state.brokers.set(id, { ...broker, isFenced });
  delta.noteBrokerChanged(id);
}

export function replayBrokerChange(
  state: ImageState,
  record: ValueOfRecord<'BrokerRegistrationChangeRecord'>,
  delta: MetadataDelta,
): void {
  const broker = state.brokers.get(record.brokerId);
  if (broker?.epoch !== record.brokerEpoch) {
    state.ignoredRecords++;
    return;
  }
  state.brokers.set(broker.id, {
    ...broker,
    isFenced: record.fenced === fencedChange.NONE ? broker.isFenced : record.fenced === fencedChange.FENCE,
    isInControlledShutdown: broker.isInControlledShutdown || record.inControlledShutdown === 1,
    logDirs: record.logDirs.length === 0 ? broker.logDirs : record.logDirs,
    cordonedLogDirs: record.cordonedLogDirs ?? broker.cordonedLogDirs,
  });
  delta.noteBrokerChanged(broker.id);
}
