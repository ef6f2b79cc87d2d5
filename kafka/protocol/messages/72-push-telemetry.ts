import { bool, bytes, int8, int16, int32, type MessageOf, request, response, uuid } from '../schema/index.ts';

/** Sends client metrics (KIP-714). */
export const pushTelemetryRequest = request({
  apiKey: 72,
  name: 'PushTelemetryRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    terminating: bool(),
    compressionType: int8(),
    metrics: bytes(),
  },
});

/** {@link pushTelemetryRequest}, decoded. */
export type PushTelemetryRequest = MessageOf<typeof pushTelemetryRequest>;

/** The answer to {@link pushTelemetryRequest}. */
export const pushTelemetryResponse = response({
  apiKey: 72,
  name: 'PushTelemetryResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
  },
});

/** {@link pushTelemetryResponse}, decoded. */
export type PushTelemetryResponse = MessageOf<typeof pushTelemetryResponse>;
