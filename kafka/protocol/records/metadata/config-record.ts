import { int8, type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A dynamic config was set, or with a null value deleted. */
export const configRecord = metadataRecord({
  apiKey: 4,
  name: 'ConfigRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    resourceType: int8(),
    resourceName: string(),
    name: string(),
    value: string({ nullable: true }),
  },
});

/** {@link configRecord}, decoded. */
export type ConfigRecord = MessageOf<typeof configRecord>;
