import { type MessageOf, metadataRecord, uuid } from '../../schema/index.ts';

/** A topic was deleted. */
export const removeTopicRecord = metadataRecord({
  apiKey: 9,
  name: 'RemoveTopicRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    topicId: uuid(),
  },
});

/** {@link removeTopicRecord}, decoded. */
export type RemoveTopicRecord = MessageOf<typeof removeTopicRecord>;
