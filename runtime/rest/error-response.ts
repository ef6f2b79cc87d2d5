import { HerderError } from '../herder/index.ts';
import { ConfigError, PluginError } from '../plugin/index.ts';
import type { RouteResponse } from './route.ts';

/** Kafka Connect's body for every error. */
export function errorResponse(error: unknown): RouteResponse {
  const status = statusOf(error);
  const phrase = phrases[status];
  const isHttp = !(error instanceof HerderError) && phrase !== undefined;
  const message = isHttp
    ? `HTTP ${status} ${phrase}`
    : error instanceof Error
      ? error.message
      : String(error);
  return { status, body: { error_code: status, message } };
}

/** The body for a status that the HTTP layer itself has found. */
export function httpError(status: number): RouteResponse {
  return {
    status,
    body: { error_code: status, message: `HTTP ${status} ${phrases[status] ?? ''}`.trimEnd() },
  };
}

const phrases: Readonly<Record<number, string>> = {
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  415: 'Unsupported Media Type',
};

function statusOf(error: unknown): number {
  if (error instanceof HerderError) return error.status;
  if (error instanceof ConfigError || error instanceof PluginError) return 400;
  const own =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof own === 'number' && own >= 400 && own <= 499 ? own : 500;
}
