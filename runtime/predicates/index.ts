import { compilePattern, definePredicate, type Plugin } from '../plugin/index.ts';

const packageName = 'org.apache.kafka.connect.transforms.predicates';

const topicNameMatches = definePredicate({
  name: 'topic-name-matches',
  version: '1.0.0',
  description: 'True for records whose whole topic matches a pattern.',
  aliases: [`${packageName}.TopicNameMatches`],
  config: {
    type: 'object',
    required: ['pattern'],
    properties: {
      pattern: {
        type: 'string',
        minLength: 1,
        format: 'regex',
        importance: 'MEDIUM',
        description: 'A regular expression.',
        whenMissing:
          'Invalid value null for configuration pattern: Invalid regex: Cannot invoke "String.isEmpty()" because "this.pattern" is null',
      },
    },
  },
  open: (config) => compilePattern(config.pattern),
  test: (record, pattern) => record.topic !== '' && pattern.matches(record.topic),
});

const hasHeaderKey = definePredicate({
  name: 'has-header-key',
  version: '1.0.0',
  description: 'True for records with at least one header of a name.',
  aliases: [`${packageName}.HasHeaderKey`],
  config: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, importance: 'MEDIUM', description: "The header's name." },
    },
  },
  test: (record, config) => record.headers.some(({ key }) => key === config.name),
});

const recordIsTombstone = definePredicate({
  name: 'record-is-tombstone',
  version: '1.0.0',
  description: 'True for records with a null value.',
  aliases: [`${packageName}.RecordIsTombstone`],
  config: { type: 'object', properties: {} },
  test: (record) => record.value === null || record.value === undefined,
});

/** Kafka Connect's own predicates. */
export const builtInPredicates: readonly Plugin[] = [hasHeaderKey, recordIsTombstone, topicNameMatches];
