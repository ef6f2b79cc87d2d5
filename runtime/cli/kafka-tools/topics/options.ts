import { connectionOptions } from '../connection-options.ts';

/** The options of `kafka-topics`. */
export const topicOptions = {
  ...connectionOptions,
  alter: { describe: 'Change the number of partitions. Configs are changed with kafka-configs.' },
  'at-min-isr-partitions': {
    describe:
      'With --describe: only partitions with just as many in-sync replicas as min.insync.replicas asks for.',
  },
  config: {
    describe:
      'With --create: a config of the new topic. May be repeated. To change it later, use kafka-configs.',
    value: { type: 'String', label: 'name=value' },
  },
  create: { describe: 'Create a topic.' },
  delete: { describe: 'Delete topics.' },
  'delete-config': {
    describe: 'Not supported since Kafka 4.0: use kafka-configs.',
    value: { type: 'String' },
  },
  describe: { describe: 'Show topics with their partitions.' },
  'exclude-internal': { describe: 'With --list and --describe: without internal topics.' },
  'if-exists': { describe: 'With --alter, --delete and --describe: no error when the topic does not exist.' },
  'if-not-exists': { describe: 'With --create: no error when the topic exists.' },
  list: { describe: 'List the names of the topics.' },
  'partition-size-limit-per-response': {
    describe: 'Accepted for compatibility: how much a broker answers at once does not show.',
    value: { type: 'Integer' },
  },
  partitions: {
    describe: "With --create and --alter: number of partitions. Default: the broker's num.partitions.",
    value: { type: 'Integer' },
  },
  'replica-assignment': {
    describe: 'With --create and --alter: brokers of each partition, as in 1:2,2:3 for two partitions.',
    value: { type: 'String', label: 'broker:broker,...' },
  },
  'replication-factor': {
    describe: 'With --create: replicas of each partition.',
    value: { type: 'Integer' },
  },
  topic: {
    describe: 'A topic; except with --create also a regular expression, or several names with commas.',
    value: { type: 'String' },
  },
  'topic-id': {
    describe: 'With --describe: the topic with this id.',
    value: { type: 'String', label: 'topic id' },
  },
  'topics-with-overrides': {
    describe: 'With --describe: only topics with configs of their own, in one line each.',
  },
  'unavailable-partitions': { describe: 'With --describe: only partitions without a live leader.' },
  'under-min-isr-partitions': {
    describe:
      'With --describe: only partitions with fewer in-sync replicas than min.insync.replicas asks for.',
  },
  'under-replicated-partitions': {
    describe: 'With --describe: only partitions with replicas that are not in sync.',
  },
} as const;

/** The name of one of them. */
export type TopicOption = keyof typeof topicOptions;
