/** The options of `kafka-dump-log`. */
export const dumpLogOptions = {
  files: {
    describe: 'REQUIRED: Log, index and snapshot files.',
    value: { type: 'String', label: 'file,...' },
    isRequired: true,
  },
  'cluster-metadata-decoder': { describe: 'Records are those of __cluster_metadata.' },
  'deep-iteration': { describe: 'Show the records of each batch, too. Set by --print-data-log.' },
  'index-sanity-check': {
    describe: 'Only check an index as a broker does when it starts: whether it must be built anew.',
  },
  'key-decoder-class': {
    describe: 'What keys are: StringDecoder, IntegerDecoder, LongDecoder or DefaultDecoder (bytes).',
    value: {
      type: 'String',
      label: 'class',
      isOptional: true,
      default: 'org.apache.kafka.tools.api.StringDecoder',
    },
  },
  'max-bytes': {
    describe: 'Read no more than so many bytes of each log.',
    value: { type: 'Integer', label: 'bytes', default: '2147483647' },
  },
  'max-message-size': {
    describe: 'Accepted for compatibility: batches of any size are read.',
    value: { type: 'Integer', label: 'bytes', default: '5242880' },
  },
  'offsets-decoder': { describe: 'Records are those of __consumer_offsets.' },
  'print-data-log': {
    describe: 'Show what is in the records. Set by every option that says what they are.',
  },
  'share-group-state-decoder': { describe: 'Records are those of __share_group_state.' },
  'skip-record-metadata': { describe: 'Of records show only what is in them; no control records.' },
  'transaction-log-decoder': { describe: 'Records are those of __transaction_state.' },
  'value-decoder-class': {
    describe: 'What values are: see --key-decoder-class.',
    value: {
      type: 'String',
      label: 'class',
      isOptional: true,
      default: 'org.apache.kafka.tools.api.StringDecoder',
    },
  },
  'verify-index-only': { describe: 'Check an index against its log, and do not print it.' },
} as const;

/** The name of one of them. */
export type DumpLogOption = keyof typeof dumpLogOptions;
