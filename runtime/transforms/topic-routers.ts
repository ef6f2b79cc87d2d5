import {
  DataError,
  newRecord,
  type SimpleDateFormat,
  simpleDateFormat,
  UnknownNameError,
} from '../data/index.ts';
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
    const message = wrongBraces(replacement) ?? missingGroup(reason) ?? reason;
    throw new UnknownNameError(message, { cause });
  }
}

/** What is between the braces of `\u0024{name}`, as Java tells it. */
function wrongBraces(replacement: string): string | undefined {
  for (const [, name = '', end] of replacement.matchAll(/(?<!\\)\$\{([A-Za-z0-9]*)(\}?)/g)) {
    if (name === '') return 'named capturing group has 0 length name';
    if (end === '') return "named capturing group is missing trailing '}'";
    if (/^\d/.test(name)) return `capturing group name {${name}} starts with digit character`;
  }
  return undefined;
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
    pattern: config['timestamp.format'],
    formats: new Map<string, SimpleDateFormat>(),
  }),
  map: (record, { topicFormat, pattern, formats }) => {
    if (record.timestamp === undefined)
      throw new DataError('Timestamp missing on record: it cannot be routed by time.');
    const timestamp = formatOf(pattern, formats).format(record.timestamp);
    const topic = topicFormat
      .replaceAll(texts.topic, () => record.topic)
      .replaceAll(texts.timestamp, () => timestamp);
    return newRecord(record, { topic });
  },
});

/** Compiled for the first record: as in Kafka, a wrong pattern is an error of the records and not of the start. */
function formatOf(pattern: string, formats: Map<string, SimpleDateFormat>): SimpleDateFormat {
  const format = formats.get(pattern) ?? simpleDateFormat(pattern);
  formats.set(pattern, format);
  return format;
}
