import {
  array,
  bool,
  int16,
  int32,
  type MessageOf,
  metadataRecord,
  string,
  uint16,
  uuid,
} from '../../schema/index.ts';

/** A controller registered (KIP-919). */
export const registerControllerRecord = metadataRecord({
  apiKey: 27,
  name: 'RegisterControllerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    endPoints: array({
      name: string({ mapKey: true }),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: array({
      name: string({ mapKey: true }),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
  },
});

/** {@link registerControllerRecord}, decoded. */
export type RegisterControllerRecord = MessageOf<typeof registerControllerRecord>;
