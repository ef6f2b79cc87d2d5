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
  uuid,
} from '../schema/index.ts';

/** Asks which client metrics the cluster wants (KIP-714). */
export const getTelemetrySubscriptionsRequest = request({
  apiKey: 71,
  name: 'GetTelemetrySubscriptionsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    clientInstanceId: uuid(),
  },
});

/** {@link getTelemetrySubscriptionsRequest}, decoded. */
export type GetTelemetrySubscriptionsRequest = MessageOf<typeof getTelemetrySubscriptionsRequest>;

/** The answer to {@link getTelemetrySubscriptionsRequest}. */
export const getTelemetrySubscriptionsResponse = response({
  apiKey: 71,
  name: 'GetTelemetrySubscriptionsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    acceptedCompressionTypes: array(int8()),
    pushIntervalMs: int32(),
    telemetryMaxBytes: int32(),
    deltaTemporality: bool(),
    requestedMetrics: array(string()),
  },
});

/** {@link getTelemetrySubscriptionsResponse}, decoded. */
export type GetTelemetrySubscriptionsResponse = MessageOf<typeof getTelemetrySubscriptionsResponse>;
