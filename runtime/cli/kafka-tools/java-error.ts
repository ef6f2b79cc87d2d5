import { ApiTimeoutError, KafkaError, RequestTimeoutError } from '../../../kafka/client/index.ts';
import { ToolError, ToolValueError } from './errors.ts';

/** An error as Java's tools name it: class and message. */
export interface JavaError {
  readonly className: string;
  readonly message: string;
}

/** Names that do not follow from the error's own name. */
const classNames: Readonly<Record<string, string>> = {
  CLUSTER_AUTHORIZATION_FAILED: 'ClusterAuthorization',
  GROUP_AUTHORIZATION_FAILED: 'GroupAuthorization',
  INVALID_CONFIG: 'InvalidConfiguration',
  INVALID_TOPIC_EXCEPTION: 'InvalidTopic',
  MESSAGE_TOO_LARGE: 'RecordTooLarge',
  NON_EMPTY_GROUP: 'GroupNotEmpty',
  REQUEST_TIMED_OUT: 'Timeout',
  TOPIC_ALREADY_EXISTS: 'TopicExists',
  TOPIC_AUTHORIZATION_FAILED: 'TopicAuthorization',
  UNKNOWN_SERVER_ERROR: 'UnknownServer',
};

/** What Java's client says when the broker gives the code alone; scripts look for these sentences. */
const messages: Readonly<Record<string, string>> = {
  GROUP_ID_NOT_FOUND: 'The group id does not exist.',
  GROUP_SUBSCRIBED_TO_TOPIC:
    'Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.',
  NON_EMPTY_GROUP: 'The group is not empty.',
  OFFSET_OUT_OF_RANGE: 'The requested offset is not within the range of offsets maintained by the server.',
  UNKNOWN_TOPIC_OR_PARTITION: 'This server does not host this topic-partition.',
};

/** The error in Java's terms, so that what people search for in the output is there. */
export function javaError(error: Error): JavaError {
  if (error instanceof KafkaError) {
    const { errorName, brokerMessage } = error;
    const name = classNames[errorName] ?? camelCase(errorName);
    return {
      className: `org.apache.kafka.common.errors.${name}Exception`,
      message: brokerMessage ?? messages[errorName] ?? error.message,
    };
  }
  if (error instanceof ApiTimeoutError || error instanceof RequestTimeoutError) {
    return { className: 'org.apache.kafka.common.errors.TimeoutException', message: error.message };
  }
  if (error instanceof ToolValueError) {
    return { className: 'joptsimple.OptionArgumentConversionException', message: error.message };
  }
  if (error instanceof ToolError) return { className: error.javaClass, message: error.message };
  return { className: 'org.apache.kafka.common.KafkaException', message: error.message };
}

/** `class: message`, as Java prints an exception. */
export function javaText(error: Error): string {
  const { className, message } = javaError(error);
  return `${className}: ${message}`;
}

function camelCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join('');
}
