import { array, bool, float64, type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A client quota was set or removed. */
export const clientQuotaRecord = metadataRecord({
  apiKey: 14,
  name: 'ClientQuotaRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    entity: array({
      entityType: string(),
      entityName: string({ nullable: true }),
    }),
    key: string(),
    value: float64(),
    remove: bool(),
  },
});

/** {@link clientQuotaRecord}, decoded. */
export type ClientQuotaRecord = MessageOf<typeof clientQuotaRecord>;
