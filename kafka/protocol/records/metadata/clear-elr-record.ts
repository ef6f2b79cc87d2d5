import { type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** The eligible leader replicas of one or all topics were cleared (KIP-966). */
export const clearElrRecord = metadataRecord({
  apiKey: 28,
  name: 'ClearElrRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    topicName: string(),
  },
});

/** {@link clearElrRecord}, decoded. */
export type ClearElrRecord = MessageOf<typeof clearElrRecord>;
