import {
  type DeleteTopicsRequest,
  type deleteTopicsResponse,
  type Element,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { RefusedError } from '../errors.ts';
import { type TopicImage, zeroUuid } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { type ControllerContext, type Decision, duplicates, orRefusal } from './decision.ts';

export type DeleteTopicsAnswer = Encodable<typeof deleteTopicsResponse>;
type DeletionResult = Element<DeleteTopicsAnswer['responses']>;

interface Wanted {
  readonly name: string | null;
  readonly topicId: string;
}

/**
 * Decides DeleteTopics (20) by name or, from v6, by id. Every distinct topic is answered once; one that is given by
 * name and by id is refused, in one entry or in two. `canSeeName` says whether a topic given by id may be named in the answer.
 */
export function decideDeleteTopics(
  context: ControllerContext,
  request: Pick<DeleteTopicsRequest, 'topics' | 'topicNames'>,
  { version, canSeeName = () => true }: { version: number; canSeeName?: (topic: string) => boolean },
): Decision<DeleteTopicsAnswer> {
  const wanted: readonly Wanted[] =
    version >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: zeroUuid }));
  const proper = wanted.filter((topic) => !isMalformed(topic));
  const repeated = duplicates(proper.map(keyOf));
  const distinct = [...new Map(proper.map((topic) => [keyOf(topic), topic])).values()];
  const isSingle = (topic: Wanted): boolean => !repeated.has(keyOf(topic));
  const named = new Set(
    distinct.filter(isSingle).map(({ name }) => (name === null ? undefined : context.image.topic(name)?.id)),
  );
  const ids = new Set(distinct.filter(({ name }) => name === null).map(({ topicId }) => topicId));
  const records: MetadataRecord[] = [];
  const answered = [
    ...wanted.filter(isMalformed),
    ...distinct.filter((topic) => topic.name !== null || !isSingle(topic) || !named.has(topic.topicId)),
  ];
  const responses = answered.map((topic) => {
    const decide = (): DeletionResult => {
      refuseWish(context, topic, version);
      if (repeated.has(keyOf(topic))) throw duplicate(topic);
      const found = find(context, topic);
      if (topic.name !== null && ids.has(found.id)) {
        const message = 'The provided topic name maps to an ID that was already supplied.';
        const error = new RefusedError(ErrorCode.INVALID_REQUEST, message);
        return refusal({ name: topic.name, topicId: found.id }, error);
      }
      records.push({ type: 'RemoveTopicRecord', value: { topicId: found.id } });
      return success(found, topic.name !== null || canSeeName(found.name));
    };
    return orRefusal(decide, (error): DeletionResult => refusal(topic, error));
  });
  return { records, response: { throttleTimeMs: 0, responses } };
}

/** Given by name and by id, or by neither. */
function isMalformed({ name, topicId }: Wanted): boolean {
  return (name === null) === (topicId === zeroUuid);
}

function keyOf({ name, topicId }: Wanted): string {
  return `${name ?? ''}/${topicId}`;
}

function refuseWish({ config }: ControllerContext, { name, topicId }: Wanted, version: number): void {
  if (!config.deleteTopicEnable) {
    const code = version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED;
    throw new RefusedError(code, 'Topic deletion is disabled.');
  }
  if (name !== null && topicId !== zeroUuid) {
    const message = 'You may not specify both topic name and topic id.';
    throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
  }
  if (name === null && topicId === zeroUuid) {
    throw new RefusedError(ErrorCode.INVALID_REQUEST, 'Neither topic name nor id were specified.');
  }
}

function duplicate({ name }: Wanted): RefusedError {
  const message = name === null ? 'Duplicate topic id.' : 'Duplicate topic name.';
  return new RefusedError(ErrorCode.INVALID_REQUEST, message);
}

function find({ image }: ControllerContext, { name, topicId }: Wanted): TopicImage {
  const found = name === null ? image.topicById(topicId) : image.topic(name);
  if (found !== undefined) return found;
  throw name === null
    ? new RefusedError(ErrorCode.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.')
    : new RefusedError(
        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        'This server does not host this topic-partition.',
      );
}

function success({ name, id }: TopicImage, isNameVisible: boolean): DeletionResult {
  return { name: isNameVisible ? name : null, topicId: id, errorCode: ErrorCode.NONE };
}

function refusal({ name, topicId }: Wanted, { errorCode, message }: RefusedError): DeletionResult {
  return { name, topicId, errorCode, errorMessage: message };
}
