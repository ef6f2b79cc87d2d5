import { ErrorCode } from '../../protocol/index.ts';
import { KafkaError } from '../errors.ts';

/** The error of an item of an answer; undefined when it has none. An item that is not in the answer failed, too. */
export function itemError(
  answer: { readonly errorCode: number; readonly errorMessage?: string | null } | undefined,
  what: string,
): KafkaError | undefined {
  if (answer === undefined)
    return new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR, what, 'the broker did not answer to it');
  if (answer.errorCode === ErrorCode.NONE) return undefined;
  return new KafkaError(answer.errorCode, what, answer.errorMessage);
}

/** Throws the error of a whole answer. */
export function checkAnswer(
  answer: { readonly errorCode: number; readonly errorMessage?: string | null },
  what: string,
): void {
  const error = itemError(answer, what);
  if (error !== undefined) throw error;
}

/** The controller knows all topics: to ask again does not make one appear. */
export function isMissingTopic({ errorCode }: KafkaError): boolean {
  return errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}
