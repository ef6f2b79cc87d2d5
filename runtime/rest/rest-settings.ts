import type { HttpTls } from '../../platform/lazy-http-server.ts';
import { listOf, type Properties, parseProperties, type ReadFile } from '../config/index.ts';
import { jaasUserFile, type Users } from './basic-auth.ts';
import { RestConfigError } from './rest-error.ts';
import { tlsSettings } from './tls-settings.ts';

/** Where the REST API listens and who may call it, as a worker's properties say it. */
export interface RestSettings {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain HTTP. */
  readonly tls: HttpTls | undefined;
  /** Undefined: anybody may call. */
  readonly users: Users | undefined;
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  /** Whether `/admin/…` is served: `admin.listeners` left out, not empty. */
  readonly hasAdmin: boolean;
  /** Sent with every answer. */
  readonly headers: readonly (readonly [string, string])[];
}

const basicAuth = 'BasicAuthSecurityRestExtension';

const known = new Set([
  'listeners',
  'admin.listeners',
  'access.control.allow.origin',
  'access.control.allow.methods',
  'response.http.headers.config',
  'rest.extension.classes',
  'rest.advertised.host.name',
  'rest.advertised.port',
  'rest.advertised.listener',
]);
const ownPrefixes = ['rest.', 'listeners.', 'admin.listeners.', 'access.control.', 'response.http.'];

/** Whether a key of a worker's properties is about its REST API. */
export function isRestKey(key: string): boolean {
  return known.has(key) || ownPrefixes.some((prefix) => key.startsWith(prefix)) || key.startsWith('ssl.');
}

/**
 * Reads the keys of a worker's properties that are about its REST API. Throws RestConfigError: also for keys of the API
 * that are not known, since one that was meant to protect it must not be overlooked.
 */
export function restSettings(properties: Properties, readFile: ReadFile): RestSettings {
  refuseUnknown(properties);
  const { scheme, host, port } = listener(properties['listeners'] ?? 'http://localhost:8083');
  const admin = properties['admin.listeners'];
  if (admin !== undefined && admin.trim() !== '') {
    throw new RestConfigError(
      'admin.listeners: a listener of their own for /admin is not served here. Leave the key out, or empty to switch /admin off.',
    );
  }
  return {
    host,
    port,
    tls: scheme === 'https' ? tlsSettings(properties, readFile) : undefined,
    users: usersOf(properties, readFile),
    allowedOrigins: listOf(properties['access.control.allow.origin']),
    allowedMethods: listOf(properties['access.control.allow.methods']),
    hasAdmin: admin === undefined,
    headers: responseHeaders(properties['response.http.headers.config']),
  };
}

function refuseUnknown(properties: Properties): void {
  const unknown = Object.keys(properties).find(
    (key) =>
      !known.has(key) &&
      !key.startsWith('listeners.https.ssl.') &&
      ownPrefixes.some((prefix) => key.startsWith(prefix)),
  );
  if (unknown === undefined) return;
  throw new RestConfigError(
    `${unknown} is not a key of the REST API. Known are: ${[...known].join(', ')}, listeners.https.ssl.*`,
  );
}

function listener(text: string) {
  const listeners = listOf(text);
  const [first = '', ...more] = listeners;
  if (new Set(listeners).size < listeners.length) {
    throw new RestConfigError(`listeners: ${text} has the same listener twice.`);
  }
  if (more.length > 0) throw new RestConfigError(`listeners: ${text} is more than one; one is served here.`);
  const [, scheme = '', host = '', port = ''] =
    /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/.exec(first) ?? [];
  const protocol = scheme.toLowerCase();
  if (protocol !== 'http' && protocol !== 'https') {
    throw new RestConfigError(`listeners: ${first} must be http://host:port or https://host:port.`);
  }
  if (Number(port) < 0 || Number(port) > 65_535)
    throw new RestConfigError(`listeners: ${port} is not a port.`);
  return { scheme: protocol, host: host === '' ? '0.0.0.0' : host, port: Number(port) };
}

function usersOf(properties: Properties, readFile: ReadFile): Users | undefined {
  const classes = listOf(properties['rest.extension.classes']);
  const other = classes.find((each) => each !== basicAuth && !each.endsWith(`.${basicAuth}`));
  if (other !== undefined) {
    throw new RestConfigError(`rest.extension.classes: ${other} is not known; known is ${basicAuth}.`);
  }
  if (classes.length === 0) return undefined;
  const jaas = properties['java.security.auth.login.config'];
  if (jaas === undefined) {
    throw new RestConfigError(
      `${basicAuth} needs a JAAS file: name it in java.security.auth.login.config, or with -D in KAFKA_OPTS.`,
    );
  }
  const file = jaasUserFile(readFile(jaas).toString('utf8'));
  return parseProperties(readFile(file).toString('utf8'));
}

const headerRule = /^\s*(set|add|setDate|addDate)\s+([^:\s]+)\s*:\s*(.*)$/i;

/** `set Name: value` and the like, separated by commas; a value with a comma is in quotes with its rule. */
function responseHeaders(text = ''): (readonly [string, string])[] {
  const rules = text.match(/"[^"]*"|[^,]+/g) ?? [];
  return rules
    .map((rule) => rule.trim().replace(/^"(.*)"$/, '$1'))
    .filter((rule) => rule !== '')
    .map((rule) => {
      const [, action = '', name = '', value = ''] = headerRule.exec(rule) ?? [];
      if (action === '') {
        throw new RestConfigError(`response.http.headers.config: '${rule}' must be: set Name: value`);
      }
      const isDate = action.toLowerCase().endsWith('date');
      return [name, isDate ? new Date(Number(value)).toUTCString() : value.trim()] as const;
    });
}
