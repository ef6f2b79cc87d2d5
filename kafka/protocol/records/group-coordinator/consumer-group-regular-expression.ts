import {
  array,
  coordinatorKey,
  coordinatorValue,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link consumerGroupRegularExpressionValue}. */
export const consumerGroupRegularExpressionKey = coordinatorKey({
  apiKey: 16,
  name: 'ConsumerGroupRegularExpressionKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    regularExpression: string(),
  },
});

/** {@link consumerGroupRegularExpressionKey}, decoded. */
export type ConsumerGroupRegularExpressionKey = MessageOf<typeof consumerGroupRegularExpressionKey>;

/** The topics that a regular expression of a consumer group matches. */
export const consumerGroupRegularExpressionValue = coordinatorValue({
  apiKey: 16,
  name: 'ConsumerGroupRegularExpressionValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array(string()),
    version: int64(),
    timestamp: int64(),
  },
});

/** {@link consumerGroupRegularExpressionValue}, decoded. */
export type ConsumerGroupRegularExpressionValue = MessageOf<typeof consumerGroupRegularExpressionValue>;
