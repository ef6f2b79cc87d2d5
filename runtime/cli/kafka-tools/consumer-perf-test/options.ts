import { clientOptions, replacedBy } from '../client-options.ts';

/** The options of `kafka-consumer-perf-test`. */
export const consumerPerfOptions = {
  ...clientOptions,
  'consumer.config': replacedBy('command-config', 'properties file'),
  'date-format': {
    describe: 'How times are written, as java.text.SimpleDateFormat has it.',
    value: { type: 'String', label: 'format', default: 'yyyy-MM-dd HH:mm:ss:SSS' },
  },
  'fetch-size': {
    describe: 'Bytes of one partition in an answer.',
    value: { type: 'Integer', label: 'bytes', default: '1048576' },
  },
  'from-latest': { describe: 'Where the group has no offset yet, read only new records.' },
  group: {
    describe: 'The consumer group; without it one that nobody else is in.',
    value: { type: 'String', label: 'group id' },
  },
  'hide-header': { describe: 'Without the names of the columns.' },
  include: {
    describe: 'Read all topics that match the regular expression.',
    value: { type: 'String', label: 'regex' },
  },
  messages: { describe: '(DEPRECATED) As --num-records.', value: { type: 'Long', label: 'count' } },
  'num-records': { describe: 'REQUIRED: How many records.', value: { type: 'Long', label: 'count' } },
  'print-metrics': { describe: 'Accepted for compatibility: this client keeps no metrics.' },
  'reporting-interval': {
    describe: 'How often progress is shown, with --show-detailed-stats.',
    value: { type: 'Long', label: 'ms', default: '5000' },
  },
  'show-detailed-stats': { describe: 'Show progress, not the result.' },
  'socket-buffer-size': {
    describe: 'Accepted for compatibility: the system decides.',
    value: { type: 'Integer', default: '2097152' },
  },
  timeout: {
    describe: 'End when no record has come for so long.',
    value: { type: 'Long', label: 'ms', isOptional: true, default: '10000' },
  },
  topic: { describe: 'The topic to read.', value: { type: 'String' } },
} as const;

/** The name of one of them. */
export type ConsumerPerfOption = keyof typeof consumerPerfOptions;
