import { requiredConnection } from '../connection-options.ts';

/** The options of `kafka-get-offsets`. */
export const getOffsetsOptions = {
  ...requiredConnection,
  'exclude-internal-topics': { describe: 'Without the topics of Kafka itself.' },
  partitions: {
    describe: 'Only these partitions. Not together with --topic-partitions.',
    value: { type: 'String', label: 'id,...' },
  },
  time: {
    describe:
      'Which offset: a timestamp in ms (of the first record at or after it), -1 or latest, -2 or earliest, -3 or max-timestamp, -4 or earliest-local, -5 or latest-tiered, -6 or earliest-pending-upload.',
    value: { type: 'String', label: 'time', default: 'latest' },
  },
  topic: {
    describe: 'A topic, or a regular expression of names. Not together with --topic-partitions.',
    value: { type: 'String' },
  },
  'topic-partitions': {
    describe:
      'Topics by regular expressions, each with a partition or a range of them behind a colon, its end excluded: orders:0,pay.*:0-3,users:5-,:-2',
    value: { type: 'String', label: 'topic:partition,...' },
  },
} as const;

/** The name of one of them. */
export type GetOffsetsOption = keyof typeof getOffsetsOptions;
