import { clientOptions, replacedBy } from '../client-options.ts';

/** The options of `kafka-console-consumer`. */
export const consumerToolOptions = {
  ...clientOptions,
  'consumer-property': replacedBy('command-property', 'name=value'),
  'consumer.config': replacedBy('command-config', 'properties file'),
  'enable-systest-events': { describe: 'Accepted for compatibility: prints nothing more.' },
  formatter: {
    describe:
      'What is printed of a record: DefaultMessageFormatter, LoggingMessageFormatter, NoOpMessageFormatter, OffsetsMessageFormatter, GroupMetadataMessageFormatter or TransactionLogMessageFormatter.',
    value: {
      type: 'String',
      label: 'class',
      default: 'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
    },
  },
  'formatter-config': {
    describe: 'A properties file with settings of the formatter; --formatter-property goes before it.',
    value: { type: 'String', label: 'properties file' },
  },
  'formatter-property': {
    describe: [
      'A setting of the formatter. May be repeated:',
      'print.timestamp=false',
      'print.partition=false',
      'print.offset=false',
      'print.epoch=false',
      'print.headers=false',
      'print.key=false',
      'print.value=true',
      'key.separator=TAB',
      'line.separator=LF',
      'headers.separator=,',
      'null.literal=null',
      'key.deserializer= class',
      'value.deserializer= class',
      'header.deserializer= class',
    ].join('\n'),
    value: { type: 'String', label: 'name=value' },
  },
  'from-beginning': {
    describe:
      'Where the group has no offset yet, read from the first record that is there, not only new ones.',
  },
  group: {
    describe: 'The consumer group; without it one that nobody else is in.',
    value: { type: 'String', label: 'group id' },
  },
  include: {
    describe: 'Read all topics that match the regular expression.',
    value: { type: 'String', label: 'regex' },
  },
  'isolation-level': {
    describe: 'read_committed to leave out what belongs to open and aborted transactions.',
    value: { type: 'String', default: 'read_uncommitted' },
  },
  'key-deserializer': {
    describe: 'What keys are: class of a deserializer.',
    value: { type: 'String', label: 'class' },
  },
  'max-messages': { describe: 'End after so many records.', value: { type: 'Integer' } },
  offset: {
    describe: 'With --partition: where to begin: an offset, earliest or latest. (default: latest)',
    value: { type: 'String' },
  },
  partition: { describe: 'Read this partition of --topic, without a group.', value: { type: 'Integer' } },
  property: replacedBy('formatter-property', 'name=value'),
  'skip-message-on-error': { describe: 'Go on behind a record that cannot be printed.' },
  'timeout-ms': { describe: 'End when no record has come for so long.', value: { type: 'Long' } },
  topic: { describe: 'The topic to read.', value: { type: 'String' } },
  'value-deserializer': {
    describe: 'What values are: class of a deserializer.',
    value: { type: 'String', label: 'class' },
  },
} as const;

/** The name of one of them. */
export type ConsumerToolOption = keyof typeof consumerToolOptions;
