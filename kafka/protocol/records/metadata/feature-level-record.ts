import { int16, type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A feature was set to a level; 0 removes it. */
export const featureLevelRecord = metadataRecord({
  apiKey: 12,
  name: 'FeatureLevelRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    featureLevel: int16(),
  },
});

/** {@link featureLevelRecord}, decoded. */
export type FeatureLevelRecord = MessageOf<typeof featureLevelRecord>;
