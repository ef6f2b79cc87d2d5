import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Asks which APIs and versions a node answers. First on a connection, and answered at any version (KIP-511). */
export const apiVersionsRequest = request({
  apiKey: 18,
  name: 'ApiVersionsRequest',
  versions: '0-4',
  flexible: '3+',
  listeners: ['broker', 'controller'],
  fields: {
    clientSoftwareName: string({ versions: '3+', ignorable: true }),
    clientSoftwareVersion: string({ versions: '3+', ignorable: true }),
  },
});

/** {@link apiVersionsRequest}, decoded. */
export type ApiVersionsRequest = MessageOf<typeof apiVersionsRequest>;

/** The answer to {@link apiVersionsRequest}. */
export const apiVersionsResponse = response({
  apiKey: 18,
  name: 'ApiVersionsResponse',
  versions: '0-4',
  flexible: '3+',
  fields: {
    errorCode: int16(),
    apiKeys: array({
      apiKey: int16({ mapKey: true }),
      minVersion: int16(),
      maxVersion: int16(),
    }),
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    supportedFeatures: array(
      {
        name: string({ mapKey: true }),
        minVersion: int16(),
        maxVersion: int16(),
      },
      { versions: '3+', tag: 0, ignorable: true },
    ),
    finalizedFeaturesEpoch: int64({ versions: '3+', default: -1, tag: 1, ignorable: true }),
    finalizedFeatures: array(
      {
        name: string({ mapKey: true }),
        maxVersionLevel: int16(),
        minVersionLevel: int16(),
      },
      { versions: '3+', tag: 2, ignorable: true },
    ),
    zkMigrationReady: bool({ versions: '3+', default: false, tag: 3, ignorable: true }),
  },
});

/** {@link apiVersionsResponse}, decoded. */
export type ApiVersionsResponse = MessageOf<typeof apiVersionsResponse>;
