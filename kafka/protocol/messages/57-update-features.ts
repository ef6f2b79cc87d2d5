import {
  array,
  bool,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Raises or lowers finalized feature levels (KIP-584). */
export const updateFeaturesRequest = request({
  apiKey: 57,
  name: 'UpdateFeaturesRequest',
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    timeoutMs: int32({ default: 60000 }),
    featureUpdates: array({
      feature: string({ mapKey: true }),
      maxVersionLevel: int16(),
      allowDowngrade: bool({ versions: '0' }),
      upgradeType: int8({ versions: '1+', default: 1 }),
    }),
    validateOnly: bool({ versions: '1+', default: false }),
  },
});

/** {@link updateFeaturesRequest}, decoded. */
export type UpdateFeaturesRequest = MessageOf<typeof updateFeaturesRequest>;

/** The answer to {@link updateFeaturesRequest}. */
export const updateFeaturesResponse = response({
  apiKey: 57,
  name: 'UpdateFeaturesResponse',
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    results: array(
      {
        feature: string({ mapKey: true }),
        errorCode: int16(),
        errorMessage: string({ nullable: true }),
      },
      { versions: '0-1', ignorable: true },
    ),
  },
});

/** {@link updateFeaturesResponse}, decoded. */
export type UpdateFeaturesResponse = MessageOf<typeof updateFeaturesResponse>;
