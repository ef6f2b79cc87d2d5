import { type MessageOf, metadataRecord, string, uuid } from '../../schema/index.ts';

/** A topic was created. */
export const topicRecord = metadataRecord({
  apiKey: 2,
  name: 'TopicRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    topicId: uuid(),
  },
});

/** {@link topicRecord}, decoded. */
export type TopicRecord = MessageOf<typeof topicRecord>;
