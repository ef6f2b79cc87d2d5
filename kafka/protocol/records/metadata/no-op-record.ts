import { type MessageOf, metadataRecord } from '../../schema/index.ts';

/** Changes nothing: lets followers and observers see that the leader is alive (KIP-835). */
export const noOpRecord = metadataRecord({
  apiKey: 20,
  name: 'NoOpRecord',
  versions: '0',
  flexible: '0+',
  fields: {},
});

/** {@link noOpRecord}, decoded. */
export type NoOpRecord = MessageOf<typeof noOpRecord>;
