import { requiredConnection } from '../connection-options.ts';

export const common = requiredConnection;

const topic = { describe: 'A topic.', value: { type: 'String', label: 'topic' } } as const;
const partition = { describe: 'A partition of it.', value: { type: 'Integer', label: 'partition' } } as const;

/** A partition that must be named. */
export const partitionOptions = {
  topic: { ...topic, isRequired: true },
  partition: { ...partition, isRequired: true },
} as const;

/** A partition that may be named. */
export const optionalPartition = { topic, partition } as const;

export const brokerOption = {
  'broker-id': {
    describe: 'Ask this broker about its replicas, not the leaders.',
    value: { type: 'Integer', label: 'id' },
  },
} as const;
