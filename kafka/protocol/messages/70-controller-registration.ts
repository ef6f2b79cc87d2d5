import {
  array,
  bool,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Registers a controller with the active one (KIP-919). */
export const controllerRegistrationRequest = request({
  apiKey: 70,
  name: 'ControllerRegistrationRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    listeners: array({
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

/** {@link controllerRegistrationRequest}, decoded. */
export type ControllerRegistrationRequest = MessageOf<typeof controllerRegistrationRequest>;

/** The answer to {@link controllerRegistrationRequest}. */
export const controllerRegistrationResponse = response({
  apiKey: 70,
  name: 'ControllerRegistrationResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
  },
});

/** {@link controllerRegistrationResponse}, decoded. */
export type ControllerRegistrationResponse = MessageOf<typeof controllerRegistrationResponse>;
