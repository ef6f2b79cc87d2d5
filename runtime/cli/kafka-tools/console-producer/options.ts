import { clientOptions, replacedBy } from '../client-options.ts';

/** The options of `kafka-console-producer`. */
export const producerToolOptions = {
  topic: { describe: 'REQUIRED: The topic to write to.', value: { type: 'String' }, isRequired: true },
  ...clientOptions,
  'batch-size': {
    describe: 'Bytes of a batch; also --max-partition-memory-bytes. (default: 16384)',
    value: { type: 'Integer', label: 'bytes' },
  },
  'compression-codec': {
    describe:
      'How batches are compressed: none, gzip, snappy, lz4 or zstd; without a value: gzip. (default: none)',
    value: { type: 'String', label: 'codec', isOptional: true },
  },
  'line-reader': {
    describe: 'How lines become records; only the reader of Kafka itself.',
    value: { type: 'String', label: 'class', default: 'org.apache.kafka.tools.LineMessageReader' },
  },
  'max-block-ms': {
    describe: 'How long a record may wait for the topic to be known.',
    value: { type: 'Long', default: '60000' },
  },
  'max-memory-bytes': {
    describe: 'Bytes of records that may wait to be sent.',
    value: { type: 'Long', default: '33554432' },
  },
  'max-partition-memory-bytes': {
    describe: 'Bytes of a batch, when --batch-size is not given. (default: 16384)',
    value: { type: 'Integer', label: 'bytes' },
  },
  'message-send-max-retries': {
    describe: 'Accepted for compatibility: sending is repeated until delivery.timeout.ms is over.',
    value: { type: 'Integer', default: '3' },
  },
  'metadata-expiry-ms': {
    describe: 'Age at which what is known of the cluster is read anew.',
    value: { type: 'Long', default: '300000' },
  },
  'producer-property': replacedBy('command-property', 'name=value'),
  'producer.config': replacedBy('command-config', 'properties file'),
  property: replacedBy('reader-property', 'name=value'),
  'reader-config': {
    describe: 'A properties file with settings of the reader; --reader-property goes before it.',
    value: { type: 'String', label: 'properties file' },
  },
  'reader-property': {
    describe: [
      'How a line becomes a record. May be repeated:',
      'parse.key=false',
      'key.separator=TAB',
      'parse.headers=false',
      'headers.delimiter=TAB',
      'headers.separator=,',
      'headers.key.separator=:',
      'null.marker= what stands for null',
      'ignore.error=false',
      'With parse.headers and parse.key a line is h1:v1,h2:v2 TAB key TAB value.',
    ].join('\n'),
    value: { type: 'String', label: 'name=value' },
  },
  'request-required-acks': {
    describe: 'Who has to have a record: -1 or all, 1 (the leader), 0 (no answer).',
    value: { type: 'String', default: '-1' },
  },
  'request-timeout-ms': {
    describe: 'How long the broker may take to answer.',
    value: { type: 'Integer', default: '1500' },
  },
  'retry-backoff-ms': {
    describe: 'Wait before something is tried again.',
    value: { type: 'Long', default: '100' },
  },
  'socket-buffer-size': {
    describe: 'Accepted for compatibility: the system decides.',
    value: { type: 'Integer', default: '102400' },
  },
  sync: { describe: 'Send one record at a time, each when the one before has been acknowledged.' },
  timeout: {
    describe: 'How long a record may wait for more that go with it in a batch.',
    value: { type: 'Long', label: 'ms', default: '1000' },
  },
} as const;

/** The name of one of them. */
export type ProducerToolOption = keyof typeof producerToolOptions;
