import { DataError, newRecord, simpleDateFormat, UnknownNameError } from '../data/index.ts';
import { compilePattern, defineTransform } from '../plugin/index.ts';
import { namesOf } from './side.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: placeholders that users write.
const texts = {
  replacement: 'The new name; $1 and ${name} stand for groups of the pattern.',
  topicFormat: 'The new name; ${topic} and ${timestamp} are filled in.',
  topic: '${topic}',
  timestamp: '${timestamp}',
} as const;
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: placeholders that users write.

/** Changes topics by a regular expression. */
export const regexRouter = defineTransform({
  ...namesOf('RegexRouter'),
  version: '1.0.0',
  description: 'Renames the topic when the whole of it matches a pattern.',
  config: {
    type: 'object',
    required: ['regex', 'replacement'],
    properties: {
      regex: {
        type: 'string',
        format: 'regex',
        importance: 'HIGH',
        description: 'Pattern of topics to rename.',
        whenMissing:
          'Invalid value null for configuration regex: Invalid regex: Cannot invoke "String.isEmpty()" because "this.pattern" is null',
      },
      replacement: {
        type: 'string',
        importance: 'HIGH',
        description: texts.replacement,
      },
    },
  },
  open: (config) => ({ pattern: compilePattern(config.regex), replacement: config.replacement }),
  map: (record, { pattern, replacement }) => {
    const topic = replaceTopic(() => pattern.replaceMatch(record.topic, replacement), replacement);
    return topic === undefined ? record : newRecord(record, { topic });
  },
});

function replaceTopic(replace: () => string | undefined, replacement: string): string | undefined {
  try {
    return replace();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnknownNameError(
      missingGroup(reason) ?? `The replacement '${replacement}' is wrong: ${reason}`,
      {
        cause,
      },
    );
  }
}

/** Kafka's words for a group that the pattern does not have. */
function missingGroup(reason: string): string | undefined {
  const name = /^group '(.*)' not found$/.exec(reason)?.[1];
  if (name !== undefined) return `No group with name {${name}}`;
  const number = /number of groups: (\d+)$/.exec(reason)?.[1];
  return number === undefined ? undefined : `No group ${number}`;
}

/** Puts the record's time into its topic. */
export const timestampRouter = defineTransform({
  ...namesOf('TimestampRouter'),
  version: '1.0.0',
  description: "Renames the topic by the record's timestamp: orders-20260131.",
  config: {
    type: 'object',
    properties: {
      'topic.format': {
        type: 'string',
        default: `${texts.topic}-${texts.timestamp}`,
        importance: 'HIGH',
        description: texts.topicFormat,
      },
      'timestamp.format': {
        type: 'string',
        default: 'yyyyMMdd',
        importance: 'HIGH',
        description: "Pattern of the timestamp, as Java's SimpleDateFormat has them; in UTC.",
      },
    },
  },
  open: (config) => ({
    topicFormat: config['topic.format'],
    timestampFormat: simpleDateFormat(config['timestamp.format']),
  }),
  map: (record, { topicFormat, timestampFormat }) => {
    if (record.timestamp === undefined)
      throw new DataError('Timestamp missing on record: it cannot be routed by time.');
    const timestamp = timestampFormat.format(record.timestamp);
    const topic = topicFormat
      .replaceAll(texts.topic, () => record.topic)
      .replaceAll(texts.timestamp, () => timestamp);
    return newRecord(record, { topic });
  },
});
