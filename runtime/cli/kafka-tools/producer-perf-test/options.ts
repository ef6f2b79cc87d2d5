import { clientOptions } from '../client-options.ts';

const list = { type: 'String', label: 'name=value', isList: true } as const;

/** The options of `kafka-producer-perf-test`. */
export const producerPerfOptions = {
  topic: { describe: 'REQUIRED: The topic to write to.', value: { type: 'String' }, isRequired: true },
  'num-records': {
    describe: 'REQUIRED: How many records.',
    value: { type: 'Long', label: 'count' },
    isRequired: true,
  },
  throughput: {
    describe: 'REQUIRED: About so many records in a second; -1: as many as go.',
    value: { type: 'Integer', label: 'records/s' },
    isRequired: true,
  },
  'bootstrap-server': {
    describe: 'The brokers to connect to. Goes before bootstrap.servers of the settings.',
    value: { type: 'String', label: 'host:port,...' },
  },
  'command-config': clientOptions['command-config'],
  'command-property': { describe: 'Settings of the producer, one or several.', value: list },
  'payload-delimiter': {
    describe: 'What separates the payloads in --payload-file.',
    value: { type: 'String', label: 'text', default: '\\n' },
  },
  'payload-file': {
    describe: 'Send payloads of this UTF-8 file, at random.',
    value: { type: 'String', label: 'file' },
  },
  'payload-monotonic': { describe: 'Send rising numbers.' },
  'print-metrics': { describe: 'Accepted for compatibility: this client keeps no metrics.' },
  'producer-props': { describe: '(DEPRECATED) As --command-property.', value: list },
  'producer.config': {
    describe: '(DEPRECATED) As --command-config.',
    value: { type: 'String', label: 'properties file' },
  },
  'record-size': { describe: 'Send random letters, so many.', value: { type: 'Integer', label: 'bytes' } },
  'reporting-interval': {
    describe: 'How often progress is shown.',
    value: { type: 'Long', label: 'ms', default: '5000' },
  },
  'transaction-duration-ms': {
    describe: 'Send transactions, each committed after so long. (default with a transactional id: 3000)',
    value: { type: 'Long', label: 'ms' },
  },
  'transactional-id': {
    describe: 'Send transactions with this id. (default with --transaction-duration-ms: a random one)',
    value: { type: 'String', label: 'transactional id' },
  },
  'warmup-records': {
    describe: 'So many records at the beginning are left out of a second summary.',
    value: { type: 'Long', label: 'count', default: '0' },
  },
} as const;

/** The name of one of them. */
export type ProducerPerfOption = keyof typeof producerPerfOptions;
